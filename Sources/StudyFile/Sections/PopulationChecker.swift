import Tuning

/// Checks the settings that Population Based Training needs from the rest of its study.
struct PopulationChecker {
    let pbt: PBTPlan
    let fields: SectionCursor

    /// Notes mistakes.
    ///
    /// - Returns: the multiple of the resource at which training code is to save.
    func check(_ searcher: SearcherPlan, trials: Int, saveEvery: Int?) -> Int {
        if pbt.population > trials {
            fields["trials"]?.mistake(
                "\(trials) is less than the population, \(pbt.population), and its children are trials too",
                fix: "write more, such as \(pbt.population * 10)")
        }
        if searcher.learns {
            fields["searcher"]?.mistake(
                "pbt starts its population before there are results, and explores by itself after that: "
                    + "\(searcher.name) has nothing to learn from",
                fix: "use random, sobol or grid, or another scheduler")
        }
        guard let saveEvery else { return pbt.interval }
        if pbt.interval % saveEvery != 0 {
            fields["checkpoints"]?.mistake(
                "children start from checkpoints at multiples of the scheduler's interval, "
                    + "\(pbt.interval), and 'every' is \(saveEvery)",
                fix: "remove 'every', or write a divisor of \(pbt.interval)")
        }
        return saveEvery
    }
}

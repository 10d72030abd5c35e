import StudyFile
import Testing
import Tuning

@testable import stune

/// What `stune advise` says of studies, apart from what was measured.
struct AdviceTests {
    private func study(
        _ change: String = "", lr: String = "{type: float, min: 0, max: 1}",
        scheduler: String = "{type: asha, max_resource: 27}"
    ) throws -> ParsedStudy {
        try StudyFile.read(
            text: """
                name: advised
                metric: {name: loss, goal: minimize}
                parameters: {lr: \(lr)}
                scheduler: \(scheduler)
                trials: 64
                parallel: 16
                command: [train]
                \(change)

                """, file: "study.yaml")
    }

    private func advice(
        _ study: ParsedStudy, seconds: Double = 400, hours: Double? = 48, wait: Double = 0
    ) -> [String: AdviceLine] {
        let circumstances = Circumstances(
            study.spec.plan, secondsPerUnit: seconds, seconds: hours.map { $0 * 3_600 }, queueWait: wait)
        return Dictionary(
            uniqueKeysWithValues: Adviser(study, circumstances).advice().map { ($0.field, $0) })
    }

    /// Ladders of 1, 3 and 9 epochs, and what a trial takes of them on average.
    private static let ladders: [(plan: SchedulerPlan, units: Double)] = {
        let (r, R) = (Resource(1), Resource(9))
        // 1 epoch for all, 2 more for a third, 6 more for a ninth; and from 3 on.
        let (whole, upper): (Double, Double) = (1 + 2.0 / 3 + 6.0 / 9, 3 + 6.0 / 3)
        return [
            (.asha(ASHAPlan(minResource: r, maxResource: R, reductionFactor: 3)), whole),
            (.none(maxResource: R), 9),
            // Nine begin at 1, five at 3, three at 9.
            (
                .hyperband(HyperbandPlan(minResource: r, maxResource: R, reductionFactor: 3)),
                (9 * whole + 5 * upper + 3 * 9) / 17
            ),
        ]
    }()

    @Test(arguments: ladders)
    func `what a trial takes on average follows from the ladder`(plan: SchedulerPlan, units: Double) {
        #expect(abs(Circumstances.share(of: plan) * 9 - units) < 1e-9)
    }

    @Test func `the number of trials is what there is time for`() throws {
        // 48 h of 16 workers are 256 trainings of 3 h; ASHA on 1, 3, 9, 27 spends 1 + ⅔ + ⅔ + ⅔ of 27 epochs on a trial.
        let own = try study()
        #expect(advice(own)["trials"]?.take == String(256 * 27 / 3))
        #expect(advice(own, hours: nil)["trials"] == nil)
    }

    @Test func `a number of trials that is near enough stays`() throws {
        let line = try advice(study(), hours: 2)["trials"]
        #expect(line?.isFine == true && line?.now == "64")
    }

    @Test func `a first rung that is over at once is raised`() throws {
        let own = try study()
        #expect(advice(own, seconds: 2)["scheduler.min_resource"]?.take == "9")
        #expect(advice(own)["scheduler.min_resource"] == nil)
    }

    @Test func `a small space is a grid, and one with priors has them weighed`() throws {
        let few = try advice(study(lr: "{type: int, min: 1, max: 9}"))
        #expect(few["searcher.type"]?.take == "grid")
        let prior = try advice(study(lr: "{type: float, min: 0, max: 1, prior: {default: 0.1}}"))
        #expect(prior["searcher.type"]?.take == "priorband")
    }

    @Test func `a task for each rung is dear where tasks wait`() throws {
        let each = try study("execution: {mode: rung}")
        #expect(advice(each, wait: 600)["execution.mode"]?.take == "auto")
        #expect(advice(each)["execution.mode"] == nil)
    }

    @Test func `a time limit that is too short for a step is raised`() throws {
        // 18 epochs of 400 s, and a fifth.
        let (short, enough) = (
            try study("slurm: {time: \"1:00:00\"}"), try study("slurm: {time: \"3:00:00\"}")
        )
        let line = advice(short)["slurm.time"]
        #expect(line?.now == "1:00:00" && line?.take == "2:24:00")
        #expect(advice(enough)["slurm.time"] == nil)
    }

    @Test(arguments: [
        "{type: none, max_resource: 1}", "{type: pbt, population: 4, max_resource: 9, interval: 3}",
    ])
    func `a training that reports once, and a population, keep their scheduler`(scheduler: String) throws {
        let own = try study(scheduler: scheduler)
        #expect(advice(own)["scheduler.type"]?.isFine == true)
    }

    @Test(arguments: [
        (0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (10, 10, 1), (15, 5, 0.04138946533203125),
    ])
    func `wins and losses are judged by the sign test`(better: Int, worse: Int, chance: Double) {
        #expect(abs(Contest.chance(better, worse) - chance) < 1e-12)
        #expect(Contest.chance(better, worse) == Contest.chance(worse, better))
    }

    @Test func `the table has each strategy for all workers and moments`() {
        let strategies = Set(StrategyTable.rows.map { "\($0.searcher) \($0.scheduler)" })
        #expect(strategies.count >= 5)
        let cells = Set(StrategyTable.rows.map { "\($0.workers) \($0.moment)" })
        #expect(cells.count >= 2 * StrategyTable.workers.count)
        #expect(StrategyTable.rows.count == strategies.count * cells.count)
        #expect(StrategyTable.rows.allSatisfy { $0.low <= $0.ratio && $0.ratio <= $0.high })
    }

    @Test func `the nearest row and column count`() {
        let near = StrategyEvidence.results(workers: 20, trainings: 1.6)
        #expect(near.workers == 16 && near.moment == 1)
        let far = StrategyEvidence.results(workers: 1_000, trainings: 900)
        #expect(far.workers == 64 && far.moment == 1)
    }
}

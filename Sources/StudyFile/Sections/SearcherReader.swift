import Tuning

/// Reads `searcher`.
struct SearcherReader {
    /// The names of the study's parameters; `nil` if they could not be read.
    let parameters: [String]?

    private static let sections = Section.searchers

    /// What the file asks for.
    enum Wanted {
        /// This searcher.
        case named(SearcherPlan)
        /// What suits the study.
        case auto(seed: UInt64)

        /// The searcher of a study with so many metrics that trials are compared by, and this scheduler.
        func plan(objectives: Int, _ scheduler: SchedulerPlan) -> SearcherPlan {
            switch self {
            case .named(.priorband(var plan)):
                if let factor = scheduler.reductionFactor { plan.reductionFactor = factor }
                return .priorband(plan)
            case .named(let plan): return plan
            case .auto(let seed): return AutoSearcher.plan(seed: seed, objectives: objectives, scheduler)
            }
        }
    }

    /// The searcher; `nil` if it has mistakes.
    func read(_ cursor: Cursor?) -> Wanted? {
        guard let cursor else { return .auto(seed: UInt64(Defaults.seed)) }
        var section = Section.autoSearcher
        if case .mapping(let entries) = cursor.value.content,
            let entry = entries.first(where: { $0.key == "type" })
        {
            let type = Cursor(value: entry.value, path: "\(cursor.path).type", findings: cursor.findings)
            let name = type.word(Self.sections.map(\.name))
            guard let known = Self.sections.first(where: { $0.name == name }) else { return nil }
            section = known
        }
        let other = { (field: String) -> (String, String)? in
            let owners = Self.sections.filter { $0.field(field) != nil }.map { "'type: \($0.name)'" }
            guard !owners.isEmpty else { return nil }
            return ("the searcher \(section.name) has no '\(field)'", "remove it, or use \(listed(owners))")
        }
        guard let fields = SectionCursor(cursor, as: section, other: other) else { return nil }
        let settings = Settings(fields: fields, section: section)
        if section.name == Section.autoSearcher.name { return settings.seed.map { .auto(seed: $0) } }
        return named(settings).map { .named($0) }
    }

    private func named(_ settings: Settings) -> SearcherPlan? {
        switch settings.section.name {
        case Section.grid.name: return grid(settings)
        case Section.sobol.name: return Self.sobol(settings)
        case Section.tpe.name: return Self.tpe(settings)
        case Section.bohb.name: return Self.bohb(settings)
        case Section.priorband.name: return settings.seed.map { .priorband(PriorBandPlan(seed: $0)) }
        case Section.evolution.name: return Self.evolution(settings)
        case Section.optuna.name: return Self.optuna(settings)
        case Section.external.name: return Self.external(settings)
        default: return settings.seed.map { .random(seed: $0) }
        }
    }

    // MARK: Each searcher

    private func grid(_ settings: Settings) -> SearcherPlan? {
        let resolution = settings.whole("resolution", default: Defaults.resolution)
        var resolutions: [String: Int] = [:]
        let entries = settings.fields["resolutions"].map { $0.names(example: "{lr: 10}") } ?? []
        var isFine = entries != nil
        for entry in entries ?? [] {
            if let parameters, !parameters.contains(entry.name) {
                settings.fields.cursor.findings.mistake(
                    at: entry.place, entry.cursor.path, "there is no parameter '\(shown(entry.name))'",
                    fix: NearestName.proposal(for: entry.name, among: parameters, what: "parameters"))
                isFine = false
            } else if let count = entry.cursor.whole(StudyFileLimits.resolution) {
                resolutions[entry.name] = count
            } else {
                isFine = false
            }
        }
        guard let resolution, isFine else { return nil }
        return .grid(GridPlan(resolutions: resolutions, resolution: resolution))
    }

    private static func sobol(_ settings: Settings) -> SearcherPlan? {
        let seed = settings.seed
        let scramble = settings.fields["scramble"].map { $0.flag() } ?? true
        guard let seed, let scramble else { return nil }
        return .sobol(SobolPlan(seed: seed, scramble: scramble))
    }

    private static func tpe(_ settings: Settings) -> SearcherPlan? {
        let defaults = TPEPlan(seed: 0)
        let startup = settings.whole("startup_trials", default: defaults.startupTrials)
        let gamma = settings.number("gamma", in: StudyFileLimits.share, default: defaults.gamma)
        let candidates = settings.whole("candidates", default: defaults.candidates)
        let prior = settings.number(
            "prior_weight", in: StudyFileLimits.priorWeight, default: defaults.priorWeight)
        let weights = settings.fields["weights"].map {
            $0.word(GoodWeights.allCases.map(\.rawValue)).flatMap(GoodWeights.init)
        }
        let random = settings.number("random_fraction", in: 0...1, default: defaults.randomFraction)
        let rungResults = settings.whole("rung_results", default: startup ?? defaults.startupTrials)
        guard let seed = settings.seed, let startup, let gamma, let candidates, let prior,
            let weights = weights ?? defaults.weights, let random, let rungResults
        else { return nil }
        let plan = TPEPlan(
            seed: seed, startupTrials: startup, gamma: gamma, candidates: candidates, priorWeight: prior,
            weights: weights, randomFraction: random,
            rungResults: rungResults == startup ? nil : rungResults)
        return .tpe(plan)
    }

    private static func bohb(_ settings: Settings) -> SearcherPlan? {
        let defaults = BOHBPlan(seed: 0)
        let points = settings.whole("min_points_in_model", default: 0)
        let top = settings.whole("top_n_percent", default: defaults.topPercent)
        let random = settings.number("random_fraction", in: 0...1, default: defaults.randomFraction)
        let samples = settings.whole("num_samples", default: defaults.samples)
        let factor = settings.number(
            "bandwidth_factor", in: StudyFileLimits.bandwidthFactor, default: defaults.bandwidthFactor)
        let least = settings.number(
            "min_bandwidth", in: StudyFileLimits.minBandwidth, default: defaults.minBandwidth)
        guard let seed = settings.seed, let points, let top, let random, let samples, let factor, let least
        else { return nil }
        return .bohb(
            BOHBPlan(
                seed: seed, minPointsInModel: points == 0 ? nil : points, topPercent: top,
                randomFraction: random, samples: samples, bandwidthFactor: factor, minBandwidth: least))
    }

    private static func evolution(_ settings: Settings) -> SearcherPlan? {
        let defaults = EvolutionPlan(seed: 0)
        let population = settings.whole("population", default: defaults.population)
        let sample = settings.whole("sample", default: min(defaults.sample, population ?? defaults.sample))
        guard let seed = settings.seed, let population, let sample else { return nil }
        guard sample <= population else {
            settings.fields["sample"]?.mistake(
                "\(sample) is more than the population, \(population)",
                fix: "write at most \(population), or raise 'population'")
            return nil
        }
        return .evolution(EvolutionPlan(seed: seed, population: population, sample: sample))
    }

    private static func optuna(_ settings: Settings) -> SearcherPlan? {
        let sampler = settings.fields["sampler"]?.text(example: "GPSampler")
        let python = settings.fields["python"].map { $0.text(example: "python3") } ?? Defaults.python
        guard let sampler, let python else { return nil }
        return outside(settings, command: [python, "-m", "stune.optuna_bridge"], sampler: sampler)
    }

    private static func external(_ settings: Settings) -> SearcherPlan? {
        ProgramReader.command(settings.fields["command"], script: "search.py").flatMap {
            outside(settings, command: $0, sampler: nil)
        }
    }

    private static func outside(_ settings: Settings, command: [String], sampler: String?) -> SearcherPlan?
    {
        let patience = settings.whole("patience", default: Defaults.patience)
        let values = ProgramReader.settings(settings.fields["settings"])
        guard let seed = settings.seed, let patience, let values else { return nil }
        return .external(
            ExternalPlan(
                command: command, seed: seed, sampler: sampler, settings: values, patience: patience))
    }

    // MARK: Notes

    /// Notes settings that may not be intended.
    ///
    /// - Parameters:
    ///   - wanted: what the file asks for; the settings of `auto` are not the author's.
    ///   - hasPriors: whether the study begins with prior results.
    static func note(_ plan: Plan, _ wanted: Wanted, _ cursor: Cursor?, hasPriors: Bool) {
        guard let cursor, case .named = wanted else { return }
        switch plan.searcher {
        case .priorband where plan.space.parameters.allSatisfy { $0.prior == nil }:
            cursor.note(
                "no parameter has a 'prior', so what would be drawn from priors is drawn uniformly")
        case .grid(let grid): note(grid, plan, cursor)
        // A model may be there from the first trial on.
        case _ where hasPriors: break
        case .tpe(let tpe) where tpe.startupTrials >= plan.trials:
            unused(until: tpe.startupTrials, plan, cursor)
        case .bohb(let bohb):
            let needed = (bohb.minPointsInModel ?? plan.space.parameters.count + 1) + 2
            if needed >= plan.trials { unused(until: needed, plan, cursor) }
        case .evolution(let evolution) where evolution.population >= plan.trials:
            unused(until: evolution.population, plan, cursor)
        default: break
        }
    }

    private static func note(_ grid: GridPlan, _ plan: Plan, _ cursor: Cursor) {
        let forbidden = plan.space.constraints.isEmpty ? "" : ", and some of these are forbidden"
        guard let count = grid.combinations(over: plan.space) else {
            cursor.note("the grid has more points than can be counted\(forbidden)")
            return
        }
        if count > plan.trials {
            cursor.note(
                "the grid has \(count) points, of which \(plan.trials) trials try the first\(forbidden)")
        } else {
            cursor.note("the grid has \(count) points, so there are no more trials\(forbidden)")
        }
    }

    private static func unused(until results: Int, _ plan: Plan, _ cursor: Cursor) {
        cursor.note(
            "until there are \(results) results all configurations are random, and there are \(plan.trials) trials"
        )
    }
}

/// The settings of one searcher.
private struct Settings {
    let fields: SectionCursor
    let section: Section

    /// The seed.
    var seed: UInt64? { whole("seed", default: Defaults.seed).map { UInt64($0) } }

    /// A whole number within its field's range; `nil` if it is not one.
    func whole(_ name: String, default value: Int) -> Int? {
        guard let cursor = fields[name] else { return value }
        guard case .whole(let range)? = section.field(name)?.kind else { return nil }
        return cursor.whole(range)
    }

    /// A number within a range; `nil` if it is not one.
    func number(_ name: String, in range: ClosedRange<Double>, default value: Double) -> Double? {
        guard let cursor = fields[name] else { return value }
        guard let number = cursor.number() else { return nil }
        guard range.contains(number) else {
            let (low, high) = (Self.text(range.lowerBound), Self.text(range.upperBound))
            cursor.mistake(
                "\(cursor.written) is \(number < range.lowerBound ? "less than \(low)" : "more than \(high)")",
                fix: "write a number from \(low) to \(high)")
            return nil
        }
        return number
    }

    private static func text(_ bound: Double) -> String {
        Int(exactly: bound).map(String.init) ?? String(bound)
    }
}

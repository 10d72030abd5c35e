import Tuning

/// Reads `scheduler`.
struct SchedulerReader {
    private let fields: SectionCursor
    private let section: Section

    /// The scheduler; `nil` if it has mistakes.
    static func read(_ cursor: Cursor) -> SchedulerPlan? {
        guard case .mapping(let entries) = cursor.value.content else {
            cursor.mistake(
                "expected a mapping, found \(cursor.written)",
                fix: "write one such as {type: asha, max_resource: 27}")
            return nil
        }
        guard let section = section(of: entries, cursor) else { return nil }
        let other = { (field: String) -> (String, String)? in
            guard let owner = Section.schedulers.first(where: { $0.field(field) != nil }) else {
                return nil
            }
            return (
                "the scheduler \(section.name) has no '\(field)'", "remove it, or use 'type: \(owner.name)'"
            )
        }
        guard let fields = SectionCursor(cursor, as: section, other: other) else { return nil }
        return SchedulerReader(fields: fields, section: section).plan()
    }

    private static func section(of entries: [YAMLValue.Entry], _ cursor: Cursor) -> Section? {
        guard let entry = entries.first(where: { $0.key == "type" }) else { return .asha }
        let type = Cursor(value: entry.value, path: "\(cursor.path).type", findings: cursor.findings)
        let name = type.word(Section.schedulers.map(\.name))
        return Section.schedulers.first { $0.name == name }
    }

    private func plan() -> SchedulerPlan? {
        switch section.name {
        case Section.noScheduler.name:
            return whole("max_resource").map { .none(maxResource: Resource($0)) }
        case Section.medianStopping.name: return medianStopping().map { .medianStopping($0) }
        case Section.pbt.name: return pbt().map { .pbt($0) }
        case Section.hyperband.name: return hyperband().map { .hyperband($0) }
        case Section.program.name: return program().map { .external($0) }
        default: break
        }
        // Reads all fields before checking for missing ones, to find all mistakes.
        let ladder = ladder()
        switch section.name {
        case Section.asyncHyperband.name:
            let brackets = optional("brackets")
            let seed = whole("seed", default: Defaults.bracketSeed)
            guard let ladder, let brackets, let seed else { return nil }
            return .asyncHyperband(
                AsyncHyperbandPlan(asha: ladder, brackets: brackets, seed: UInt64(seed)))
        case Section.successiveHalving.name:
            let configurations = optional("configurations")
            guard let ladder, let configurations else { return nil }
            return .successiveHalving(
                SuccessiveHalvingPlan(ladder: ladder, configurations: configurations))
        case Section.ashaStopping.name: return ladder.map { .ashaStopping($0) }
        case Section.pasha.name: return ladder.map { .pasha($0) }
        default: return ladder.map { .asha($0) }
        }
    }

    // MARK: Ladders

    /// Least and greatest resource, and the reduction factor.
    private func range() -> (min: Int, max: Int, factor: Int)? {
        let min = whole("min_resource", default: Defaults.minResource)
        let max = whole("max_resource")
        let factor = whole("reduction_factor", default: Defaults.reductionFactor)
        if let min, let max, min > max { tooSmall(min, max) }
        guard let min, let max, let factor, min <= max else { return nil }
        return (min, max, factor)
    }

    private func ladder() -> ASHAPlan? {
        let range = range()
        let rate = whole("early_stopping_rate", default: Defaults.earlyStoppingRate)
        let delay = optional("delay")
        let pending = optional("max_pending")
        guard let (min, max, factor) = range, let spacing = spacing(upTo: max), let rate, let delay,
            let pending
        else { return nil }
        var plan = ASHAPlan(
            minResource: Resource(min), maxResource: Resource(max), reductionFactor: factor,
            earlyStoppingRate: rate, delay: delay, maxPending: pending)
        guard !plan.rungs.isEmpty else {
            fields["early_stopping_rate"]?.mistake(
                "no rung is left: \(min)·\(factor)^\(rate) is above max_resource \(max)",
                fix: "make early_stopping_rate smaller")
            return nil
        }
        if case .levels(let levels) = spacing { plan.minResource = levels[0] }
        // If the paper's ladder ends at R, both ladders are the same.
        if spacing != .paper, spacing != .full || plan.rungs.last != plan.maxResource {
            plan.spacing = spacing
        }
        note(plan.rungs, max: max)
        return plan
    }

    /// Where the rungs are; `nil` if that has a mistake.
    private func spacing(upTo max: Int) -> RungSpacing? {
        guard let cursor = fields["rungs"] else { return .full }
        guard case .wordOrWholes(let words, let range)? = section.field("rungs")?.kind else { return nil }
        guard case .list = cursor.value.content else {
            return cursor.word(words).map { $0 == "paper" ? .paper : .full }
        }
        for name in ["min_resource", "early_stopping_rate"] {
            fields[name]?.mistake("it has no effect beside a list of rungs", fix: "remove it")
        }
        guard let elements = cursor.list(example: "[1, 5, 25]"), !elements.isEmpty else {
            cursor.mistake(
                "the list of rungs is empty", fix: "write at least one level, such as [1, 5, 25]")
            return nil
        }
        let levels = elements.compactMap { $0.whole(range) }
        guard levels.count == elements.count else { return nil }
        for (element, (low, high)) in zip(elements.dropFirst(), zip(levels, levels.dropFirst()))
        where high <= low {
            element.mistake("\(high) is not above the rung before it, \(low)", fix: "let the rungs ascend")
            return nil
        }
        guard levels.count <= StudyFileLimits.levels else {
            cursor.mistake(
                "\(levels.count) rungs are more than \(StudyFileLimits.levels)", fix: "write fewer levels")
            return nil
        }
        guard let top = levels.last, top <= max else {
            elements.last?.mistake(
                "the top rung \(levels[levels.count - 1]) is above max_resource \(max)",
                fix: "raise max_resource, or end the list at \(max)")
            return nil
        }
        return .levels(levels.map { Resource($0) })
    }

    private func hyperband() -> HyperbandPlan? {
        guard let (min, max, factor) = range() else { return nil }
        let plan = HyperbandPlan(
            minResource: Resource(min), maxResource: Resource(max), reductionFactor: factor)
        note(plan.levels, max: max)
        return plan
    }

    private func medianStopping() -> MedianStoppingPlan? {
        let min = whole("min_resource", default: Defaults.minResource)
        let max = whole("max_resource")
        let interval = whole("interval")
        let trials = whole("min_trials", default: Defaults.minTrials)
        if let min, let max, min > max { tooSmall(min, max) }
        guard let min, let max, let interval, let trials, min <= max,
            isCountable(min, max, interval, "interval")
        else {
            return nil
        }
        let plan = MedianStoppingPlan(
            minResource: Resource(min), maxResource: Resource(max), interval: interval, minTrials: trials)
        note(plan.levels, max: max)
        return plan
    }

    private func program() -> ExternalSchedulerPlan? {
        let range = range()
        let step = optional("step")
        let command = ProgramReader.command(fields["command"], script: "schedule.py")
        let settings = ProgramReader.settings(fields["settings"])
        let patience = whole("patience", default: Defaults.patience)
        let seed = whole("seed", default: Defaults.seed)
        guard let (min, max, factor) = range, let step, isCountable(min, max, step ?? max, "step"),
            let command,
            let settings, let patience, let seed
        else { return nil }
        return ExternalSchedulerPlan(
            program: ExternalPlan(
                command: command, seed: UInt64(seed), settings: settings, patience: patience),
            asha: ASHAPlan(
                minResource: Resource(min), maxResource: Resource(max), reductionFactor: factor,
                spacing: .full),
            step: step)
    }

    private func pbt() -> PBTPlan? {
        let population = whole("population")
        let max = whole("max_resource")
        let interval = whole("interval")
        let exploit = word("exploit", default: "truncation")
        let share = whole("truncation_percent", default: PBTPlan.truncation)
        let explore = word("explore", default: "perturb")
        let change = whole("perturb_percent", default: PBTPlan.perturbation)
        let resample = whole("resample_percent", default: PBTPlan.resampling)
        let seed = whole("seed", default: Defaults.bracketSeed)
        if exploit == "tournament" { unused("truncation_percent", "exploit: truncation") }
        if explore == "resample" { unused("perturb_percent", "explore: perturb") }
        guard let population, let max, let interval, let exploit, let share, let explore, let change,
            let resample, let seed, isCountable(1, max, interval, "interval")
        else { return nil }
        let plan = PBTPlan(
            population: population, maxResource: Resource(max), interval: interval,
            exploit: exploit == "tournament" ? .tournament : .truncation(percent: share),
            explore: explore == "resample" ? .resample : .perturb(percent: change),
            resamplePercent: resample, seed: UInt64(seed))
        note(plan.levels, max: max)
        return plan
    }

    /// Notes a field that has no meaning without another.
    private func unused(_ name: String, _ needed: String) {
        fields[name]?.mistake("it has no effect without '\(needed)'", fix: "remove it, or write that")
    }

    private func isCountable(_ min: Int, _ max: Int, _ interval: Int, _ field: String) -> Bool {
        guard (max - min) / interval >= StudyFileLimits.levels else { return true }
        fields[field]?.mistake(
            "\(min) to \(max) in steps of \(interval) are more than \(StudyFileLimits.levels) levels",
            fix: "write at least \((max - min) / StudyFileLimits.levels + 1)")
        return false
    }

    private func tooSmall(_ min: Int, _ max: Int) {
        if let cursor = fields["min_resource"] {
            cursor.mistake(
                "\(min) is above max_resource \(max)", fix: "make min_resource at most max_resource")
        } else {
            fields["max_resource"]?.mistake(
                "\(max) is below min_resource \(min)", fix: "make max_resource at least \(min)")
        }
    }

    private func note(_ rungs: [Resource], max: Int) {
        guard let cursor = fields["max_resource"], let top = rungs.last else { return }
        if rungs.count == 1 {
            cursor.note(
                "there is one rung, at \(top): every trial runs to it, and none is stopped before")
        } else if top.units < max {
            let levels = rungs.map(\.description).joined(separator: ", ")
            cursor.note(
                "the rungs are \(levels): no trial gets more than \(top) of max_resource \(max)")
        }
    }

    // MARK: Fields

    private func whole(_ name: String, default value: Int? = nil) -> Int? {
        guard let cursor = fields[name] else { return value }
        guard case .whole(let range)? = section.field(name)?.kind else { return nil }
        return cursor.whole(range)
    }

    private func word(_ name: String, default value: String) -> String? {
        guard let cursor = fields[name] else { return value }
        guard case .word(let words)? = section.field(name)?.kind else { return nil }
        return cursor.word(words)
    }

    /// An optional field; `nil` if it has a mistake.
    private func optional(_ name: String) -> Int?? {
        fields[name] == nil ? .some(nil) : whole(name).map { .some($0) }
    }
}

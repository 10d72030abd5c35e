import Tuning

/// Reads `metric` or `metrics`, and reports settings that do not work with several metrics or with bounds.
struct ObjectiveReader {
    let fields: SectionCursor

    /// The metrics that trials are compared by, and the bounds; `nil` if there are mistakes.
    func read() -> Criteria? {
        guard let several = fields["metrics"] else { return fields["metric"].flatMap(one) }
        if let one = fields["metric"] {
            one.mistake(
                "the study has both 'metric' and 'metrics'",
                fix: "keep 'metric' to compare trials by one, or 'metrics' to compare them by several")
            return nil
        }
        guard
            let list = several.list(
                example: "[{name: val_loss, goal: minimize}, {name: size, goal: minimize}]")
        else { return nil }
        guard StudyFileLimits.metrics.contains(list.count) else {
            several.mistake(
                "the list has \(list.count) metrics",
                fix: list.count < StudyFileLimits.metrics.lowerBound
                    ? "name two or more, or one as 'metric: {name: val_loss, goal: minimize}'"
                    : "name at most \(StudyFileLimits.metrics.upperBound)")
            return nil
        }
        guard let metrics = unique(list) else { return nil }
        let objectives = metrics.compactMap(\.objective)
        guard !objectives.isEmpty else {
            several.mistake(
                "no metric of the list has a goal, so nothing says which trial is better",
                fix: "give one a goal, such as {name: val_loss, goal: minimize}")
            return nil
        }
        return Criteria(objectives: objectives, bounds: metrics.flatMap(\.bounds))
    }

    /// What an entry says of a metric.
    private struct Entry {
        var name: String
        var goal: Objective.Goal?
        var most, least: Double?

        var objective: Objective? { goal.map { Objective(metric: name, goal: $0) } }

        var bounds: [MetricBound] {
            [
                most.map { MetricBound(metric: name, .atMost, $0) },
                least.map { MetricBound(metric: name, .atLeast, $0) },
            ].compactMap(\.self)
        }
    }

    private func one(_ cursor: Cursor) -> Criteria? {
        let bound = { (field: String) -> (String, String)? in
            guard Section.listedMetric.field(field) != nil else { return nil }
            return (
                "a bound of the only metric would not change the order of trials",
                "list the metrics that are bounded under 'metrics', beside one with a goal"
            )
        }
        guard let metric = SectionCursor(cursor, as: .metric, other: bound) else { return nil }
        let name = metric["name"]?.name(what: "metric", example: "val_loss")
        let goal = metric["goal"].flatMap(self.goal)
        guard let name, let goal else { return nil }
        return Criteria(objectives: [Objective(metric: name, goal: goal)])
    }

    private func goal(_ cursor: Cursor) -> Objective.Goal? {
        cursor.word(Objective.Goal.allCases.map(\.rawValue)).flatMap(Objective.Goal.init)
    }

    private func unique(_ list: [Cursor]) -> [Entry]? {
        let entries = list.map(entry)
        var names: Set<String> = []
        var isFine = true
        for (cursor, entry) in zip(list, entries) {
            guard let entry else {
                isFine = false
                continue
            }
            if !names.insert(entry.name).inserted {
                cursor.mistake(
                    "the metric '\(shown(entry.name))' is already in the list",
                    fix: "write its goal and its bounds into one entry, or remove one")
                isFine = false
            }
        }
        return isFine ? entries.compactMap(\.self) : nil
    }

    private func entry(_ cursor: Cursor) -> Entry? {
        guard let metric = SectionCursor(cursor, as: .listedMetric) else { return nil }
        let name = metric["name"]?.name(what: "metric", example: "val_loss")
        let goal = metric["goal"].map(self.goal)
        let most = metric["at_most"].map { $0.number() }
        let least = metric["at_least"].map { $0.number() }
        // The outer optional: whether the field is there. The inner one: whether it is without a mistake.
        if case .some(nil) = goal { return nil }
        if case .some(nil) = most { return nil }
        if case .some(nil) = least { return nil }
        guard let name else { return nil }
        let entry = Entry(name: name, goal: goal ?? nil, most: most ?? nil, least: least ?? nil)
        if let most = entry.most, let least = entry.least, least > most {
            cursor.mistake(
                "no value is at least \(least) and at most \(most)", fix: "exchange the two numbers")
            return nil
        }
        if entry.goal == nil && entry.bounds.isEmpty {
            cursor.mistake(
                "the metric '\(shown(name))' has neither a goal nor a bound",
                fix: "add 'goal: minimize', 'goal: maximize', 'at_most: 20' or 'at_least: 0.9'")
            return nil
        }
        return entry
    }

    /// Rejects settings that have no meaning if trials are compared by several metrics, or are to keep bounds.
    func check(_ plan: Plan) {
        checkBounds(plan)
        guard !plan.others.isEmpty else { return }
        let count = plan.objectives.count
        switch plan.scheduler {
        case .pasha:
            refuse("pasha compares the rankings of one metric, and the study has \(count)", .schedulers)
        case .medianStopping:
            refuse(
                "median_stopping compares averages of one metric, and the study has \(count)", .schedulers)
        case .pbt:
            refuse("pbt copies the better member by one metric, and the study has \(count)", .schedulers)
        case .external:
            refuse("its program is told the values of one metric, and the study has \(count)", .schedulers)
        case .asha, .asyncHyperband, .ashaStopping, .successiveHalving, .hyperband, .none: break
        }
        switch plan.searcher {
        case .tpe, .bohb: refuse("its model uses one metric, and the study has \(count)", .searchers)
        case .priorband, .evolution, .external:
            refuse("it compares trials by one metric, and the study has \(count)", .searchers)
        case .random, .list, .nearest, .grid, .sobol: break
        }
        guard let stop = fields["stop"].flatMap({ SectionCursor($0, as: .stop) }) else { return }
        for name in ["target", "no_improvement"] {
            stop[name]?.mistake(
                "no trial is the best one of a study with \(count) metrics",
                fix: "use 'resource', 'wall_time' or 'node_hours'")
        }
    }

    /// Rejects schedulers that compute with the numbers of one metric, whatever bounds a trial breaks.
    private func checkBounds(_ plan: Plan) {
        guard !plan.bounds.isEmpty, plan.others.isEmpty, !plan.scheduler.ranksWholeResults else { return }
        refuse(
            "it compares the numbers of one metric, and the study bounds others, such as "
                + "'\(shown(plan.bounds[0].metric))'", .schedulers, "remove the bounds")
    }

    private enum Part: String {
        case schedulers = "scheduler"
        case searchers = "searcher"

        var fix: String {
            switch self {
            case .schedulers:
                "use asha, asha_stopping, async_hyperband, successive_halving, hyperband or none"
            case .searchers: "use random, grid or sobol"
            }
        }
    }

    private func refuse(
        _ problem: String, _ part: Part, _ way: String = "compare trials by one 'metric'"
    ) {
        fields[part.rawValue]?.mistake(problem, fix: "\(part.fix), or \(way)")
    }
}

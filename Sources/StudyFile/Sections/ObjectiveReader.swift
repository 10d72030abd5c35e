import Tuning

/// Reads `metric` or `metrics`, and reports settings that do not work with several metrics.
struct ObjectiveReader {
    let fields: SectionCursor

    /// The metrics in order, at least one; `nil` if there are mistakes.
    func read() -> [Objective]? {
        guard let several = fields["metrics"] else {
            return fields["metric"].flatMap(objective).map { [$0] }
        }
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
        return unique(list)
    }

    private func unique(_ list: [Cursor]) -> [Objective]? {
        let objectives = list.map(objective)
        var names: Set<String> = []
        var isFine = true
        for (cursor, objective) in zip(list, objectives) {
            guard let objective else {
                isFine = false
                continue
            }
            if !names.insert(objective.metric).inserted {
                cursor.mistake(
                    "the metric '\(shown(objective.metric))' is already in the list",
                    fix: "remove one of them")
                isFine = false
            }
        }
        return isFine ? objectives.compactMap(\.self) : nil
    }

    private func objective(_ cursor: Cursor) -> Objective? {
        guard let metric = SectionCursor(cursor, as: .metric) else { return nil }
        let name = metric["name"]?.name(what: "metric", example: "val_loss")
        let goal = metric["goal"]?.word(Objective.Goal.allCases.map(\.rawValue)).flatMap(
            Objective.Goal.init)
        guard let name, let goal else { return nil }
        return Objective(metric: name, goal: goal)
    }

    /// Rejects settings that have no meaning if trials are compared by several metrics.
    func check(_ plan: Plan) {
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
        case .asha, .asyncHyperband, .ashaStopping, .successiveHalving, .hyperband, .none: break
        }
        switch plan.searcher {
        case .tpe, .bohb: refuse("its model uses one metric, and the study has \(count)", .searchers)
        case .evolution, .external:
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

    private func refuse(_ problem: String, _ part: Part) {
        fields[part.rawValue]?.mistake(problem, fix: "\(part.fix), or compare trials by one 'metric'")
    }
}

import StudyFile
package import Tuning

/// What can be used of a source of prior results, and what cannot.
package struct PriorFindings: Hashable, Sendable {
    /// What can be used.
    package var results: PriorResults
    /// How many trials or rows the source has.
    package var count: Int
    /// What cannot be used, by reason.
    package var leftOut: [LeftOut]
    /// Notes on the source, in whole sentences.
    package var notes: [String]

    /// Trials or rows that cannot be used, for one reason.
    package struct LeftOut: Hashable, Sendable {
        /// The reason, a sentence without its end.
        package var reason: String
        /// Which they are, such as `trial 3` or `line 7`, with the value that is in the way.
        package var rows: [String]
    }

    /// Findings from their parts.
    package init(results: PriorResults, count: Int, leftOut: [LeftOut] = [], notes: [String] = []) {
        self.results = results
        self.count = count
        self.leftOut = leftOut
        self.notes = notes
    }

    /// How many rows a sentence names.
    private static let named = 8

    /// What is used, what is left out, and the notes, each in a sentence without its end.
    package var words: [String] {
        let used = results.trials.count
        let source = shown(results.source)
        let first = "prior results: \(used) of \(count) from '\(source)'"
        let others = leftOut.map { item in
            let some = item.rows.prefix(PriorFindings.named).joined(separator: ", ")
            let more = item.rows.count - PriorFindings.named
            return "left out of '\(source)': \(item.rows.count), because \(item.reason): \(some)"
                + (more > 0 ? ", and \(more) more" : "")
        }
        return [first] + others + notes
    }
}

/// Places what others have found in the space of a study, trial by trial. What has no place there is kept by reason.
package struct PriorPlacement {
    /// What is known of a parameter's value.
    package enum Given {
        /// Nothing.
        case missing
        /// This value, which may be outside the parameter's domain.
        case value(ParameterValue)
        /// A text that is no value of this kind.
        case unreadable(String)
    }

    private let plan: Plan
    private let levels: [Resource]
    private let order: [Parameter]
    private var trials: [PriorTrial] = []
    /// The trials by their configuration, where a source may have several rows for one.
    private var places: [Configuration: Int] = [:]
    private var leftOut: [PriorFindings.LeftOut] = []
    private var reasons: [String: Int] = [:]
    private var count = 0

    /// Places results in the space of a plan.
    package init(_ plan: Plan) {
        self.plan = plan
        levels = plan.scheduler.levels
        order = plan.space.parentsFirst
    }

    /// Places a trial, or says why it has no place.
    ///
    /// - Parameters:
    ///   - row: which it is, such as `line 7`.
    ///   - joins: whether results of the same configuration are those of one trial.
    ///   - value: the value of a parameter.
    package mutating func place(
        _ row: String, _ results: [PriorResult], joins: Bool = false, value: (Parameter) -> Given
    ) {
        count += 1
        var configuration = Configuration()
        for parameter in order where parameter.isActive(in: configuration) {
            switch member(of: parameter, value(parameter)) {
            case .success(let member): configuration.values[parameter.name] = member
            case .failure(let obstacle):
                return leave(row + (obstacle.value.map { ": \($0)" } ?? ""), obstacle.reason)
            }
        }
        guard plan.space.allows(configuration) else {
            return leave(row, "'forbidden' or 'constraints' exclude the configuration")
        }
        let trial = PriorTrial(configuration: configuration, results: results)
        guard trial.results(at: levels).contains(where: { $0 != nil }) else {
            return leave(row, "it was trained for less than \(levels[0]), the lowest rung")
        }
        add(trial, joins: joins)
    }

    /// A trial cannot be used.
    package mutating func reject(_ row: String, _ reason: String) {
        count += 1
        leave(row, reason)
    }

    /// What became of all.
    package func findings(of source: String, notes: [String] = []) -> PriorFindings {
        let kept = trials.map { trial in
            PriorTrial(
                configuration: trial.configuration, results: trial.results(at: levels).compactMap(\.self))
        }
        return PriorFindings(
            results: PriorResults(source: source, trials: kept), count: count, leftOut: leftOut,
            notes: notes)
    }

    /// Why a value cannot be used, and the value, if there is one.
    private struct Obstacle: Error {
        var reason: String
        var value: String?
    }

    private func member(of parameter: Parameter, _ given: Given) -> Result<ParameterValue, Obstacle> {
        let name = shown(parameter.name)
        let outside = { (text: String) in
            Result<ParameterValue, Obstacle>.failure(
                Obstacle(
                    reason: "'\(name)' is not \(parameter.domain.words)",
                    value: shown(String(text.prefix(CurveLimits.shown)))))
        }
        switch given {
        case .value(let value):
            guard let member = parameter.domain.member(value) else { return outside(value.description) }
            return .success(member)
        case .unreadable(let text): return outside(text)
        case .missing:
            if case .constant(let only) = parameter.domain { return .success(only) }
            if let prior = parameter.prior { return .success(prior.value) }
            return .failure(
                Obstacle(
                    reason: "'\(name)' has no value there, and no 'prior: {default: …}' in the study file"))
        }
    }

    private mutating func leave(_ row: String, _ reason: String) {
        if let known = reasons[reason] {
            leftOut[known].rows.append(row)
        } else {
            reasons[reason] = leftOut.count
            leftOut.append(PriorFindings.LeftOut(reason: reason, rows: [row]))
        }
    }

    private mutating func add(_ trial: PriorTrial, joins: Bool) {
        if joins, let place = places[trial.configuration] {
            let known = Set(trials[place].results.map(\.resource))
            if trial.results.allSatisfy({ !known.contains($0.resource) }) {
                trials[place].results += trial.results
                return
            }
        }
        places[trial.configuration] = trials.count
        trials.append(trial)
    }
}

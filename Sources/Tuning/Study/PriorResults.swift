/// What others have found before this study began: another study, or another tool.
///
/// Prior results are no trials: rungs, stop conditions and the best trial do not count them. Searchers that learn from
/// results learn from them as from their own.
public struct PriorResults: Hashable, Codable, Sendable {
    /// Where they come from, for people: the path of a study's directory or of a table.
    public var source: String
    /// The trials, in the order in which they are told to the searcher.
    public var trials: [PriorTrial]

    /// Results from their parts.
    public init(source: String, trials: [PriorTrial]) {
        self.source = source
        self.trials = trials
    }
}

/// A configuration that others have tried, with what they measured.
public struct PriorTrial: Hashable, Codable, Sendable {
    /// The configuration: each parameter of the new study's space that is active in it has a value.
    public var configuration: Configuration
    /// What was measured, at least one; no resource occurs twice.
    public var results: [PriorResult]

    /// A trial from its parts.
    public init(configuration: Configuration, results: [PriorResult]) {
        self.configuration = configuration
        self.results = results
    }

    /// For each rung of a ladder, from the lowest up, the result that stands for it: the one at the least resource that
    /// is at least the rung's and below the next rung's. A result without a resource stands for the top rung, unless
    /// there is another. `nil`: the trial has none there.
    ///
    /// A model may take a result from a little above a rung; a rung itself never does.
    public func results(at levels: [Resource]) -> [PriorResult?] {
        levels.indices.map { rung in
            let isTop = rung + 1 == levels.count
            let known = results.filter { result in
                guard let resource = result.resource else { return false }
                return resource >= levels[rung] && (isTop || resource < levels[rung + 1])
            }
            let nearest = known.min { ($0.resource ?? .none) < ($1.resource ?? .none) }
            return nearest ?? (isTop ? results.first { $0.resource == nil } : nil)
        }
    }
}

/// Metrics that others measured for a configuration.
public struct PriorResult: Hashable, Codable, Sendable {
    /// The resource at which they were measured; `nil`: after the whole training.
    public var resource: Resource?
    /// The metrics by name. Values that are not finite are in `nonFinite` instead.
    public var metrics: [String: Double]
    /// The metrics that were not a finite number, with the word for it: `nan`, `inf`, `-inf`; `nil`: none.
    public var nonFinite: [String: String]?

    /// A result from its parts.
    public init(resource: Resource?, metrics: [String: Double], nonFinite: [String: String] = [:]) {
        self.resource = resource
        self.metrics = metrics
        self.nonFinite = nonFinite.isEmpty ? nil : nonFinite
    }
}

extension RunningStudy {
    /// Tells the searcher what others have found. Each prior trial has a number of its own below 0.
    mutating func learn(_ prior: PriorResults) {
        for known in prior.trials {
            priorCount += 1
            let trial = TrialID(-priorCount)
            searcher.learn(known.configuration, of: trial)
            history.learn(known.configuration, of: trial)
            for (rung, result) in known.results(at: levels).enumerated() {
                guard let result,
                    let loss = Loss(of: result.metrics, nonFinite: result.nonFinite ?? [:], in: plan)
                else { continue }
                observe(trial, rung: rung, loss)
            }
        }
    }
}

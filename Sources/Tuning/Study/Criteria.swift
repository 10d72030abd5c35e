/// A bound that a metric of each trial is to keep: an outcome constraint.
public struct MetricBound: Hashable, Codable, Sendable {
    /// On which side of the limit the metric is to be.
    public enum Side: String, Hashable, Codable, Sendable, CaseIterable {
        /// The limit or less.
        case atMost
        /// The limit or more.
        case atLeast
    }

    /// The metric's name in the reports.
    public var metric: String
    /// On which side of the limit it is to be.
    public var side: Side
    /// The limit, in the metric's own units; finite.
    public var limit: Double

    /// A bound from its parts.
    public init(metric: String, _ side: Side, _ limit: Double) {
        self.metric = metric
        self.side = side
        self.limit = limit
    }

    /// By how much a finite value breaks the bound: 0 if it keeps it, otherwise the distance from the limit as a share of
    /// the limit, so that bounds of different units can be added (Deb, "An efficient constraint handling method for
    /// genetic algorithms", Computer Methods in Applied Mechanics and Engineering 186, 2000, section 3). Where the limit
    /// is 0, it is the distance itself.
    public func violation(of value: Double) -> Double {
        let distance = side == .atMost ? value - limit : limit - value
        guard distance > 0 else { return 0 }
        let share = limit == 0 ? distance : distance / abs(limit)
        // A value that breaks the bound by a tiny share still breaks it, and no share is infinite.
        return min(max(share, .leastNonzeroMagnitude), .greatestFiniteMagnitude)
    }
}

extension MetricBound: CustomStringConvertible {
    /// The bound in words, such as `latency_ms at most 20`.
    public var description: String { "\(metric) \(side == .atMost ? "at most" : "at least") \(limit)" }
}

/// What results are judged by: the metrics that trials are compared by, and the bounds that they are to keep.
public struct Criteria: Hashable, Sendable {
    /// The metrics that trials are compared by, in the order of the study file; at least one.
    public var objectives: [Objective]
    /// The bounds, in the order of the study file; usually empty.
    public var bounds: [MetricBound]

    /// Criteria from their parts.
    public init(objectives: [Objective], bounds: [MetricBound] = []) {
        self.objectives = objectives
        self.bounds = bounds
    }

    /// The names of all metrics that each report must have: first those that trials are compared by.
    public var metrics: [String] {
        var names = objectives.map(\.metric)
        for bound in bounds where !names.contains(bound.metric) { names.append(bound.metric) }
        return names
    }

    /// By how much finite metrics break the bounds together: 0 if they keep all; `nil` if a metric is missing.
    public func violation(of metrics: [String: Double]) -> Double? {
        var sum = 0.0
        for bound in bounds {
            guard let value = metrics[bound.metric] else { return nil }
            sum += bound.violation(of: value)
        }
        return min(sum, .greatestFiniteMagnitude)
    }

    /// The bounds that finite metrics break. A bound whose metric is missing is left out.
    public func broken(by metrics: [String: Double]) -> [MetricBound] {
        bounds.filter { bound in metrics[bound.metric].map { bound.violation(of: $0) > 0 } ?? false }
    }

    /// The loss of finite metrics; the worst if one is missing.
    public func loss(of metrics: [String: Double]) -> Loss {
        let losses = objectives.map { objective in
            metrics[objective.metric].map { objective.goal == .minimize ? $0 : -$0 } ?? .infinity
        }
        guard let violation = violation(of: metrics) else { return .worst }
        return Loss(value: losses[0], further: Array(losses.dropFirst()), violation: violation)
    }
}

extension Plan {
    /// What results are judged by.
    public var criteria: Criteria { Criteria(objectives: objectives, bounds: bounds) }
}

import Store
import Tuning

/// Which bounds of a study a trial's last result breaks, for people.
struct BrokenBounds {
    /// The bounds, each with the value that breaks it.
    let items: [(bound: MetricBound, value: Double)]

    /// The bounds that finite metrics break.
    init(_ metrics: [String: Double], _ criteria: Criteria) {
        items = criteria.broken(by: metrics).compactMap { bound in
            metrics[bound.metric].map { (bound, $0) }
        }
    }

    /// The metrics that break a bound, in the order of the study file.
    var metrics: [String] { items.map(\.bound.metric) }

    /// The bounds and values in words, such as `latency_ms = 35 (at most 20)`; `nil` if none is broken.
    var words: String? {
        if items.isEmpty { return nil }
        return items.map { bound, value in
            "\(Table.printable(bound.metric)) = \(Numbers.metric(value)) "
                + "(\(bound.side == .atMost ? "at most" : "at least") \(Numbers.metric(bound.limit)))"
        }.joined(separator: ", ")
    }
}

extension StoreReader {
    /// The bounds that the last result of a trial breaks; `nil` in a study without bounds.
    func brokenBounds(of trial: TrialID, _ plan: Plan) throws -> BrokenBounds? {
        guard !plan.bounds.isEmpty else { return nil }
        return BrokenBounds(try metricsOfLastResults(of: trial)[trial] ?? [:], plan.criteria)
    }
}

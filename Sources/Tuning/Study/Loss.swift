/// How good a result is: smaller is better, whatever the study's goal. Only `init(of:in:)` applies the goal's sign.
///
/// A result that is not a finite number (diverged, failed) is worse than every finite one. In a study with several
/// metrics it has all of them, and is finite if all are. Only `ParetoFronts` ranks by all metrics; everything else uses
/// the first.
public struct Loss: Hashable, Comparable, Sendable {
    /// The value, smaller is better; infinite for a result that is not a finite number.
    public let value: Double
    /// The losses in the further metrics, in the plan's order; empty in a study with one, and for the worst.
    public let further: [Double]

    /// A result that is worse than every finite one.
    public static let worst = Loss(value: .infinity)

    /// A loss of this value; `NaN` counts as the worst.
    public init(value: Double) {
        self.value = value.isFinite ? value : .infinity
        further = []
    }

    /// A loss of several values; the worst, unless all are finite.
    public init(value: Double, further: [Double]) {
        let isFinite = value.isFinite && further.allSatisfy(\.isFinite)
        self.value = isFinite ? value : .infinity
        self.further = isFinite ? further : []
    }

    /// The loss of a report in a plan; `nil` if it lacks one of the plan's metrics.
    public init?(of report: Report, in plan: Plan) {
        self.init(of: report.metrics, nonFinite: report.nonFinite, in: plan)
    }

    /// The loss of metrics in a plan; `nil` if one of the plan's metrics is not among them.
    ///
    /// - Parameter nonFinite: the metrics that were not a finite number.
    init?(of metrics: [String: Double], nonFinite: [String: String], in plan: Plan) {
        guard let first = Loss(of: metrics, nonFinite: nonFinite, in: plan.objective) else { return nil }
        guard !plan.others.isEmpty else {
            self = first
            return
        }
        let others = plan.others.compactMap { Loss(of: metrics, nonFinite: nonFinite, in: $0)?.value }
        guard others.count == plan.others.count else { return nil }
        self.init(value: first.value, further: others)
    }

    /// The loss of a report; `nil` if it lacks the objective's metric.
    public init?(of report: Report, in objective: Objective) {
        self.init(of: report.metrics, nonFinite: report.nonFinite, in: objective)
    }

    private init?(of metrics: [String: Double], nonFinite: [String: String], in objective: Objective) {
        if nonFinite[objective.metric] != nil {
            self = .worst
        } else if let metric = metrics[objective.metric] {
            self.init(value: objective.goal == .minimize ? metric : -metric)
        } else {
            return nil
        }
    }

    /// Whether it is a finite number.
    public var isFinite: Bool { value.isFinite }

    /// Orders by the first metric, the better first.
    public static func < (left: Loss, right: Loss) -> Bool { left.value < right.value }
}

/// How good a result is: smaller is better, whatever the study's goal. Only `init(of:in:)` and `Criteria` apply the goal's
/// sign.
///
/// A result that is not a finite number (diverged, failed) is worse than every finite one. A finite result that breaks a
/// bound of the study is worse than all that keep their bounds; of two that break bounds, the one that breaks them by less
/// is better (constrained domination: Deb, Pratap, Agarwal, Meyarivan, "A Fast and Elitist Multiobjective Genetic
/// Algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation 6-2, 2002, section VI-B). If equal, the value
/// decides. In a study with several metrics a result has all of them, and is finite if all are. Only `ParetoFronts` ranks
/// by all metrics; everything else uses the first.
public struct Loss: Hashable, Comparable, Sendable {
    /// The value, smaller is better; infinite for a result that is not a finite number.
    public let value: Double
    /// The losses in the further metrics, in the plan's order; empty in a study with one, and for the worst.
    public let further: [Double]
    /// By how much it breaks the study's bounds: 0 if it keeps all, or there are none; infinite for the worst.
    public let violation: Double

    /// A result that is worse than every finite one.
    public static let worst = Loss(value: .infinity)

    /// A loss of this value; `NaN` counts as the worst.
    public init(value: Double) { self.init(value: value, further: [], violation: 0) }

    /// A loss of one value or several; the worst, unless all are finite.
    ///
    /// - Parameter violation: by how much it breaks bounds; 0 or greater.
    public init(value: Double, further: [Double] = [], violation: Double = 0) {
        let isFinite = value.isFinite && further.allSatisfy(\.isFinite) && violation.isFinite
        self.value = isFinite ? value : .infinity
        self.further = isFinite ? further : []
        self.violation = isFinite ? violation : .infinity
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
        if plan.others.isEmpty && plan.bounds.isEmpty {
            self = first
            return
        }
        let others = plan.others.compactMap { Loss(of: metrics, nonFinite: nonFinite, in: $0)?.value }
        guard others.count == plan.others.count else { return nil }
        let isComplete = plan.bounds.allSatisfy {
            metrics[$0.metric] != nil || nonFinite[$0.metric] != nil
        }
        guard isComplete else { return nil }
        // A bounded metric that is not finite leaves no result, as any other metric of the study.
        self.init(
            value: first.value, further: others,
            violation: plan.criteria.violation(of: metrics) ?? .infinity)
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

    /// Whether it is finite and keeps all bounds of the study.
    public var keepsBounds: Bool { violation == 0 }

    /// The value in the metric's own units.
    func value(for goal: Objective.Goal) -> Double { goal == .minimize ? value : -value }

    /// Orders by the violation of bounds, then by the first metric; the better first.
    public static func < (left: Loss, right: Loss) -> Bool {
        left.violation == right.violation ? left.value < right.value : left.violation < right.violation
    }
}

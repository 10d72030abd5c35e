/// How good a result is: smaller is better, whatever the study's goal. The one place where the goal
/// turns a sign is `init(of:in:)`.
///
/// A result that is not a finite number (diverged, failed) is worse than every finite one.
public struct Loss: Hashable, Comparable, Sendable {
    /// The value, smaller is better; infinite for a result that is not a finite number.
    public let value: Double

    /// A result that is worse than every finite one.
    public static let worst = Loss(value: .infinity)

    /// A loss of this value; `NaN` counts as the worst.
    public init(value: Double) { self.value = value.isFinite ? value : .infinity }

    /// The loss that a report stands for; `nil` when it does not have the objective's metric.
    public init?(of report: Report, in objective: Objective) {
        if report.nonFinite[objective.metric] != nil {
            self = .worst
        } else if let metric = report.metrics[objective.metric] {
            self.init(value: objective.goal == .minimize ? metric : -metric)
        } else {
            return nil
        }
    }

    /// Whether it is a finite number.
    public var isFinite: Bool { value.isFinite }

    /// Orders the better first.
    public static func < (left: Loss, right: Loss) -> Bool { left.value < right.value }
}

/// No early stopping: every trial runs to the greatest resource in one assignment.
public struct NoScheduler: Scheduler {
    /// The only level.
    public let levels: [Resource]

    /// Every trial runs to `maxResource`.
    public init(maxResource: Resource) { levels = [maxResource] }

    /// Ignores results.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict { .waits }

    /// A trial that failed counts nowhere.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool { true }

    /// Nothing is promoted.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? { nil }

    /// Nothing is promoted.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? { nil }
}

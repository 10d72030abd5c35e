/// Decides which trial gets more resource.
public protocol Scheduler: Sendable {
    /// The resource of each rung, from the lowest up; at least one, ascending.
    var levels: [Resource] { get }

    /// Takes in the result of a trial at a rung. A trial that failed on its way there counts as
    /// `Loss.worst`.
    mutating func record(_ trial: TrialID, rung: Int, loss: Loss)

    /// The next trial to go on; `nil` when none may, and a new trial should start instead.
    ///
    /// - Parameter isHeld: whether a trial cannot go on at this moment.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion?

    /// Whether this trial, which has a result in this rung, may go on at this moment: then it is promoted.
    mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion?
}

extension Scheduler {
    /// The next trial to go on, where each can.
    public mutating func promote() -> Promotion? { promote { _ in false } }
}

/// A trial that goes on to a higher rung.
public struct Promotion: Hashable, Sendable {
    /// The trial.
    public var trial: TrialID
    /// The rung it goes to.
    public var rung: Int
    /// n: the results in the rung below, at this moment.
    public var results: Int
    /// ⌊n/η⌋: how many of them are among the best.
    public var kept: Int
}

extension SchedulerPlan {
    /// The resource of each rung, from the lowest up.
    public var levels: [Resource] { scheduler().levels }

    /// The scheduler that this plan describes.
    func scheduler() -> any Scheduler {
        switch self {
        case .asha(let plan): ASHA(plan)
        case .none(let resource): NoScheduler(maxResource: resource)
        }
    }
}

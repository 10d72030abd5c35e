/// Decides which trial gets more resource.
///
/// All schedulers share one frame: a ladder of resource levels. A trial is admitted at one of them, its first
/// rung, and goes from rung to rung; at each it has one result. Brackets are ladders that begin at a higher level.
public protocol Scheduler: Sendable {
    /// The resource of each rung, from the lowest up; at least one, ascending.
    var levels: [Resource] { get }

    /// The rung that this trial would lead to first, were it the next to be admitted; `nil`: none may start now.
    func entry(of trial: TrialID) -> Int?

    /// A new trial starts on its way to the rung that `entry` names.
    mutating func admit(_ trial: TrialID)

    /// No further trial will be admitted: what waits for more need not wait any longer.
    mutating func close()

    /// Takes in what a trial has reported on its way to a rung.
    mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss)

    /// Takes in the result of a trial at a rung. A trial that failed on its way there counts as
    /// `Loss.worst`.
    ///
    /// - Returns: whether the trial is out of the running; of one with a finite result below the top rung.
    @discardableResult
    mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict

    /// After a verdict that a trial yields: a child is to take its place, and the trial is out of the running.
    mutating func replace(_ trial: TrialID)

    /// After a verdict that a trial yields: nobody can start from the parent, and the trial goes on from this rung.
    mutating func keep(_ trial: TrialID, rung: Int, despite parent: TrialID)

    /// The trial whose child the next to be admitted should rather be than anew, if that has a checkpoint to start from.
    func parent(ofNew trial: TrialID) -> TrialID?

    /// A child starts; `loss`: what its parent had shown when that was decided. One that starts in nobody's
    /// place was admitted before.
    mutating func adopt(_ child: TrialID, loss: Loss)

    /// The user has cancelled a trial on its way to a rung: there is no result, and none will come.
    mutating func withdraw(_ trial: TrialID, rung: Int)

    /// The next trial of those that have a result in a rung and will never be promoted from there, whatever comes; each
    /// is named once. It is asked for only where checkpoints have to go.
    ///
    /// - Parameter trials: how many are admitted at most, those included that were; not more than when asked before.
    /// - Returns: `nil`: each of the others may be promoted still, as far as is known.
    mutating func ruleOut(ofAtMost trials: Int) -> TrialID?

    /// The next trial to go on; `nil` when none may, and a new trial should start instead.
    ///
    /// - Parameter isHeld: whether a trial cannot go on at this moment.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion?

    /// Whether this trial, which has just got its result in this rung, may go on at this moment: then it is promoted.
    mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion?
}

/// What a scheduler makes of a finite result below the top rung.
public enum Verdict: Hashable, Sendable {
    /// The trial may go on, now or later, as `promote` will say.
    case waits
    /// The trial is stopped for good.
    case stops
    /// A child of this other trial is to take its place, if that has a checkpoint to start from: `replace` or `keep`
    /// follows.
    case yields(to: TrialID)
}

extension Scheduler {
    /// The lowest rung.
    public func entry(of trial: TrialID) -> Int? { 0 }

    /// Nothing depends on who is on the way.
    public mutating func admit(_ trial: TrialID) {}

    /// Nothing waits for more trials.
    public mutating func close() {}

    /// Nothing depends on what is in between.
    public mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss) {}

    /// No trial yields to another.
    public mutating func replace(_ trial: TrialID) {}

    /// No trial yields to another.
    public mutating func keep(_ trial: TrialID, rung: Int, despite parent: TrialID) {}

    /// Nobody's.
    public func parent(ofNew trial: TrialID) -> TrialID? { nil }

    /// No trial has a parent.
    public mutating func adopt(_ child: TrialID, loss: Loss) {}

    /// Nothing waits for the result.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {}

    /// Who waits may go on.
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? { nil }

    /// The next trial to go on, where each can.
    public mutating func promote() -> Promotion? { promote { _ in false } }
}

/// A trial that goes on to a higher rung.
public struct Promotion: Hashable, Sendable {
    /// The trial.
    public var trial: TrialID
    /// The rung it goes to.
    public var rung: Int
    /// n: the results that it was compared with, at this moment.
    public var results: Int
    /// How many of them are among the best, as ⌊n/η⌋; `nil` where it was not chosen among the best, but not stopped.
    public var kept: Int?
    /// The trial whose child was to take its place, and could not; `nil`: it was not to be replaced.
    public var despite: TrialID? = nil
}

extension Promotion {
    /// Why the assignment that follows was decided.
    var reason: Assignment.Reason {
        if let despite { return .retained(results: results, despite: despite) }
        return kept.map { .promoted(results: results, kept: $0) } ?? .unstopped(results: results)
    }
}

extension SchedulerPlan {
    /// The resource of each rung, from the lowest up.
    public var levels: [Resource] { scheduler().levels }

    /// The scheduler that this plan describes.
    ///
    /// - Parameter objectives: how many metrics trials are compared by. PASHA, the median rule and PBT know one, the first;
    ///   no study file asks them for more.
    public func scheduler(objectives: Int = 1) -> any Scheduler {
        switch self {
        case .asha(let plan): ASHA(plan, objectives: objectives)
        case .asyncHyperband(let plan): AsyncHyperband(plan, objectives: objectives)
        case .ashaStopping(let plan): ASHAStopping(plan, objectives: objectives)
        case .successiveHalving(let plan): SuccessiveHalving(plan)
        case .hyperband(let plan): Hyperband(plan)
        case .pasha(let plan): PASHA(plan)
        case .medianStopping(let plan): MedianStopping(plan)
        case .pbt(let plan): PBT(plan)
        case .none(let resource): NoScheduler(maxResource: resource)
        }
    }
}

/// Decides which trial gets more resource.
///
/// All schedulers share one frame: a ladder of resource levels. A trial is admitted at one of them, its first
/// rung, and goes from rung to rung; at each it has one result. Brackets are ladders that begin at a higher level.
public protocol Scheduler: Sendable {
    /// The resource of each rung, from the lowest up; at least one, ascending. It never changes.
    var levels: [Resource] { get }

    /// The rung that this trial would lead to first, were it the next to be admitted; `nil`: none may start now.
    func entry(of trial: TrialID) -> Int?

    /// A new trial starts on its way to the rung that `entry` names.
    mutating func admit(_ trial: TrialID)

    /// No further trial will be admitted: what waits for more need not wait any longer.
    mutating func close()

    /// Takes in what a trial has reported on its way to a rung.
    mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss)

    /// Takes in the result of a trial at a rung. A trial that failed on its way there has `Loss.worst`.
    ///
    /// - Returns: what becomes of the trial; it matters for a finite result below the top rung only.
    @discardableResult
    mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict

    /// The user has cancelled a trial on its way to a rung: there is no result, and none will come.
    mutating func withdraw(_ trial: TrialID, rung: Int)

    /// The next trial that has a result in a rung and will never be promoted from there, whatever comes; each is named
    /// once. The study asks only where checkpoints have to go.
    ///
    /// - Parameter trials: how many are admitted at most, including those that were; not more than when asked before.
    /// - Returns: `nil`: each of the others may still be promoted, as far as is known.
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
    /// The trial is to exploit this better member of its population. Only a `PopulationScheduler` says so.
    case exploits(TrialID)
}

/// A scheduler of a population whose members exploit better ones, and explore from there (Jaderberg et al. 2017,
/// arXiv 1711.09846, Algorithm 1). A member that exploits ends, and its place in the population goes to a child: a trial
/// that starts from the better member's checkpoint, with hyperparameters explored from that member's.
///
/// After the verdict that a member exploits another, the study calls `exploit`, or `goOn` where a child cannot start.
public protocol PopulationScheduler: Scheduler {
    /// The member is out of the population, and a child of the better one will take its place.
    mutating func exploit(_ better: TrialID, inPlaceOf member: TrialID)

    /// The member goes on from this rung as it is: no child of the better one can start.
    mutating func goOn(_ member: TrialID, from rung: Int, insteadOf better: TrialID)

    /// The member that the next trial should exploit rather than be sampled, if a child of it can start; `nil`: none.
    func exploited(byNew trial: TrialID) -> TrialID?

    /// A child of this member starts in a place that was free, which it was admitted to.
    mutating func admit(_ child: TrialID, exploiting better: TrialID)

    /// The child starts that has waited longest of those in whose favour `exploit` was called.
    mutating func join(_ child: TrialID)
}

extension Scheduler {
    /// The lowest rung.
    public func entry(of trial: TrialID) -> Int? { 0 }

    /// Nothing depends on how many trials are on their way.
    public mutating func admit(_ trial: TrialID) {}

    /// Nothing waits for more trials.
    public mutating func close() {}

    /// Nothing depends on reports between the rungs.
    public mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss) {}

    /// Nothing waits for the result.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {}

    /// Each trial that waits may go on.
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
    /// Why it goes on.
    public var ground: Ground

    /// Why a trial goes on.
    public enum Ground: Hashable, Sendable {
        /// It is among the best so many of the results, such as ⌊n/η⌋.
        case amongBest(Int)
        /// Nothing has stopped it.
        case unstopped
        /// It was to exploit this member, and no child of that can start.
        case insteadOfExploiting(TrialID)
    }
}

extension Promotion {
    /// Why the assignment that follows was decided.
    var reason: Assignment.Reason {
        switch ground {
        case .amongBest(let kept): .promoted(results: results, kept: kept)
        case .unstopped: .unstopped(results: results)
        case .insteadOfExploiting(let better): .retained(results: results, despite: better)
        }
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

/// Decides which trial gets more resource.
///
/// All schedulers share one frame: a ladder of resource levels. A trial is admitted at one level, its first rung, and
/// climbs from rung to rung, with one result at each. Brackets are ladders that begin at a higher level.
public protocol Scheduler: Sendable {
    /// The resource of each rung, from the lowest up; at least one, ascending. Only `grow` changes it, at the top.
    var levels: [Resource] { get }

    /// The first rung of this trial if it were admitted next; `nil` if none may start now.
    func entry(of trial: TrialID) -> Int?

    /// A new trial starts on its way to the rung that `entry` names.
    mutating func admit(_ trial: TrialID)

    /// No further trial will be admitted, so nothing need wait for more.
    mutating func close()

    /// Trials may be admitted after all, after `close`. What was decided for lack of them stays.
    mutating func reopen()

    /// A trial that had failed on its way to a rung is on its way there again: its `Loss.worst` counts no longer. Promotions
    /// that it helped to decide stay.
    ///
    /// - Returns: whether it can be taken back; if not, nothing has changed.
    mutating func retract(_ trial: TrialID, rung: Int) -> Bool

    /// The user sends a trial that rests in a rung to the top of the ladder: it is never promoted from there.
    ///
    /// - Returns: whether it rests there; if not, nothing has changed.
    mutating func release(_ trial: TrialID, from rung: Int) -> Bool

    /// The ladder becomes that of another plan, with the rungs there are and others above them.
    ///
    /// - Returns: whether it can; if not, nothing has changed.
    mutating func grow(to plan: SchedulerPlan) -> Bool

    /// Adds what a trial has reported on its way to a rung.
    mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss)

    /// Adds the result of a trial at a rung. A trial that failed on its way there has `Loss.worst`.
    ///
    /// - Returns: what follows for the trial. Only used for a finite result below the top rung.
    @discardableResult
    mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict

    /// The user has cancelled a trial on its way to a rung: it will have no result.
    mutating func withdraw(_ trial: TrialID, rung: Int)

    /// The next trial that has a result in a rung and can never be promoted from there, each named once. The study asks
    /// only when it must delete checkpoints.
    ///
    /// - Parameter trials: the greatest number of admitted trials, including those so far; not more than in earlier
    ///   calls.
    /// - Returns: `nil` if each of the others may still be promoted, as far as known.
    mutating func ruleOut(ofAtMost trials: Int) -> TrialID?

    /// The next trial to promote; `nil` if there is none, and a new trial should start instead.
    ///
    /// - Parameter isHeld: whether a trial cannot continue now.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion?

    /// Whether this trial, which has just got its result in this rung, may continue now. If so, it is promoted.
    mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion?
}

/// A scheduler's verdict on a finite result below the top rung.
public enum Verdict: Hashable, Sendable {
    /// The trial may continue, now or later; `promote` decides.
    case waits
    /// The trial is stopped for good.
    case stops
    /// The trial is to exploit this better member of its population. Only a `PopulationScheduler` returns this.
    case exploits(TrialID)
}

/// A scheduler of a population whose members exploit better ones and explore from there (Jaderberg et al. 2017, arXiv
/// 1711.09846, Algorithm 1). A member that exploits ends, and its place goes to a child: a trial that starts from the
/// better member's checkpoint, with hyperparameters explored from that member's.
///
/// After the verdict that a member exploits another, the study calls `exploit`, or `goOn` if a child cannot start.
public protocol PopulationScheduler: Scheduler {
    /// The member leaves the population, and a child of the better one will take its place.
    mutating func exploit(_ better: TrialID, inPlaceOf member: TrialID)

    /// The member continues from this rung as it is, because no child of the better one can start.
    mutating func goOn(_ member: TrialID, from rung: Int, insteadOf better: TrialID)

    /// The member that the next trial should exploit instead of being sampled, if its child can start; `nil` for none.
    func exploited(byNew trial: TrialID) -> TrialID?

    /// A child of this member starts in a free place.
    mutating func admit(_ child: TrialID, exploiting better: TrialID)

    /// The child that has waited longest since its call of `exploit` starts.
    mutating func join(_ child: TrialID)
}

extension Scheduler {
    /// The lowest rung.
    public func entry(of trial: TrialID) -> Int? { 0 }

    /// Does nothing, for schedulers that do not limit the number of running trials.
    public mutating func admit(_ trial: TrialID) {}

    /// Does nothing, for schedulers that never wait for more trials.
    public mutating func close() {}

    /// Nothing was closed.
    public mutating func reopen() {}

    /// What has failed has been decided upon.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool { false }

    /// Which trials are in a rung follows from the one below.
    public mutating func release(_ trial: TrialID, from rung: Int) -> Bool { false }

    /// The ladder stays as it is.
    public mutating func grow(to plan: SchedulerPlan) -> Bool { false }

    /// Does nothing, for schedulers that ignore reports between the rungs.
    public mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss) {}

    /// Does nothing, for schedulers that never wait for a result.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {}

    /// None, for schedulers where each waiting trial may be promoted.
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? { nil }

    /// The next trial to promote, if none is held.
    public mutating func promote() -> Promotion? { promote { _ in false } }
}

/// The promotion of a trial to a higher rung.
public struct Promotion: Hashable, Sendable {
    /// The trial.
    public var trial: TrialID
    /// The rung that it is promoted to.
    public var rung: Int
    /// n: the number of results that it was compared with at this moment.
    public var results: Int
    /// Why it is promoted.
    public var ground: Ground

    /// Why a trial is promoted.
    public enum Ground: Hashable, Sendable {
        /// It is among this many best results, such as ⌊n/η⌋.
        case amongBest(Int)
        /// Nothing has stopped it.
        case unstopped
        /// It was to exploit this member, but no child of that member can start.
        case insteadOfExploiting(TrialID)
        /// A scheduler outside sends it on from this rung, or ASHA while that cannot be asked.
        case advised(from: Int)
    }
}

extension Promotion {
    /// The reason recorded with the assignment.
    var reason: Assignment.Reason {
        switch ground {
        case .amongBest(let kept): .promoted(results: results, kept: kept)
        case .unstopped: .unstopped(results: results)
        case .insteadOfExploiting(let better): .retained(results: results, despite: better)
        case .advised(let rung): .advised(from: rung)
        }
    }
}

extension SchedulerPlan {
    /// The resource of each rung, from the lowest up.
    public var levels: [Resource] { scheduler().levels }

    /// The scheduler of this plan.
    ///
    /// - Parameter objectives: the number of metrics that trials are compared by. PASHA, the median rule and PBT use
    ///   only the first; study files allow no more for them.
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
        case .external(let plan): ExternalScheduler(plan)
        case .none(let resource): NoScheduler(maxResource: resource)
        }
    }
}

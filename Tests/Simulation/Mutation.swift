import Tuning

/// Rules removed one at a time, to check that the checkers notice. They exist only here: the program itself cannot be
/// built without its rules.
package enum Mutation: String, CaseIterable, Sendable {
    /// H1: the manifest becomes visible long after the array was submitted.
    case manifestAfterSubmit
    /// H2: letters do not name the array that they come from.
    case lettersNameNoJob
    /// H3: a task looks for its manifest once.
    case manifestNotWaitedFor
    /// H4: link(2) on a claim succeeds for everyone.
    case claimsDoNotExclude
    /// H4: each start of a task has the same epoch.
    case restartsNotCounted
    /// H5: a controller never notices that its lease was taken.
    case leaseNeverLost
    /// H6: promotions keep one in η where the study asks for one in η + 1.
    case promotesTooMany
    /// H7: messages of an attempt have no numbers.
    case lettersNotNumbered
    /// H8: an ended task is lost at once, without a settle window.
    case noSettleWindow
    /// H9: link(2) on an answer succeeds for everyone.
    case answersDoNotExclude
    /// H10: a submitted array is not looked up.
    case neverAdopts
    /// H10: any job with a similar name is adopted.
    case adoptsStrangers
    /// C1: a letter is removed when it is read, before it is committed.
    case lettersRemovedWhenRead
    /// C1: a commit is lost although it was reported done.
    case commitsNotDurable
    /// S4: the cluster's word that a task is over is ignored.
    case clusterNotBelieved
    /// Checkpoints: a checkpoint that a promotion needs is removed.
    case checkpointsRemovedEarly
    /// Commands that do not wait: a clean end after being told to continue counts as a failure.
    case pausesFail
    /// Commands that do not wait: workers keep asking what follows.
    case waitsForNobody
    /// S6: a start of a task does not look for earlier starts' checkpoints.
    case requeuesStartAnew
    /// Requests: the cluster is asked without a pause.
    case asksWithoutPause
    /// Limits: arrays are submitted more often than the site allows.
    case submitsTooOften
    /// Replay: a recorded decision is altered.
    case alteredDecision
    /// Dispatch: the record says that work was given to a worker whose task has no time for it.
    case workGivenWithoutTime
    /// Dispatch: the record says that two assignments have the same turn.
    case turnGivenTwice
    /// Dispatch: the record says that a worker without possible work was kept, although it was released.
    case idleWorkersKept
    /// Dispatch: the record says that work was taken from a task that had begun it.
    case begunWorkTaken
    /// Requests of users: one that comes again is taken for another.
    case requestsNotNumbered
    /// Requests of users: a letter is lost.
    case requestsLost
    /// Changes: another number of trials is recorded than was granted.
    case alteredChange
    /// Core: a trial has its result without its last replicate.
    case replicateLeftOut
    /// Core: what the replicates have in common is the worst of them, whatever the study says.
    case worstReplicateCounts
    /// Snapshot: a reader finds half a file.
    case tornSnapshot
}

extension SchedulerPlan {
    /// The same with the reduction factor lowered by one, if that is possible.
    var promotingMore: SchedulerPlan {
        let fewer = { (plan: ASHAPlan) in
            var plan = plan
            plan.reductionFactor = max(2, plan.reductionFactor - 1)
            return plan
        }
        switch self {
        case .asha(let plan): return .asha(fewer(plan))
        case .ashaStopping(let plan): return .ashaStopping(fewer(plan))
        case .pasha(let plan): return .pasha(fewer(plan))
        case .asyncHyperband(var plan):
            plan.asha = fewer(plan.asha)
            return .asyncHyperband(plan)
        case .successiveHalving(var plan):
            plan.ladder = fewer(plan.ladder)
            return .successiveHalving(plan)
        case .hyperband(var plan):
            plan.reductionFactor = max(2, plan.reductionFactor - 1)
            return .hyperband(plan)
        case .external(var plan):
            plan.asha = fewer(plan.asha)
            return .external(plan)
        case .medianStopping, .pbt, .none: return self
        }
    }
}

import Tuning

/// Rules taken out, one at a time, to see that the checkers notice. They exist here only: the program itself
/// cannot be built without its rules.
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
    /// H5: a controller never sees that its lease was taken.
    case leaseNeverLost
    /// H6: promotions keep one in η where the study asks for one in η + 1.
    case promotesTooMany
    /// H7: messages of an attempt carry no number of their own.
    case lettersNotNumbered
    /// H8: an ended task is lost at once, without a settle window.
    case noSettleWindow
    /// H9: link(2) on an answer succeeds for everyone.
    case answersDoNotExclude
    /// H10: an array that was submitted is not looked for.
    case neverAdopts
    /// H10: any job of a similar name is taken for one's own.
    case adoptsStrangers
    /// C1: a letter is removed when it is read, before it is committed.
    case lettersRemovedWhenRead
    /// C1: a commit is lost although it was reported done.
    case commitsNotDurable
    /// S4: the cluster is never believed that a task is over.
    case clusterNotBelieved
    /// Checkpoints: what a promotion starts from is removed.
    case checkpointsRemovedEarly
    /// Commands that do not wait: a clean end after being told to go on is taken for a failure.
    case pausesFail
    /// Commands that do not wait: workers go on asking what follows.
    case waitsForNobody
    /// S6: a start of a task does not look for what earlier ones have saved.
    case requeuesStartAnew
    /// Requests: the cluster is asked without a pause.
    case asksWithoutPause
    /// Replay: a recorded decision is altered.
    case alteredDecision
    /// Dispatch: work is recorded to be given to a worker whose task has no time for it.
    case workGivenWithoutTime
    /// Dispatch: two assignments are recorded to have the same turn.
    case turnGivenTwice
    /// Dispatch: a worker for which nothing can come is recorded to be kept, and was let go.
    case idleWorkersKept
    /// Dispatch: work is recorded to be taken from a task that had begun it.
    case begunWorkTaken
    /// Snapshot: a reader finds half a file.
    case tornSnapshot
}

extension SchedulerPlan {
    /// The same with a reduction factor that is one less, where one is left.
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
        case .medianStopping, .pbt, .none: return self
        }
    }
}

/// What a study does with a scheduler outside.
extension RunningStudy {
    private var advisedScheduler: (any AdvisedScheduler)? {
        get { plan.scheduler.external == nil ? nil : scheduler as? any AdvisedScheduler }
        set { if let newValue { scheduler = newValue } }
    }

    /// A scheduler outside has answered.
    mutating func advised(_ advice: Advice) {
        advisedScheduler?.take(advice)
        // Trials that share a task begin together.
        if plan.together == 1 || choices == nil { fillSlots() }
    }

    /// What a scheduler outside must be asked about, because there is a place to fill; `nil` for nothing.
    var choices: Choices? {
        guard outcome == nil, stopReason == nil, !isPaused, relaunches.isEmpty, let advisedScheduler else {
            return nil
        }
        let free = quota.isExceeded ? 1 - flights.count : plan.parallel - flights.count
        return free > 0 ? advisedScheduler.choices(places: free) : nil
    }

    /// The same while the study decides by itself.
    var choicesAlone: Choices? {
        guard outcome == nil, let advisedScheduler, advisedScheduler.isAlone else { return nil }
        return advisedScheduler.allChoices
    }

    /// Whether the study decides by itself, because the scheduler outside could not be asked.
    var isAlone: Bool { advisedScheduler?.isAlone ?? false }

    /// What a scheduler outside is told.
    mutating func tell(_ step: ScheduledStep) {
        if plan.scheduler.external != nil { steps.append(step) }
    }
}

/// One step of a study, as a scheduler outside sees it.
public enum ScheduledStep: Hashable, Sendable {
    /// A trial has this configuration.
    case trial(TrialID, Configuration)
    /// A trial is on its way to a rung.
    case running(TrialID, rung: Int)
    /// A trial has a result at a rung: `Loss.worst` if it diverged there or failed on the way.
    case result(TrialID, rung: Int, Loss)
    /// The user has cancelled a trial.
    case cancelled(TrialID)
}

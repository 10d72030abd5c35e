/// Why an assignment failed or was lost, and the rule for trying again.
struct Failure: Sendable {
    /// What may follow.
    enum Rule: Sendable {
        /// Try again, up to `maxRetries` times.
        case retry
        /// Try again, up to `TuningLimits.displacements` times: it was not its own fault.
        case displaced
        /// Try again, any number of times: nothing was tried.
        case giveAgain
        /// Start an assignment in place in a new process. Any other is given up.
        case relaunch
        /// Trying again would give the same.
        case giveUp
        /// The user has cancelled it.
        case obey
    }

    var rule: Rule
    /// Why, as a sentence.
    var why: String
    /// Whether it was interrupted from outside: its checkpoints are then progress, and it is not a failure.
    var isInterruption = false
    /// Why, within the limit.
    var reason: String { why.keepingStart(bytes: TuningLimits.reasonBytes) }
}

extension AttemptEnded {
    /// Why the attempt failed, given that it had no result.
    var failure: Failure {
        switch ending {
        case .finished:
            Failure(rule: .giveUp, why: "the command finished, but its report at the target is missing")
        case .exited(let code):
            Failure(rule: .retry, why: sentence("the command exited with code \(code)"))
        case .signalled(let number):
            Failure(rule: .retry, why: sentence("signal \(number) killed the command"))
        case .notStarted(let reason):
            Failure(rule: .giveUp, why: "the command could not be started: \(reason)")
        case .left:
            Failure(rule: .retry, why: sentence("the command was told to leave, and left"))
        case .noReport:
            Failure(rule: .giveUp, why: "the command exited with code 0 and reported nothing")
        case .badReport(let reason):
            Failure(rule: .giveUp, why: "the command's reports cannot be used: \(reason)")
        case .paused:
            Failure(rule: .relaunch, why: "the command ended with code 0 where it was told to go on")
        case .wentOn:
            Failure(rule: .retry, why: "its process went on without a report at the target")
        case .givenBack:
            Failure(rule: .giveAgain, why: "its worker gave it back before it was begun")
        case .setupFailed(let reason):
            Failure(rule: .displaced, why: sentence("the task's setup failed: \(reason)"))
        case .crashedLeaving(let reason):
            Failure(rule: .retry, why: sentence("the command was told to leave, and crashed: \(reason)"))
        }
    }

    /// The words in a reason between what happened and what the command printed last.
    public static let lastWords = "; its last words: "

    /// The last line of an error says most, so a long text keeps its end.
    private func sentence(_ what: String) -> String {
        guard !stderrTail.isEmpty else { return what }
        let lead = what + AttemptEnded.lastWords
        return lead + stderrTail.keepingEnd(bytes: TuningLimits.reasonBytes - lead.utf8.count)
    }
}

extension AssignmentLost {
    /// Why the assignment was lost, given that it had no result.
    ///
    /// - Parameter command: what was known about its command before.
    func failure(of command: Flight.Command) -> Failure {
        var failure = plainFailure(of: command)
        // Each time it asks for more, up to a limit, so it comes to an end.
        if mayHaveMore == true, failure.rule == .retry, failure.isInterruption || fate == .outOfMemory {
            failure.rule = .giveAgain
        }
        return failure
    }

    private func plainFailure(of command: Flight.Command) -> Failure {
        switch (fate, command) {
        case (.cancelled, _): Failure(rule: .obey, why: "its task was cancelled")
        case (.displaced, _):
            Failure(rule: .displaced, why: "its task was displaced (\(state))", isInterruption: true)
        case (.outOfMemory, _): Failure(rule: .retry, why: "its task ran out of memory (\(state))")
        case (.timedOut, _):
            Failure(rule: .retry, why: "its task reached its time limit (\(state))", isInterruption: true)
        // The cluster's only reason is the crash itself.
        case (.silent, .crashed(let why)), (.vanished, .crashed(let why)):
            Failure(rule: .retry, why: why)
        // Neither cancelled nor displaced: the remaining reason is that its time was nearly up.
        case (.silent, .left), (.vanished, .left):
            Failure(
                rule: .retry,
                why: "its command was told to leave, as before a time limit, and left (\(state))",
                isInterruption: true)
        case (.silent, .running): Failure(rule: .retry, why: "its task ended without a word (\(state))")
        case (.vanished, .running): Failure(rule: .retry, why: "the cluster no longer knows its task")
        }
    }
}

/// What follows for assignments that failed or were lost.
extension RunningStudy {
    /// An assignment failed or was lost: it is tried again, or its trial is given up.
    mutating func fail(_ flight: Flight, _ failure: Failure) {
        if failure.isInterruption && goOn(flight, failure) { return }
        if mayRelaunch(flight, failure) { return relaunch(flight, failure) }
        let mayRetry =
            switch failure.rule {
            case .retry: flight.tries.failures < plan.maxRetries
            case .displaced: flight.tries.displacements < TuningLimits.displacements
            case .giveAgain: true
            case .giveUp, .obey, .relaunch: false
            }
        let work = flight.assignment
        if mayRetry {
            var tries = flight.tries
            if failure.rule == .retry { tries.failures += 1 }
            if failure.rule == .displaced { tries.displacements += 1 }
            trials[work.trial.number].stepBack(below: work.to)
            launchLater(work, .retry(of: work.id, why: failure.reason), after: tries)
            return
        }
        if failure.rule == .obey { return giveUp(work.trial, onItsWayTo: work.rung) }
        if goOnWithout(work) { return }
        scheduler.record(work.trial, rung: work.rung, loss: .worst)
        observe(work.trial, rung: work.rung, .worst)
        noteFailure(of: work.trial)
        failed[work.trial] = work
        giveUp(work.trial, after: flight.tries, failure.reason)
        population?.explorer.leave(work.trial)
        discardAll(work.trial)
        trials[work.trial.number].stage = .gone
        limitFailures(failure)
    }

    /// Interrupted work that has saved more than it began with continues from there and uses up no try. It has less to
    /// do each time, so it comes to an end; without progress it might continue like that forever.
    ///
    /// - Returns: whether it continues.
    private mutating func goOn(_ flight: Flight, _ failure: Failure) -> Bool {
        let work = flight.assignment
        trials[work.trial.number].stepBack(below: work.to)
        let newest = trials[work.trial.number].checkpoint
        guard let newest, newest.resource > work.from else { return false }
        launchLater(work, .continued(of: work.id, why: failure.reason), after: flight.tries)
        return true
    }

    /// Launches the same work again when there is a place.
    mutating func launchLater(_ work: Assignment, _ reason: Assignment.Reason, after tries: Tries) {
        relaunches.append(Relaunch(trial: work.trial, rung: work.rung, reason: reason, tries: tries))
    }

    /// The user does not want a trial any more.
    mutating func giveUp(_ trial: TrialID, onItsWayTo rung: Int) {
        scheduler.withdraw(trial, rung: rung)
        tell(.cancelled(trial))
        decisions.append(.conclude(trial: trial, .cancelled))
        population?.explorer.leave(trial)
        discardAll(trial)
        trials[trial.number].stage = .gone
    }

    private mutating func giveUp(_ trial: TrialID, after tries: Tries, _ why: String) {
        let count = tries.failures + tries.displacements + 1
        let reason = count == 1 ? why : "\(why) (after \(count) tries)"
        decisions.append(.conclude(trial: trial, .failed(reason: reason)))
    }

    /// Counts setup failures in a row, and stops the study if there are too many: a setup that fails on every node is
    /// not tried on the next. Lanes of one task fail together.
    ///
    /// - Returns: whether the study is over.
    mutating func countSetup(_ fact: AttemptEnded, _ flight: Flight) -> Bool {
        guard case .setupFailed = fact.ending else {
            if fact.ending != .givenBack { (failures.setupHasWorked, failures.setups) = (true, 0) }
            return false
        }
        failures.setups += 1
        // A failed setup is reported together with the start, so an assignment that has started and sends nothing runs.
        let hasWorked =
            failures.setupHasWorked
            || flights.values.contains { $0.hasBegun && $0.assignment.id != flight.assignment.id }
        let limit = hasWorked ? plan.maxFailures : min(plan.maxFailures, TuningLimits.setupFailures)
        guard failures.setups >= limit * plan.together else { return false }
        finish(.tooManyFailures(count: failures.setups, last: fact.failure.reason))
        return true
    }

    /// Checks whether a failed trial stops the study.
    mutating func noteFailure(of trial: TrialID) { stopReason = stopRule.take(trial, .worst, units: 0) }

    private mutating func limitFailures(_ failure: Failure) {
        failures.trials += 1
        if failures.trials >= plan.maxFailures {
            finish(.tooManyFailures(count: failures.trials, last: failure.reason))
        }
    }
}

/// The number of failures in a row.
struct FailureStreaks: Sendable {
    /// Of trials, since the last result.
    var trials = 0
    /// Of setups, since the last success.
    var setups = 0
    /// Whether any command of the study has begun: its setup has succeeded once.
    var setupHasWorked = false
}

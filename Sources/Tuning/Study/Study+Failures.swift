/// What becomes of assignments that came to nothing.
extension Study {
    /// An assignment came to nothing: it is tried again, or its trial is given up.
    mutating func fail(_ flight: Flight, _ failure: Failure) {
        if failure.isInterruption && goOn(flight, failure) { return }
        if mayRelaunch(flight, failure) { return relaunch(flight, failure) }
        let mayRetry =
            switch failure.rule {
            case .retry: flight.retries < (plan?.maxRetries ?? 0)
            case .displaced: flight.displacements < TuningLimits.displacements
            case .giveAgain: true
            case .giveUp, .obey, .relaunch: false
            }
        if mayRetry {
            let old = flight.assignment
            trials[old.trial.number].stepBack(below: old.to)
            again.append(
                Again(
                    trial: old.trial, rung: old.rung, reason: .retry(of: old.id, why: failure.reason),
                    retries: flight.retries + (failure.rule == .retry ? 1 : 0),
                    displacements: flight.displacements + (failure.rule == .displaced ? 1 : 0)))
            return
        }
        let trial = flight.assignment.trial
        if failure.rule == .obey {
            scheduler?.withdraw(trial, rung: flight.assignment.rung)
            decisions.append(.conclude(trial: trial, .cancelled))
        } else {
            scheduler?.record(trial, rung: flight.assignment.rung, loss: .worst)
            searcher?.observe(trial, rung: flight.assignment.rung, loss: .worst)
            stopReason = stop?.take(trial, .worst, units: 0)
            giveUp(trial, after: flight, failure.reason)
        }
        explorer?.leave(trial)
        discardAll(trial)
        limitFailures(failure)
    }

    /// What was cut short after it had saved more than it began with goes on from there, and uses up no try: each
    /// time it has less to do, so it comes to an end. Without progress it might go on like that for ever.
    ///
    /// - Returns: whether it goes on.
    private mutating func goOn(_ flight: Flight, _ failure: Failure) -> Bool {
        let old = flight.assignment
        trials[old.trial.number].stepBack(below: old.to)
        let newest = trials[old.trial.number].checkpoint
        guard let newest, newest.resource > old.from else { return false }
        again.append(
            Again(
                trial: old.trial, rung: old.rung, reason: .continued(of: old.id, why: failure.reason),
                retries: flight.retries, displacements: flight.displacements))
        return true
    }

    private mutating func giveUp(_ trial: TrialID, after flight: Flight, _ why: String) {
        let tries = flight.retries + flight.displacements + 1
        let reason = tries == 1 ? why : "\(why) (after \(tries) tries)"
        decisions.append(.conclude(trial: trial, .failed(reason: reason)))
    }

    /// Counts setups that failed in a row, and stops the study when these are too many: what fails on every node is
    /// not tried again on the next. Lanes of one task have failed together.
    ///
    /// - Returns: whether the study is over.
    mutating func countSetup(_ fact: AttemptEnded, _ flight: Flight) -> Bool {
        guard case .setupFailed = fact.ending else {
            if fact.ending != .givenBack { (setupHasWorked, setupFailuresInARow) = (true, 0) }
            return false
        }
        guard let plan else { return false }
        setupFailuresInARow += 1
        // The word on a setup that failed comes with that of the start: who has started and said no more, runs.
        let hasWorked =
            setupHasWorked
            || flights.values.contains { $0.hasStarted && $0.assignment.id != flight.assignment.id }
        let limit = hasWorked ? plan.maxFailures : min(plan.maxFailures, TuningLimits.setupFailures)
        guard setupFailuresInARow >= limit * plan.together else { return false }
        finish(.tooManyFailures(count: setupFailuresInARow, last: fact.failure.reason))
        return true
    }

    private mutating func limitFailures(_ failure: Failure) {
        guard failure.rule != .obey, let plan else { return }
        failuresInARow += 1
        if failuresInARow >= plan.maxFailures {
            finish(.tooManyFailures(count: failuresInARow, last: failure.reason))
        }
    }
}

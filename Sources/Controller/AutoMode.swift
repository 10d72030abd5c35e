import Logging
import Spool
import Store
import StudyFile
import Tuning

/// What is the controller's choice where the study file leaves it to stune how tasks are used: mode `auto`.
extension Controller {
    /// Says how the study is run, and why, as it begins or goes on.
    mutating func tellMode() throws {
        guard setup.spec.execution.mode == .auto, !setup.stays else { return try tellChoice() }
        try say(
            "execution",
            "one task for each assignment: between two ticks nobody could answer a worker that waits")
    }

    /// Says how the study is run at present, where that has changed.
    mutating func tellChoice() throws {
        try tellWaiting()
        guard let choice = times.choice else { return }
        if let told = toldChoice, told.takesWork == choice.takesWork, told.isMeasured == choice.isMeasured {
            return
        }
        log.info("\(choice.why)")
        try say("execution", choice.why)
        toldChoice = choice
    }

    /// Says once that commands are no longer waited for.
    private mutating func tellWaiting() throws {
        guard !study.commandWaits, !toldWaiting else { return }
        let text =
            "the command ends after its report and does not wait for an answer: each promoted trial starts in a new "
            + "process, from its checkpoint if it has one"
        log.info("\(text)")
        try say("command", text)
        toldWaiting = true
    }

    /// Lets workers go that would hold their allocations for longer than it is worth. One that shares a task with
    /// others that work costs nothing, and stays.
    ///
    /// - Parameter resting: the workers for which there is nothing to do.
    mutating func letGo(_ resting: [StoreReader.IdleRow]) throws {
        guard times.mode == .auto else { return }
        let (before, instant, now) = (restingSince, time.now, time.wallTime)
        restingSince = [:]
        for row in resting { restingSince[row.turn] = before[row.turn] ?? instant }
        let mayGetWork = !study.isClosed || setup.spec.plan.scheduler.sendsManyOn
        let due = try resting.filter { row in
            let patience = times.patience(mayGetWork: mayGetWork, before: row.until, now: now)
            guard let patience, instant - (restingSince[row.turn] ?? instant) >= .seconds(patience) else {
                return false
            }
            return try !isShared(row)
        }
        guard !due.isEmpty else { return }
        try store.write { transaction in
            for row in due { try transaction.letGo(row) }
        }
    }

    /// Whether the task of a worker has other work to do.
    private func isShared(_ row: StoreReader.IdleRow) throws -> Bool {
        guard setup.spec.execution.slotsPerTask > 1 else { return false }
        return try store.read { reader in
            guard let own = try reader.row(of: row.turn) else { return false }
            return try reader.work(in: [own.task]).values.joined().contains(where: \.isOpen)
        }
    }
}

extension TaskTimes {
    /// Nothing is known yet of the times of a study.
    init(_ setup: StudySetup) {
        self.init(
            mode: setup.execution.mode, parallel: setup.spec.plan.parallel,
            levels: setup.spec.plan.scheduler.levels)
    }
}

extension Transaction {
    /// Lets a worker leave that waits for other work.
    func letGo(_ row: StoreReader.IdleRow) throws {
        try forgetIdle(row.turn)
        try add(.answer(row.turn, .leave))
    }
}

extension Assignment.Reason {
    /// Whether it is the same work as that assignment, begun again.
    func follows(_ other: AssignmentID) -> Bool {
        switch self {
        case .retry(of: other, _), .relaunched(of: other, _): true
        case .retry, .relaunched, .new, .promoted, .unstopped, .retained, .continued: false
        }
    }

    /// Whether the work came to nothing before, or was cut short.
    var isRepeat: Bool {
        switch self {
        case .retry, .continued: true
        case .new, .promoted, .unstopped, .retained, .relaunched: false
        }
    }
}

extension SchedulerPlan {
    /// Whether one result may send many trials on that have waited for it, when no more trials begin. Elsewhere one that
    /// ends a trial's work frees the worker for whoever goes on because of it.
    fileprivate var sendsManyOn: Bool {
        switch self {
        case .successiveHalving, .hyperband, .pasha: true
        case .asha, .asyncHyperband, .ashaStopping, .medianStopping, .pbt, .none: false
        }
    }
}

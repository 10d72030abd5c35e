import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Intent.Answer {
    /// What it is the answer to.
    fileprivate var question: Directive.Question {
        switch self {
        case .goOn, .release: .rung
        case .next, .leave: .work
        }
    }
}

/// The answers to workers that wait.
extension Controller {
    /// Gives a worker its answer, unless it has gone before.
    ///
    /// - Returns: whether that is settled; if not, it is to be tried later.
    mutating func tell(_ turn: Turn, _ answer: Intent.Answer, intent: Int64) throws -> Bool {
        let work = try store.read { try $0.work(after: turn) }
        let directive = try directive(answer, work)
        let standing: Directive
        do throws(SpoolError) {
            standing = try directive.give(to: answer.question, of: turn, in: setup.directory)
        } catch {
            switch error {
            // The worker's own word is there, and this node does not see it yet: the intent stays open.
            case .file(let failure) where failure.isAbsent:
                unseen[intent] = longer(unseen[intent])
                return false
            case .malformed:
                log.warning("\(error); the worker is taken to have gone")
                standing = .gone
            case .file, .inboxFull: throw error
            }
        }
        unseen[intent] = nil
        didAnswer = true
        let now = time.wallTime
        // A command that was to go on in place, and has gone, says so itself when it ends.
        guard standing == .gone, case .next = directive, let first = work.first else {
            try store.write { try $0.finish(intent: intent, time: now) }
            return true
        }
        let place = placeAlone(first)
        try commit { transaction in
            try transaction.finish(intent: intent, time: now)
            try transaction.move(first.assignment, to: place)
            // What it was to do after that is decided again, when there is a place for it.
            return work.dropFirst().map {
                .ended(
                    AttemptEnded(
                        attempt: AttemptID(assignment: $0.assignment, epoch: $0.epoch), ending: .givenBack))
            }
        }
        return true
    }

    /// The place of an assignment in an array of its own.
    private mutating func placeAlone(_ work: StoreReader.TaskRow) -> PlannedArray.Place {
        let token = setup.drawToken()
        // Should it not be used, it harms nobody here.
        fresh.insert(token)
        return planner.place(of: work.trial, rung: work.rung, token: token)
    }

    // MARK: Work of tasks that have not started

    /// Where workers wait and nothing new is to do, has them take the work of tasks that still wait in the queue, or that
    /// the cluster does not take for now: the highest rung first, and of equals what was decided last, which the cluster
    /// would start last.
    ///
    /// - Returns: the workers for which there is nothing.
    mutating func planTakes() throws -> [StoreReader.IdleRow] {
        guard setup.execution.stay?.reuse == true, !study.isOver else { return [] }
        let (idle, open, intents) = try store.read { reader in
            let idle = try reader.idle()
            return (idle, idle.isEmpty ? [] : try reader.openTasks(), try reader.openIntents())
        }
        guard !idle.isEmpty else { return [] }
        var (busy, taken) = (Set<Turn>(), Set<AssignmentID>())
        for case .take(let assignment, let turn) in intents.map(\.intent) {
            busy.insert(turn)
            taken.insert(assignment)
        }
        let isHeldBack = retry != nil || taskLimit.most != nil
        var waiting = open.filter {
            $0.turn == 0 && ($0.job != nil || isHeldBack) && !$0.hasStarted
                && !taken.contains($0.assignment)
        }.sorted { ($0.rung, $0.assignment) < ($1.rung, $1.assignment) }
        var resting: [StoreReader.IdleRow] = []
        for row in idle where !busy.contains(row.turn) {
            guard let fitting = try waiting.lastIndex(where: { try fits($0, row) }) else {
                resting.append(row)
                continue
            }
            let work = waiting.remove(at: fitting)
            try store.write { try $0.add(.take(work.assignment, for: row.turn)) }
        }
        return resting
    }

    /// Whether a worker that waits may take the work of a task that has not started.
    private func fits(_ work: StoreReader.TaskRow, _ worker: StoreReader.IdleRow) throws -> Bool {
        guard worker.outOfMemory >= work.outOfMemory else { return false }
        let advice = try times.advice(
            from: work.from, to: work.to,
            isRepeat: store.read { try $0.reason(of: work.assignment) }?.isRepeat == true,
            before: worker.until, now: time.wallTime)
        return advice == .take
    }

    /// Claims the work of a task that has not started, and gives it to a worker that waits. If the task has claimed it
    /// first, or the work is done, nothing follows.
    mutating func take(_ assignment: AssignmentID, for turn: Turn, intent: Int64) throws {
        let now = time.wallTime
        let work = try store.read { try $0.task(of: assignment) }
        guard let work, work.isOpen, work.turn == 0, !work.hasStarted else {
            return try store.write { try $0.finish(intent: intent, time: now) }
        }
        let claim = Claim(givenTo: turn)
        let own = Turn(token: work.token, index: work.index, epoch: 0)
        // Of an array that was not submitted there may be no manifest yet.
        try setup.directory.files.createDirectory(setup.directory.claims(own.token))
        let holder = try claim.take(own, in: setup.directory)
        let place = placeAlone(work)
        try store.write { transaction in
            try transaction.finish(intent: intent, time: now)
            guard holder == nil else { return }
            if try transaction.reader.idle().contains(where: { $0.turn == turn }) {
                try transaction.move(assignment, after: turn)
            } else {
                try transaction.move(assignment, to: place)
            }
            // Others may wait with it for the same task.
            if try !transaction.reader.isNeeded(work.plannedTask) {
                try transaction.add(.cancel([work.plannedTask]))
            }
        }
    }

    /// - Parameter work: what the worker has been given, in the order of its turns.
    private func directive(
        _ answer: Intent.Answer, _ work: [StoreReader.TaskRow]
    ) throws -> Directive {
        switch answer {
        case .release(let save): return .release(save: save)
        case .leave: return .leave
        case .goOn:
            guard let work = work.first else { return .release(save: false) }
            return .goOn(rung: work.rung, to: work.to)
        case .next:
            if work.isEmpty { return .leave }
            return .next(
                try store.read { reader in
                    try work.map { entry(of: $0, try reader.configuration(of: $0.trial)) }
                })
        }
    }
}

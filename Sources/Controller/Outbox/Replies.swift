import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Intent.Answer {
    /// The question that it answers.
    fileprivate var question: Directive.Question {
        switch self {
        case .goOn, .release: .rung
        case .next, .leave: .work
        }
    }
}

/// The answers to waiting workers.
extension Controller {
    /// Answers a worker, unless it has left already.
    ///
    /// - Returns: whether that is settled; if not, try again later.
    mutating func tell(_ turn: Turn, _ answer: Intent.Answer, intent: Int64) throws -> Bool {
        let work = cores.dispatcher.work(after: turn)
        let directive = try directive(answer, work)
        let standing: Directive
        do throws(SpoolError) {
            standing = try directive.give(to: answer.question, of: turn, in: setup.directory)
        } catch {
            switch error {
            // No worker of a finished array waits any more, and its directory for answers is removed.
            case .file(let failure) where try failure.isAbsent && isFinished(turn.token):
                standing = .gone
            // The worker's own file exists, and this node does not see it yet: the intent stays open.
            case .file(let failure) where failure.isAbsent:
                outbox.unseen[intent] = longer(outbox.unseen[intent])
                return false
            case .malformed:
                log.warning("\(error); the worker is taken to have gone")
                standing = .gone
            case .file, .inboxFull: throw error
            }
        }
        outbox.unseen[intent] = nil
        outbox.didAnswer = true
        let now = time.wallTime
        // A command that was to go on in place, and has gone, says so itself when it ends.
        guard standing == .gone, case .next = directive, !work.isEmpty else {
            try store.write { try $0.finish(intent: intent, time: now) }
            return true
        }
        try commit { pass in
            try pass.transaction.finish(intent: intent, time: now)
            try pass.dispatch(.gone(turn))
            // What it was to do after the first of it is decided again, when there is a place for it.
            return work.dropFirst().map {
                let attempt = AttemptID(assignment: $0.assignment, epoch: $0.turn.epoch)
                return .ended(AttemptEnded(attempt: attempt, ending: .givenBack))
            }
        }
        return true
    }

    private func isFinished(_ token: ArrayToken) throws -> Bool {
        try FinishedArrays.contains(token, in: setup.directory)
    }

    // MARK: Work of tasks that have not started

    /// Lets idle workers take queued work, or leave.
    mutating func lookAfterIdleWorkers() throws {
        guard cores.dispatcher.hasIdleWorkers else { return }
        let mayGetWork =
            !cores.study.isPaused && (!cores.study.isClosed || cores.dispatcher.plan.sendsManyOn)
        let look = DispatchEvent.looked(isHeldBack: window.isHeldBack(at: time.now), mayGetWork: mayGetWork)
        // Most looks lead to nothing: then there is nothing to record.
        var rehearsal = cores.dispatcher
        if rehearsal.apply(look, at: moment, drawToken: setup.drawToken).isEmpty { return }
        try commit { pass in
            try pass.dispatch(look)
            return []
        }
    }

    /// Claims the work of an unstarted task and gives it to a waiting worker. Nothing follows if the task has claimed
    /// it first or the work is done.
    mutating func take(_ assignment: AssignmentID, for turn: Turn, intent: Int64) throws {
        var isFree = false
        if let work = cores.dispatcher.mayClaim(assignment) {
            let own = Turn(token: work.turn.token, index: work.turn.index, epoch: 0)
            // Of an array that was not submitted there may be no manifest yet.
            try setup.directory.files.createDirectory(setup.directory.claims(own.token))
            isFree = try Claim(givenTo: turn).take(own, in: setup.directory) == nil
        }
        let now = time.wallTime
        try commit { [isFree] pass in
            try pass.transaction.finish(intent: intent, time: now)
            try pass.dispatch(.claimed(assignment, for: turn, isFree: isFree))
            return []
        }
    }

    /// - Parameter work: the worker's given assignments, in the order of its turns.
    private func directive(
        _ answer: Intent.Answer, _ work: [Placement]
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
                    try work.compactMap { work in
                        try reader.task(of: work.assignment).map {
                            entry(of: $0, try reader.configuration(of: $0.trial))
                        }
                    }
                })
        }
    }
}

import Algorithms
import Tuning

/// Applies the core's decisions.
extension Dispatcher {
    /// The core applied an event and decided this.
    mutating func decided(
        _ event: Event, _ decisions: [Decision], _ landed: [AssignmentID], _ now: Double
    ) -> [DispatchCommand] {
        var commands: [DispatchCommand] = []
        let isEnd = decisions.contains { if case .finish = $0 { true } else { false } }
        if isEnd {
            let left = open.subtracting(landed).sorted().compactMap { placements[$0]?.plannedTask }
            if !left.isEmpty { commands.append(.cancel(Array(left.uniqued()))) }
        }
        note(event, now)
        for assignment in landed { land(assignment) }
        pending.landed += landed
        if case .wished(let wish) = event, case .dropped = wish.kind {
            let left = landed.compactMap { placements[$0]?.plannedTask }.filter { !isNeeded($0) }
            if !left.isEmpty { commands.append(.cancel(Array(left.uniqued()))) }
        }
        if let task = superfluousTask(event) { commands.append(.cancel([task])) }
        for decision in decisions {
            switch decision {
            case .evaluate(let assignment): plan(assignment, because: event)
            case .discard(let checkpoint): commands.append(.remove(checkpoint))
            case .release(let attempt, let save):
                if let turn = turn(of: attempt) { commands.append(.release(turn, save: save)) }
            case .finish:
                (pending.work, pending.inPlace) = ([], [])
                end()
            case .sample, .aggregate, .conclude: break
            }
        }
        return commands
    }

    /// Records what an event says about tasks and attempts.
    private mutating func note(_ event: Event, _ now: Double) {
        switch event {
        case .submitted(let fact): submitted(fact)
        case .started(let fact):
            note(fact.attempt) { $0.began = $0.began ?? now }
            if placements[fact.attempt.assignment]?.isOpen == true {
                advance(fact.attempt.assignment, to: .begun)
            }
        case .reported(let report): note(report.attempt)
        case .checkpointed(let checkpoint, _): note(checkpoint.attempt)
        case .resumed(let attempt, _, _), .waited(let attempt): note(attempt)
        case .ended(let fact):
            note(fact.attempt) { $0.hasEnded = true }
            hear(lastWordOf: fact.attempt)
        case .wished(let wish):
            if wish.kind == .reopened { reopen() }
        case .accepted, .refused, .doesNotWait, .askedAhead, .crowded, .lost, .cancelled, .stopped,
            .proposed, .advised, .learned, .code:
            break
        }
    }

    /// The task of a start that nobody needs: a requeue of work that another start has done, or that nobody wants any
    /// more, in all lanes of its task.
    private func superfluousTask(_ event: Event) -> PlannedTask? {
        guard case .started(let fact) = event, let placement = placements[fact.attempt.assignment],
            !placement.isOpen, placement.start(fact.attempt.epoch)?.hasEnded != true,
            !isNeeded(placement.plannedTask)
        else { return nil }
        return placement.plannedTask
    }

    /// Notes what the task of an assignment that was decided is to ask for. One that goes on in place has its task.
    mutating func request(_ request: TaskRequest, for assignment: AssignmentID) {
        guard let index = pending.work.lastIndex(where: { $0.assignment.id == assignment }) else { return }
        pending.work[index].request = request
    }

    /// Notes where an assignment that was decided may run.
    private mutating func plan(_ assignment: Assignment, because event: Event) {
        if let waiting = assignment.inPlace, let turn = turn(of: waiting) {
            return pending.inPlace.append((assignment, turn))
        }
        // A new trial has not run yet.
        var count = assignment.reason == .new ? 0 : outOfMemory[assignment.trial] ?? 0
        if case .lost(let fact) = event, fact.fate == .outOfMemory,
            assignment.reason.follows(fact.assignment)
        {
            count += 1
        }
        pending.work.append(ArrayPlanner.Work(assignment: assignment, outOfMemory: count))
    }
}

extension Assignment.Reason {
    /// Whether it is the same work as that assignment, begun again.
    func follows(_ other: AssignmentID) -> Bool {
        switch self {
        case .retry(of: other, _), .relaunched(of: other, _): true
        case .retry, .relaunched, .new, .promoted, .unstopped, .retained, .advised, .continued, .finished,
            .replicate:
            false
        }
    }

    /// Whether the work came to nothing before, or was cut short.
    package var isRepeat: Bool {
        switch self {
        case .retry, .continued: true
        case .new, .promoted, .unstopped, .retained, .advised, .relaunched, .finished, .replicate: false
        }
    }
}

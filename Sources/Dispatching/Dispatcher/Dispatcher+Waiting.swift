import Algorithms
import Tuning

/// Workers that wait for other work: what they take from the queue, and when they leave.
extension Dispatcher {
    /// A worker waits for other work, unless a later start of its task has sent a message; then it counts as dead. A
    /// worker that has work does not wait, whatever it says.
    mutating func waits(_ turn: Turn, _ until: Double?, _ now: Duration) -> [DispatchCommand] {
        guard let id = holders[turn.place], let placement = placements[id] else { return [] }
        hear(placement.plannedTask, start: turn.epoch)
        guard let task = tasks[placement.plannedTask], task.newestStart <= turn.epoch,
            work(after: turn).isEmpty
        else { return [] }
        let known = idle[turn.lane]
        if let known, (known.turn.epoch, known.turn.turn) >= (turn.epoch, turn.turn) { return [] }
        let worker = IdleWorker(
            turn: turn, task: placement.task, until: until,
            outOfMemory: known?.outOfMemory ?? placement.outOfMemory, stage: .resting(since: now),
            request: known?.request ?? placement.request)
        if known == nil { pending.hasIdled = true }
        keep(worker)
        return [.keep(worker)]
    }

    /// Where workers wait and nothing new is to do, has them take the work of tasks that still wait in the queue, or that
    /// the cluster does not take for now: the highest rung first, and of equals what was decided last, which the cluster
    /// would start last. Those for which there is nothing leave in time.
    mutating func look(_ isHeldBack: Bool, _ mayGetWork: Bool, _ now: Moment) -> [DispatchCommand] {
        guard plan.reuses, !isOver, !idle.isEmpty else { return [] }
        var waiting = open.compactMap { placements[$0] }.filter {
            $0.isQueued && !$0.hasBegun && (isHeldBack || arrays[$0.turn.token]?.job != nil)
        }.sorted { ($0.rung, $0.assignment) < ($1.rung, $1.assignment) }
        var commands: [DispatchCommand] = []
        for var worker in idleWorkers {
            guard case .resting(let since) = worker.stage else { continue }
            if let place = waiting.lastIndex(where: { fits($0, worker, now.wall) }) {
                let work = waiting.remove(at: place)
                advance(work.assignment, to: .claimed(for: worker.turn))
                worker.stage = .claiming(work.assignment)
                keep(worker)
                commands.append(.claim(work.assignment, for: worker.turn))
            } else if isToLeave(worker, since, mayGetWork, now)
                || isHeldBack && isInTheWay(worker, of: waiting)
            {
                dismiss(worker, &commands)
            }
        }
        return commands
    }

    /// Whether a worker that waits may take the work of a task that has not started.
    private func fits(_ work: Placement, _ worker: IdleWorker, _ now: Double) -> Bool {
        guard worker.outOfMemory >= work.outOfMemory, worker.request.serves(work.request) else {
            return false
        }
        let advice = times.advice(
            from: work.from, to: work.to, isRepeat: work.isRepeat, before: worker.until, now: now)
        return advice == .take
    }

    /// Whether a worker would hold its allocation for longer than it is worth. One that shares a task with working
    /// lanes costs nothing, and stays.
    private func isToLeave(
        _ worker: IdleWorker, _ since: Duration, _ mayGetWork: Bool, _ now: Moment
    ) -> Bool {
        let patience = times.patience(mayGetWork: mayGetWork, before: worker.until, now: now.wall)
        guard let patience, now.steady - since >= .seconds(patience) else { return false }
        return plan.slotsPerTask == 1 || tasks[worker.plannedTask]?.open.isEmpty != false
    }

    /// Whether a worker's task takes the place in the queue of work that asks for something else, such as another partition:
    /// it would wait for ever where the site's limit has room for it alone.
    private func isInTheWay(_ worker: IdleWorker, of waiting: [Placement]) -> Bool {
        guard !waiting.isEmpty, tasks[worker.plannedTask]?.open.isEmpty != false else { return false }
        return !waiting.contains { worker.request.serves($0.request) }
    }

    /// The work of an unstarted task was claimed for a worker, or was not free.
    mutating func claimed(
        _ assignment: AssignmentID, for turn: Turn, isFree: Bool, _ now: Duration,
        _ drawToken: () -> ArrayToken
    ) -> [DispatchCommand] {
        let worker = idle[turn.lane].flatMap { $0.turn == turn ? $0 : nil }
        guard isFree, let work = placements[assignment], work.isOpen, !work.hasBegun else {
            if case .claimed = placements[assignment]?.stage { advance(assignment, to: .queued) }
            if var worker {
                worker.stage = .resting(since: now)
                keep(worker)
            }
            return []
        }
        var commands: [DispatchCommand] = []
        if let worker {
            move(assignment, to: turn.next, task: worker.task, .given)
            forgetIdle(turn)
            commands.append(.hand(assignment, after: turn, task: worker.task))
        } else {
            commands.append(moveAlone(work, drawToken()))
        }
        // Other lanes of the task may still be needed.
        if !isNeeded(work.plannedTask) { commands.append(.cancel([work.plannedTask])) }
        return commands
    }

    /// The worker that was to be given work had left. The first assignment is planned into its own array; the others
    /// return to the core.
    mutating func gone(_ turn: Turn, _ drawToken: () -> ArrayToken) -> [DispatchCommand] {
        guard let first = work(after: turn).first else { return [] }
        return [moveAlone(first, drawToken())]
    }

    private mutating func moveAlone(_ work: Placement, _ token: ArrayToken) -> DispatchCommand {
        let place = planner.place(of: work.trial, rung: work.rung, token: token)
        move(
            work.assignment, to: Turn(token: token, index: place.index, epoch: 0), task: place.index,
            .queued)
        return .resubmit(work.assignment, place)
    }

    /// Splits an array of which nothing runs.
    mutating func split(
        _ token: ArrayToken, into other: ArrayToken, keeping kept: Int
    ) -> [DispatchCommand] {
        let lanes = placements(in: token)
        let moved = Set(lanes.map(\.task)).sorted().dropFirst(kept)
        // A lane whose trial the user has cancelled moves with its task.
        for lane in lanes where moved.contains(lane.task) {
            var turn = lane.turn
            turn.token = other
            move(lane.assignment, to: turn, task: lane.task, lane.stage)
        }
        return [.split(token, into: other, tasks: Array(moved))]
    }
}

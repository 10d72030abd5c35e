package import Tuning

/// Queries of the shell.
extension Dispatcher {
    /// The turn of an attempt; `nil` if its assignment is not remembered.
    package func turn(of attempt: AttemptID) -> Turn? {
        guard var turn = placements[attempt.assignment]?.turn else { return nil }
        turn.epoch = attempt.epoch
        return turn
    }

    /// Where an assignment is; `nil` if it is not remembered.
    package func placement(of assignment: AssignmentID) -> Placement? { placements[assignment] }

    /// The newest assignment of a turn; `nil` if it is not remembered. Turn 0 is the same for each start of its task.
    package func placement(at turn: Turn) -> Placement? { holders[turn.place].flatMap { placements[$0] } }

    /// Whether the number of an array is known.
    package func isSubmitted(_ token: ArrayToken) -> Bool { arrays[token]?.job != nil }

    /// The number of an array; `nil` if not known.
    package func job(of token: ArrayToken) -> UInt32? { arrays[token]?.job }

    /// The running assignments that a start of a lane was given after a turn, in the order of their turns.
    package func work(after turn: Turn) -> [Placement] {
        guard let task = task(at: turn) else { return [] }
        return task.open.compactMap { placements[$0] }.filter {
            $0.turn.turn > turn.turn && $0.turn.index == turn.index && $0.turn.epoch == turn.epoch
        }.sorted { $0.turn.turn < $1.turn.turn }
    }

    /// The remembered assignments of an array, by index.
    package func placements(in token: ArrayToken) -> [Placement] {
        placements.values.filter { $0.turn.token == token && $0.turn.turn == 0 }
            .sorted { $0.turn.index < $1.turn.index }
    }

    /// Whether anything that an array was planned for is in flight.
    package func isWanted(_ token: ArrayToken) -> Bool {
        open.contains { placements[$0].map { $0.turn.token == token && $0.turn.turn == 0 } ?? false }
    }

    /// The workers that wait for other work, those with the most time left first.
    package var idleWorkers: [IdleWorker] { idle.values.sorted(by: IdleWorker.comes(_:before:)) }

    /// Whether a worker waits for other work.
    package var hasIdleWorkers: Bool { !idle.isEmpty }

    /// Whether a task takes other work when its own is done, as far as is known now.
    package var tasksTakeOtherWork: Bool { plan.reuses && times.choice?.takesWork != false }

    /// How many assignments are in flight.
    package var openCount: Int { open.count }

    /// The placement of an unstarted task's work, if it may still be claimed for another worker.
    package func mayClaim(_ assignment: AssignmentID) -> Placement? {
        guard let work = placements[assignment], work.isOpen, work.turn.turn == 0, !work.hasBegun else {
            return nil
        }
        return work
    }

    /// How many tasks of the study the cluster has, as far as the study knows: those with work, and those whose workers
    /// wait for some.
    ///
    /// - Parameter unrecorded: the arrays that it has and whose numbers are not recorded yet.
    package func ownTasks(with unrecorded: Set<ArrayToken>) -> Int {
        var own = Set(idle.values.map(\.plannedTask))
        for id in open {
            guard let placement = placements[id] else { continue }
            let token = placement.turn.token
            if arrays[token]?.job != nil || unrecorded.contains(token) { own.insert(placement.plannedTask) }
        }
        return own.count
    }

    /// Whether a task has anything to do yet: an assignment in flight, or a worker that waits for one. What earlier starts
    /// of it were given after others, is not done by its newest.
    package func isNeeded(_ task: PlannedTask) -> Bool {
        guard let record = tasks[task] else { return false }
        let isOpen = record.open.contains { id in
            guard let turn = placements[id]?.turn else { return false }
            return turn.turn == 0 || turn.epoch >= record.newestStart
        }
        return isOpen || record.idle.contains { (idle[$0]?.turn.epoch ?? -1) >= record.newestStart }
    }

    /// The tasks of running assignments whose arrays the cluster has, or has forgotten, by assignment.
    package func watched() -> [TaskWatch.Open] {
        open.sorted().compactMap { id in
            guard let placement = placements[id], let array = arrays[placement.turn.token],
                array.stage != .planned
            else { return nil }
            // If the cluster has reused an array's number, ask under a number that no array has.
            let isGiven = placement.turn.turn > 0
            return TaskWatch.Open(
                assignment: id, task: TaskID(array: ArrayID(array.job ?? 0), index: placement.task),
                givenTo: isGiven ? placement.turn.epoch : nil,
                newestStart: isGiven ? tasks[placement.plannedTask]?.newestStart ?? 0 : 0,
                hasStarted: placement.hasBegun, lastWord: placement.lastWord)
        }
    }

    /// The arrays of the running assignments' tasks, by number; 0 for those without one.
    package func watchedArrays() -> [UInt32: ArrayToken] {
        let rows = open.sorted().compactMap { placements[$0]?.turn.token }
        return Dictionary(rows.map { (arrays[$0]?.job ?? 0, $0) }) { first, _ in first }
    }

    /// The index of a lane's task in the cluster.
    func task(ofLane turn: Turn) -> Int {
        idle[turn.lane]?.task ?? placement(at: turn)?.task ?? placement(at: turn.lane)?.task ?? turn.index
    }

    /// The task of a turn.
    private func task(at turn: Turn) -> TaskRecord? {
        tasks[PlannedTask(token: turn.token, index: task(ofLane: turn))]
    }
}

import Algorithms
import Tuning

/// Places all decided work: in place, in tasks whose workers wait, and the rest in new arrays.
extension Dispatcher {
    /// The decisions of the transaction are complete.
    mutating func settle(_ now: Moment, _ drawToken: () -> ArrayToken) -> [DispatchCommand] {
        let gathered = pending
        pending = Pending()
        var commands: [DispatchCommand] = []
        for (assignment, turn) in gathered.inPlace {
            let before = placement(at: turn)?.request ?? .plain
            let lane = PlannedArray.Lane(
                index: turn.index, task: task(ofLane: turn), assignment: assignment, request: before)
            place(lane, at: turn.next, .given)
            commands.append(.goOn(lane, after: turn))
            // If its process has ended meanwhile, the turn is free for other work.
            if gathered.landed.contains(assignment.id) { close(assignment.id, &commands) }
        }
        let rest = give(gathered.work, now, &commands)
        if isOver {
            for worker in idleWorkers { dismiss(worker, &commands) }
        }
        for array in planner.arrays(of: rest, drawToken: drawToken) {
            for lane in array.lanes {
                place(lane, at: Turn(token: array.token, index: lane.index, epoch: 0), .queued)
            }
            commands.append(.submit(array))
        }
        // What was not placed here ended with its event.
        let placed = Set(gathered.work.map(\.assignment.id))
        for assignment in gathered.landed where placed.contains(assignment) {
            close(assignment, &commands)
        }
        return commands
    }

    private mutating func close(_ assignment: AssignmentID, _ commands: inout [DispatchCommand]) {
        land(assignment)
        commands.append(.close(assignment))
    }

    /// Lets a worker leave.
    mutating func dismiss(_ worker: IdleWorker, _ commands: inout [DispatchCommand]) {
        forgetIdle(worker.turn)
        commands.append(.dismiss(worker.turn))
    }

    /// What groups assignments into arrays.
    var planner: ArrayPlanner {
        ArrayPlanner(
            study: plan.study, maxArraySize: plan.maxArraySize, mostTasks: learned.mostTasks,
            slotsPerTask: plan.slotsPerTask)
    }

    // MARK: Giving

    /// A waiting worker, and the work that it is given.
    private struct Gift {
        let worker: IdleWorker
        var lanes: [PlannedArray.Lane] = []
    }

    /// Gives work to waiting workers in the order of the decisions: one to each in turn, up to what they take ahead.
    ///
    /// - Returns: the remaining work.
    private mutating func give(
        _ work: [ArrayPlanner.Work], _ now: Moment, _ commands: inout [DispatchCommand]
    ) -> [ArrayPlanner.Work] {
        guard !work.isEmpty else { return [] }
        var gifts = idleWorkers.map { Gift(worker: $0) }
        var cursor = 0
        var rest: [ArrayPlanner.Work] = []
        for item in work {
            let places = (0..<gifts.count).lazy.map { (cursor + $0) % gifts.count }
            guard let place = places.first(where: { advice(item, gifts[$0], now) != .wait }) else {
                rest.append(item)
                continue
            }
            guard advice(item, gifts[place], now) == .take else {
                // It still does the work that it has been given.
                if gifts[place].lanes.isEmpty { dismiss(gifts.remove(at: place).worker, &commands) }
                rest.append(item)
                continue
            }
            let worker = gifts[place].worker
            gifts[place].lanes.append(
                PlannedArray.Lane(
                    index: worker.turn.index, task: worker.task, assignment: item.assignment,
                    outOfMemory: worker.outOfMemory, request: item.request.given(to: worker.request)))
            cursor = place + 1
        }
        for gift in gifts where !gift.lanes.isEmpty {
            var turn = gift.worker.turn
            for lane in gift.lanes {
                turn = turn.next
                place(lane, at: turn, .given)
            }
            forgetIdle(gift.worker.turn)
            commands.append(.give(gift.lanes, after: gift.worker.turn))
        }
        return rest
    }

    /// What a worker should do about another assignment.
    private func advice(_ item: ArrayPlanner.Work, _ gift: Gift, _ now: Moment) -> QueueTimes.Advice {
        guard gift.worker.outOfMemory >= item.outOfMemory, gift.worker.request.serves(item.request),
            gift.lanes.count < times.ahead
        else {
            return .wait
        }
        let work = item.assignment
        return times.advice(
            from: work.from, to: work.to, isRepeat: work.reason.isRepeat, before: gift.worker.until,
            now: now.wall)
    }

    // MARK: Asking for more

    /// Whether decided work has no place yet, or a worker may leave because no more can come.
    package var hasUnsettled: Bool {
        !pending.work.isEmpty || !pending.inPlace.isEmpty || !pending.landed.isEmpty || pending.hasIdled
            || isOver && !idle.isEmpty
    }

    /// How many assignments waiting workers would take in addition to the decided ones; `nil` for none. Work ahead, if
    /// each takes little time: asked for only after results, because only then may more be decided. And work for free
    /// places, if the core fills places only as many at a time as share a task.
    ///
    /// - Parameter inFlight: how many assignments the core runs; called only if needed.
    package func room(inFlight: () -> Int, now: Moment) -> Int? {
        guard !isOver else { return nil }
        let hasLanded = !pending.landed.isEmpty
        guard hasLanded || pending.hasIdled else { return nil }
        let isAhead = hasLanded && times.ahead > 1
        guard isAhead || plan.slotsPerTask > 1 && times.choice?.takesWork != false else { return nil }
        let ready = idle.values.count { times.mayWork(before: $0.until, now: now.wall) }
        let work = pending.work.count
        let room = isAhead ? ready * times.ahead - work : min(ready - work, plan.parallel - inFlight())
        return room > 0 ? room : nil
    }
}

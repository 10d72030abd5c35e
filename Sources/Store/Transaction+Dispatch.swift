package import Dispatching
import Tuning
import Wire

/// What the dispatcher commands, as the tables and the outbox have it.
extension Transaction {
    /// Records a command: what it changes in the tables, and the intent to carry it out, if there is something to do.
    package func record(_ command: DispatchCommand) throws {
        switch command {
        case .submit(let array): try plan(array)
        case .give(let lanes, let turn):
            var place = turn
            for lane in lanes {
                place = place.next
                try insert(lane, at: place)
            }
            try forgetIdle(turn)
            try add(.answer(turn, .next))
        case .goOn(let lane, let turn):
            try insert(lane, at: turn.next)
            try add(.answer(turn, .goOn))
        case .release(let turn, let save): try add(.answer(turn, .release(save: save)))
        case .keep(let worker): try keep(worker)
        case .dismiss(let turn):
            try forgetIdle(turn)
            try add(.answer(turn, .leave))
        case .claim(let assignment, let turn): try add(.take(assignment, for: turn))
        case .hand(let assignment, let turn, let task):
            try move(assignment, to: turn.next, task: task)
            try forgetIdle(turn)
            try add(.answer(turn, .next))
        case .resubmit(let assignment, let place):
            try insertArray(place.token, name: place.name)
            let turn = Turn(token: place.token, index: place.index, epoch: 0)
            try move(assignment, to: turn, task: place.index)
            try add(.submit(token: place.token))
        case .split(let token, let other, let tasks): try split(token, into: other, tasks: tasks)
        case .gather(let assignments, let token, let name):
            try insertArray(token, name: name)
            for assignment in assignments {
                try run("UPDATE assignments SET token = ? WHERE id = ?", token, assignment.number)
            }
            try add(.submit(token: token))
        case .cancel(let tasks): try add(.cancel(tasks))
        case .remove(let checkpoint):
            if let path = try reader.path(of: checkpoint) { try add(.removeCheckpoint(path: path)) }
        case .close(let assignment): try land(assignment)
        }
    }

    /// Records what the dispatcher was told, so that its decisions can be derived again.
    package func append(_ entries: [DispatchEntry]) throws {
        guard !entries.isEmpty else { return }
        let body = entries.map(\.line).joined(separator: "\n")
        try run("INSERT INTO dispatches (body) VALUES (?)", body)
    }

    private func plan(_ array: PlannedArray) throws {
        try insertArray(array.token, name: array.name)
        for lane in array.lanes {
            try insert(lane, at: Turn(token: array.token, index: lane.index, epoch: 0))
        }
        try add(.submit(token: array.token))
    }

    private func insertArray(_ token: ArrayToken, name: String) throws {
        try run("INSERT INTO arrays (token, name) VALUES (?, ?)", token, name)
    }

    private func insert(_ lane: PlannedArray.Lane, at place: Turn) throws {
        let work = lane.assignment
        try run(
            """
            INSERT INTO assignments (
              id, trial, rung, "from", "to", start, reason, token, "index", turn, epoch, out_of_memory,
              task)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            work.id.number, work.trial.number, work.rung, work.from.units, work.to.units,
            work.start.flatMap(reader.path), LogText.bytes(work.reason), place.token, place.index,
            place.turn, place.epoch, lane.outOfMemory, lane.task)
        if let replicate = work.replicate {
            try run("UPDATE assignments SET replicate = ? WHERE id = ?", replicate, work.id.number)
        }
        if !lane.request.isPlain {
            try run(
                "UPDATE assignments SET request = ? WHERE id = ?", lane.request.description, work.id.number)
        }
    }

    private func move(_ assignment: AssignmentID, to place: Turn, task: Int) throws {
        try run(
            "UPDATE assignments SET token = ?, \"index\" = ?, turn = ?, epoch = ?, task = ? WHERE id = ?",
            place.token, place.index, place.turn, place.epoch, task, assignment.number)
    }

    private func split(_ token: ArrayToken, into other: ArrayToken, tasks: [Int]) throws {
        try run(
            "INSERT INTO arrays (token, name) SELECT ?1, replace(name, ?2, ?1) FROM arrays WHERE token = ?2",
            other, token)
        for task in tasks {
            try run(
                "UPDATE assignments SET token = ?1 WHERE token = ?2 AND \"index\" = ?3 AND task = ?3",
                other, token,
                task)
            try run(
                "UPDATE assignments SET token = ?1 WHERE token = ?2 AND task = ?3 AND task <> \"index\"",
                other, token,
                task)
        }
        try add(.submit(token: other))
    }

    private func keep(_ worker: IdleWorker) throws {
        let turn = worker.turn
        try run(
            """
            INSERT OR REPLACE INTO idle (token, "index", epoch, turn, until, out_of_memory)
            VALUES (?, ?, ?, ?, ?, ?)
            """, turn.token, turn.index, turn.epoch, turn.turn, worker.until, worker.outOfMemory)
        if !worker.request.isPlain {
            try run(
                "UPDATE idle SET request = ? WHERE token = ? AND \"index\" = ?", worker.request.description,
                turn.token, turn.index)
        }
    }

    private func forgetIdle(_ turn: Turn) throws {
        try run("DELETE FROM idle WHERE token = ? AND \"index\" = ?", turn.token, turn.index)
    }
}

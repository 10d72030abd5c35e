import Algorithms
import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Loads what the store holds, or begins the study.
    mutating func openStudy() throws {
        if let recorded = try store.read({ try $0.study() }) {
            let cluster = try store.read { try $0.notices() }.first { $0.topic == Notices.cluster }?.text
            if let cluster, cluster != setup.clusterName {
                throw ControllerError.otherCluster(
                    path: setup.directory.path, begunOn: cluster, asked: setup.clusterName)
            }
            let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
            for sentence in setup.spec.keep(from: spec, unless: setup.named) { log.info("\(sentence)") }
            guard spec == setup.spec else {
                throw ControllerError.unusable(
                    "'\(setup.directory.path)' holds the study '\(recorded.name)', begun with another study "
                        + "file; run that file (kept as \(setup.directory.studyFile)), or name another "
                        + "directory with --dir")
            }
            try reload()
            let events = try store.read { try $0.eventCount() }
            log.info("resumed after \(events) events")
        } else {
            let (spec, now) = (setup.spec, time.wallTime)
            try commit { transaction in
                try transaction.createStudy(
                    name: spec.name, spec: try StoreJSON.text(spec), time: now)
                return [.accepted(spec.plan)]
            }
        }
        try store.write { transaction in
            try transaction.notice(Notices.cluster, setup.clusterName, time: time.wallTime)
            if let file = setup.studyFile {
                try transaction.notice(Notices.studyFile, file, time: time.wallTime)
            }
        }
    }

    /// Folds the log into the core.
    mutating func reload() throws {
        var fold = Study()
        try store.read { reader in
            try reader.forEachFact { _ = fold.apply($0) }
        }
        study = fold
        isAhead = false
    }

    /// What groups assignments into arrays.
    var planner: ArrayPlanner {
        ArrayPlanner(
            study: setup.spec.name, maxArraySize: maxArraySize, mostTasks: mostTasks,
            slotsPerTask: setup.spec.execution.slotsPerTask)
    }

    /// One transaction: events, what the core decides because of them, and the intents that follow.
    ///
    /// - Parameter gather: records what else belongs into the transaction, and names the events.
    mutating func commit(_ gather: (Transaction) throws -> [Event]) throws {
        let planner = planner
        // Moved out, not copied: the core may hold a million trials.
        var running = Study()
        swap(&running, &study)
        do {
            let tokens = try store.write { transaction in
                var pass = Pass(transaction: transaction, time: self.time.wallTime, times: times)
                let resting = try transaction.reader.idleCount()
                for event in try gather(transaction) { try pass.take(event, &running) }
                pass.hasRested = try transaction.reader.idleCount() > resting
                if !running.isOver, let room = try pass.room(in: running) {
                    try pass.take(.askedAhead(room: room), &running)
                }
                return try pass.plan(by: planner, isOver: running.isOver, setup.drawToken)
            }
            swap(&running, &study)
            fresh.formUnion(tokens)
        } catch {
            // Nothing was committed, and the core has run ahead: back to what the log says, now or, where that
            // cannot be read, before the next pass.
            isAhead = true
            do { try reload() } catch { log.error("\(error)") }
            throw error
        }
    }
}

/// What one transaction gathers while events go through the core.
struct Pass {
    let transaction: Transaction
    let time: Double
    private let times: TaskTimes
    /// Whether a worker has begun to wait for other work.
    var hasRested = false
    /// What is to run in new tasks, or in those whose workers wait for other work.
    private var work: [ArrayPlanner.Work] = []
    /// What goes on in place, with the turn after which it does.
    private var inPlace: [(assignment: Assignment, turn: Turn)] = []
    /// What has come to its end; it may have been decided here, and is over before it is planned.
    private var landed: [AssignmentID] = []

    init(transaction: Transaction, time: Double, times: TaskTimes) {
        self.transaction = transaction
        self.time = time
        self.times = times
    }

    /// Takes an event through the core and records it, its decisions, and their intents.
    mutating func take(_ event: Event, _ study: inout Study) throws {
        if let fact = study.fact(shownBy: event) { try take(fact, &study) }
        let decisions = study.apply(event)
        // Asked before the event is recorded: at the end of a study its open tasks are closed with it.
        for case .finish in decisions {
            let open = try transaction.reader.openTasks().filter { !study.landed.contains($0.assignment) }
            let tasks = Array(open.map(\.plannedTask).uniqued())
            if !tasks.isEmpty { try transaction.add(.cancel(tasks)) }
        }
        try transaction.append(event, decisions, landed: study.landed, time: time)
        landed += study.landed
        // A requeue of work that another start has done, or that nobody wants any more, in all lanes of its task.
        if case .started(let fact) = event, !study.isInFlight(fact.attempt.assignment),
            let task = try transaction.reader.task(of: fact.attempt),
            try !transaction.reader.isNeeded(task)
        {
            try transaction.add(.cancel([task]))
        }
        for decision in decisions {
            switch decision {
            case .evaluate(let assignment):
                if let waiting = assignment.inPlace, let turn = try transaction.reader.turn(of: waiting) {
                    inPlace.append((assignment, turn))
                    continue
                }
                // A new trial has not run yet.
                var count =
                    if case .new = assignment.reason {
                        0
                    } else { try transaction.reader.outOfMemory(assignment.trial) }
                if case .lost(let fact) = event, fact.fate == .outOfMemory,
                    assignment.reason.follows(fact.assignment)
                {
                    count += 1
                }
                work.append(ArrayPlanner.Work(assignment: assignment, outOfMemory: count))
            case .discard(let checkpoint):
                if let path = try transaction.reader.path(of: checkpoint) {
                    try transaction.add(.removeCheckpoint(path: path))
                }
            case .release(let attempt, let save):
                if let turn = try transaction.reader.turn(of: attempt) {
                    try transaction.add(.answer(turn, .release(save: save)))
                }
            case .finish: (work, inPlace) = ([], [])
            case .sample, .conclude: break
            }
        }
    }

    /// How many assignments workers that wait would take besides those that were decided; `nil`: none. Some ahead,
    /// where each takes little time: they are asked once results have come, since only then may more be decided. And
    /// those for which there is a place, where the core fills places only as many at a time as share a task.
    func room(in study: Study) throws -> Int? {
        let hasLanded = !landed.isEmpty
        guard hasLanded || hasRested, let plan = study.plan else { return nil }
        let isAhead = hasLanded && times.ahead > 1
        guard isAhead || plan.together > 1 && times.choice?.takesWork != false else { return nil }
        let idle = try transaction.reader.idle().count { times.mayWork(before: $0.until, now: time) }
        let free = plan.parallel - study.inFlight.count
        let room = isAhead ? idle * times.ahead - work.count : min(idle - work.count, free)
        return room > 0 ? room : nil
    }

    /// Plans where all that was decided runs: in place, in tasks whose workers wait, and the rest in new arrays.
    ///
    /// - Parameter isOver: nothing will ever be decided again: workers that wait may leave.
    /// - Returns: the tokens of the arrays.
    func plan(
        by planner: ArrayPlanner, isOver: Bool, _ drawToken: () -> ArrayToken
    ) throws -> [ArrayToken] {
        for (assignment, turn) in inPlace {
            try transaction.plan(
                inPlace: lane(assignment, at: turn.index, outOfMemory: 0), after: turn)
            // Where its process has ended in the meantime, the turn is free for other work.
            if landed.contains(assignment.id) { try transaction.land(assignment.id) }
        }
        let rest = try give(work)
        if isOver {
            for row in try transaction.reader.idle() { try transaction.letGo(row) }
        }
        let tokens = try planArrays(of: rest, by: planner, drawToken)
        // What was not planned here has landed with its event.
        let planned = Set(work.map(\.assignment.id))
        for assignment in landed where planned.contains(assignment) { try transaction.land(assignment) }
        return tokens
    }

    /// A worker that waits, and what it is given.
    private struct Gift {
        let row: StoreReader.IdleRow
        var lanes: [PlannedArray.Lane] = []
    }

    /// Gives work to the workers that wait for it, in the order in which it was decided: one to each in turn, up to
    /// what they take ahead.
    ///
    /// - Returns: what is left.
    private func give(_ work: [ArrayPlanner.Work]) throws -> [ArrayPlanner.Work] {
        guard !work.isEmpty else { return [] }
        var gifts = try transaction.reader.idle().map { Gift(row: $0) }
        var cursor = 0
        let rest = try work.filter { item in
            let places = (0..<gifts.count).lazy.map { (cursor + $0) % gifts.count }
            guard let place = places.first(where: { advice(item, gifts[$0]) != .wait }) else { return true }
            guard advice(item, gifts[place]) == .take else {
                // What it has been given already, it still does.
                if gifts[place].lanes.isEmpty { try transaction.letGo(gifts.remove(at: place).row) }
                return true
            }
            let row = gifts[place].row
            gifts[place].lanes.append(
                try lane(item.assignment, at: row.turn.index, outOfMemory: row.outOfMemory))
            cursor = place + 1
            return false
        }
        for gift in gifts where !gift.lanes.isEmpty {
            try transaction.plan(gift.lanes, after: gift.row.turn)
        }
        return rest
    }

    /// What a worker is to do with another piece of work.
    private func advice(_ item: ArrayPlanner.Work, _ gift: Gift) -> TaskTimes.Advice {
        guard gift.row.outOfMemory >= item.outOfMemory, gift.lanes.count < times.ahead else { return .wait }
        let work = item.assignment
        return times.advice(
            from: work.from, to: work.to, isRepeat: work.reason.isRepeat, before: gift.row.until, now: time)
    }

    private func lane(
        _ assignment: Assignment, at index: Int, outOfMemory: Int
    ) throws -> PlannedArray.Lane {
        PlannedArray.Lane(
            index: index, assignment: assignment,
            start: try assignment.start.flatMap { try transaction.reader.path(of: $0) },
            outOfMemory: outOfMemory)
    }

    private func planArrays(
        of work: [ArrayPlanner.Work], by planner: ArrayPlanner, _ drawToken: () -> ArrayToken
    ) throws -> [ArrayToken] {
        var tokens: [ArrayToken] = []
        let arrays = try planner.arrays(of: work) {
            let token = drawToken()
            tokens.append(token)
            return token
        } start: {
            try transaction.reader.path(of: $0)
        }
        for array in arrays { try transaction.plan(array) }
        return tokens
    }
}

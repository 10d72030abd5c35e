import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Loads what the store holds, or begins the study.
    mutating func openStudy() throws {
        if let recorded = try store.read({ try $0.study() }) {
            let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
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
            try transaction.notice("cluster", setup.clusterName, time: time.wallTime)
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

    /// One transaction: events, what the core decides because of them, and the intents that follow.
    ///
    /// - Parameter gather: records what else belongs into the transaction, and names the events.
    mutating func commit(_ gather: (Transaction) throws -> [Event]) throws {
        let planner = ArrayPlanner(study: setup.spec.name, maxArraySize: maxArraySize, mostTasks: mostTasks)
        // Moved out, not copied: the core may hold a million trials.
        var running = Study()
        swap(&running, &study)
        do {
            let tokens = try store.write { transaction in
                var pass = Pass(transaction: transaction, time: self.time.wallTime)
                for event in try gather(transaction) { try pass.take(event, &running) }
                return try pass.plan(by: planner, setup.drawToken)
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
    private var work: [ArrayPlanner.Work] = []

    init(transaction: Transaction, time: Double) {
        self.transaction = transaction
        self.time = time
    }

    /// Takes an event through the core and records it, its decisions, and their intents.
    mutating func take(_ event: Event, _ study: inout Study) throws {
        let decisions = study.apply(event)
        // Asked before the event is recorded: at the end of a study its open tasks are closed with it.
        for case .finish in decisions {
            let open = try transaction.reader.openTasks().filter { $0.assignment != event.landing }
            let tasks = open.map { PlannedTask(token: $0.token, index: $0.index) }
            if !tasks.isEmpty { try transaction.add(.cancel(tasks)) }
        }
        try transaction.append(event, decisions, time: time)
        // A requeue of work that another start has done, or that nobody wants any more.
        if case .started(let fact) = event, !study.isInFlight(fact.attempt.assignment),
            let task = try transaction.reader.task(of: fact.attempt)
        {
            try transaction.add(.cancel([task]))
        }
        for decision in decisions {
            switch decision {
            case .evaluate(let assignment):
                var count = try transaction.reader.outOfMemory(assignment.trial)
                if case .lost(let fact) = event, fact.fate == .outOfMemory,
                    case .retry(of: fact.assignment, _) = assignment.reason
                {
                    count += 1
                }
                work.append(ArrayPlanner.Work(assignment: assignment, outOfMemory: count))
            case .discard(let checkpoint):
                if let path = try transaction.reader.path(of: checkpoint) {
                    try transaction.add(.removeCheckpoint(path: path))
                }
            case .finish: work = []
            case .sample, .conclude: break
            }
        }
    }

    /// Plans the arrays for all that was decided.
    ///
    /// - Returns: their tokens.
    func plan(by planner: ArrayPlanner, _ drawToken: () -> ArrayToken) throws -> [ArrayToken] {
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

extension Event {
    /// The assignment that is over with this event; `nil` when it is of another kind.
    fileprivate var landing: AssignmentID? {
        switch self {
        case .ended(let fact): fact.attempt.assignment
        case .lost(let fact): fact.assignment
        default: nil
        }
    }
}

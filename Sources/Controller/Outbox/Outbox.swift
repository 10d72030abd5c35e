import Algorithms
import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// The state of the outbox.
struct OutboxState {
    /// An array that the cluster has accepted.
    struct Submitted {
        /// The intent that is done with it.
        let intent: Int64
        /// Its token, and the cluster's number.
        let token: ArrayToken
        let job: ArrayID
        /// When it was first sent, in seconds since 1970.
        let sent: Double
    }

    /// Tokens that no request has named yet: their arrays need not be looked up before they are submitted.
    var fresh: Set<ArrayToken> = []
    /// What was submitted and is not recorded yet.
    var submitted: [Submitted] = []
    /// Arrays that an earlier controller may have sent and that the cluster did not have, as of this moment.
    var absent: [ArrayToken: Duration] = [:]
    /// The arrays whose tasks a cancellation has reached that is not done yet.
    fileprivate var cancelled: [Int64: Set<ArrayID>] = [:]
    /// When those intents are tried again for which a file is there that is not to be seen yet.
    var unseen: [Int64: BackOff] = [:]
    /// How often it was tried to remove what an intent names.
    fileprivate var removalTries: [Int64: Int] = [:]
    /// The file that the last pass could not use, and that an intent waits for.
    fileprivate var fileInTheWay: String?
    /// Whether the last pass answered a waiting worker: then others may wait, too.
    var didAnswer = false
}

extension Controller {
    /// Carries out the open intents, oldest first, and those that follow from them, and records each as done.
    ///
    /// If the cluster cannot accept one, it and those after it that need the cluster wait, longer each time. If a limit
    /// is reached, only submissions wait.
    /// - Returns: whether any was carried out.
    mutating func carryOut() async throws -> Bool {
        outbox.fileInTheWay = nil
        defer { tellFileInTheWay() }
        try recordSubmitted()
        var didAct = false
        var intents = try store.read { try $0.openIntents() }
        if try gatherArrays(intents) { intents = try store.read { try $0.openIntents() } }
        while let newest = intents.last?.id {
            if try removeCheckpoints(intents) { didAct = true }
            for open in intents where mayTry(open) {
                if try await attempt(open) { didAct = true }
            }
            try recordSubmitted()
            intents = try store.read { try $0.openIntents(after: newest) }
        }
        if window.reopen(at: time.now) { try say("waiting", nil) }
        try tellSubmissions()
        return didAct
    }

    /// Whether an intent is to be tried by itself, and need not wait.
    private func mayTry(_ open: OpenIntent) -> Bool {
        if case .removeCheckpoint = open.intent { return false }
        return mayTryAgain(open)
    }

    /// Whether an intent need not wait.
    func mayTryAgain(_ open: OpenIntent) -> Bool {
        let now = time.now
        switch open.intent {
        case .submit(let token): if !mayTry(submissionOf: token) { return false }
        case .cancel: if !window.allowsOther(at: now) { return false }
        case .removeCheckpoint, .take, .answer: break
        }
        return outbox.unseen[open.id].map { now >= $0.at } ?? true
    }

    /// Tries to carry out an intent.
    ///
    /// - Returns: whether anything changed.
    private mutating func attempt(_ open: OpenIntent) async throws -> Bool {
        guard try lease.isHeld() else { throw ControllerError.superseded }
        if case .submit = open.intent {} else { try recordSubmitted() }
        do {
            let isDone = try await carryOut(open)
            if isDone { outbox.unseen[open.id] = nil }
            return isDone
        } catch  where PassingError.isOfFiles(error) {
            // Other work need not wait for this file.
            outbox.unseen[open.id] = longer(outbox.unseen[open.id])
            outbox.fileInTheWay = "\(error)"
            return false
        } catch let error as ClusterError {
            try recordSubmitted()
            return try settle(open, error)
        }
    }

    /// What follows from an error of the cluster.
    ///
    /// - Returns: whether anything came of it; if not, the intent waits.
    private mutating func settle(_ open: OpenIntent, _ error: ClusterError) throws -> Bool {
        switch error {
        case .busy, .doubtful:
            if case .doubtful = error, case .submit(let token) = open.intent {
                window.hearsNothing(of: token, at: time.now)
            }
            try backOff(error)
            return false
        case .overLimit: return try obeyLimit(open, error)
        case .refused(let reason):
            if case .cancel = open.intent {
                // There is nothing else that could be done about it.
                log.error("\(error)")
                try store.write { try $0.finish(intent: open.id, time: time.wallTime) }
                return true
            }
            // Tasks that run may finish first. If the user removes the cause meanwhile, nothing is lost.
            let own = ownTasks()
            guard own == 0 else {
                try backOff(error, tasks: own)
                return false
            }
            log.error("\(error)")
            let now = time.wallTime
            try commit { pass in
                try pass.transaction.finish(intent: open.id, time: now)
                return [.refused(reason: reason)]
            }
            return true
        }
    }

    /// A limit on tasks is in the way.
    ///
    /// - Returns: whether anything came of it; if not, the intent waits.
    private mutating func obeyLimit(_ open: OpenIntent, _ error: ClusterError) throws -> Bool {
        var token: ArrayToken?
        if case .submit(let own) = open.intent { token = own }
        let lanes = try token.map { token in try store.read { try $0.tasks(of: token) } } ?? []
        let own = ownTasks()
        switch window.overLimit(tasks: Set(lanes.map(\.task)).count, own: { own }) {
        case .split(let kept):
            guard let token else { return false }
            try splitArray(token, lanes, keeping: kept, because: error.description)
            return true
        case .wait:
            try backOff(error, tasks: own)
            return false
        }
    }

    /// How many tasks of the study the cluster has, as far as the study knows.
    func ownTasks() -> Int { cores.dispatcher.ownTasks(with: Set(outbox.submitted.map(\.token))) }

    /// - Returns: whether it is done; if not, it waits for a file to be seen.
    private mutating func carryOut(_ open: OpenIntent) async throws -> Bool {
        switch open.intent {
        case .submit(let token):
            return try await submit(token, intent: open.id)
        case .cancel(let tasks):
            guard try await cancel(tasks, intent: open.id) else { return false }
            try store.write { try $0.finish(intent: open.id, time: time.wallTime) }
        case .removeCheckpoint: return try removeCheckpoints([open])
        case .take(let assignment, let turn):
            try take(assignment, for: turn, intent: open.id)
        case .answer(let turn, let answer):
            return try tell(turn, answer, intent: open.id)
        }
        return true
    }

    /// Carries out all removals before any is recorded, because removing again does no harm. What cannot be removed
    /// stays after some tries.
    mutating func removeCheckpoints(_ intents: [OpenIntent]) throws -> Bool {
        var removed: [Int64] = []
        var left: String?
        for open in intents {
            guard case .removeCheckpoint(let path) = open.intent, mayTryAgain(open)
            else { continue }
            guard try lease.isHeld() else { throw ControllerError.superseded }
            if try mayBeResumed(path, open.id) { continue }
            do throws(FileError) {
                try setup.directory.files.removeTree("\(setup.directory.path)/\(path)")
                removeHome(ofCheckpoint: path)
            } catch {
                let tries = outbox.removalTries[open.id, default: 0] + 1
                outbox.removalTries[open.id] = tries
                guard !error.mayPass || tries >= ControllerLimits.removalTries else {
                    outbox.unseen[open.id] = longer(outbox.unseen[open.id])
                    outbox.fileInTheWay = "\(error)"
                    continue
                }
                left = "a checkpoint that nobody needs could not be removed and is left: \(error)"
            }
            (outbox.unseen[open.id], outbox.removalTries[open.id]) = (nil, nil)
            removed.append(open.id)
        }
        if let left {
            log.warning("\(left)")
            try say("removal", left)
        }
        guard !removed.isEmpty else { return false }
        let now = time.wallTime
        try store.write { for intent in removed { try $0.finish(intent: intent, time: now) } }
        return true
    }

    // MARK: Cancelling

    /// Cancels tasks, unless one of their lanes has got other work in the meantime: a request for each array.
    ///
    /// - Returns: whether that is done; if not, the site allows no more requests for now.
    private mutating func cancel(_ tasks: [PlannedTask], intent: Int64) async throws -> Bool {
        let ids = try store.read { reader in
            try tasks.compactMap { planned -> TaskID? in
                guard !cores.dispatcher.isNeeded(planned), let job = try reader.job(of: planned.token)
                else {
                    return nil
                }
                return TaskID(array: ArrayID(job), index: planned.index)
            }
        }
        let arrays = Dictionary(grouping: ids, by: \.array).sorted { $0.key < $1.key }
        for (array, members) in arrays where outbox.cancelled[intent]?.contains(array) != true {
            guard window.requestsLeft(at: time.now) > 0 else { return false }
            window.asks(at: time.now)
            try await cluster.cancel(members)
            troubles.hold("cluster", nil, isLogged: true)
            outbox.cancelled[intent, default: []].insert(array)
        }
        outbox.cancelled[intent] = nil
        return true
    }

    /// Cancels what the cluster has of an array that nobody wants any more, but for tasks that have got other work.
    mutating func cancelUnneeded(
        _ token: ArrayToken, _ lanes: [StoreReader.TaskRow]
    ) async throws {
        guard outbox.fresh.remove(token) == nil else { return }
        // Work that other workers have taken is no lane of the array any more. What has no manifest was never sent.
        let sent = (try? Manifest.read(token, in: setup.directory))?.entries ?? []
        let tasks = Set(lanes.map(\.task) + sent.map { $0.task ?? $0.index }).sorted()
            .filter { !cores.dispatcher.isNeeded(PlannedTask(token: token, index: $0)) }
        guard !tasks.isEmpty else { return }
        window.asks(cluster.requestsPerLook, at: time.now)
        for array in try await cluster.find(token) {
            window.asks(at: time.now)
            try await cluster.cancel(tasks.map { TaskID(array: array, index: $0) })
        }
    }

    // MARK: Waiting

    /// - Parameter tasks: how many tasks of the study the cluster has, if it accepts no more.
    private mutating func backOff(_ error: ClusterError, tasks: Int? = nil) throws {
        let wait = window.failed(at: time.now, tasks: tasks)
        log.warning("\(error); trying again in \(wait.components.seconds) s")
        try say("waiting", error.description)
        if tasks == nil { troubles.hold("cluster", error.description, isLogged: true) }
    }

    /// When to try again what could not be done.
    func longer(_ last: BackOff?) -> BackOff { BackOff.next(after: last, at: time.now) }

    /// Reports which file holds up the work, or that none does any more.
    private mutating func tellFileInTheWay() {
        let isWaiting = outbox.unseen.values.contains { $0.at > time.now }
        if let fileInTheWay = outbox.fileInTheWay {
            troubles.hold("effects", "trying again: \(fileInTheWay)")
        } else if !isWaiting {
            troubles.hold("effects", nil)
        }
    }
}

extension [StoreReader.TaskRow] {
    /// The tasks of these lanes, if this is their array.
    func ids(in array: ArrayID) -> [TaskID] {
        map(\.task).uniqued().map { TaskID(array: array, index: $0) }
    }
}

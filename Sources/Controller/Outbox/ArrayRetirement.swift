import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// Arrays of which nothing can be wanted any more, and what is done about their files in the spool.
struct ArrayRetirement {
    /// The arrays that are marked as over, as the file says. `nil`: it was not read yet.
    var finished: Set<ArrayToken>?
    /// Of those, the ones whose files are not all gone, with their number where it is known.
    var leftovers: [ArrayToken: UInt32?] = [:]
    /// The arrays that this controller has submitted or asked about. The local cluster starts tasks of others that it is
    /// asked about.
    var known: Set<UInt32> = []
    /// Since when arrays without work have been seen over.
    var over: [ArrayToken: Duration] = [:]
    /// When files are looked after next, and what was in the way the last time.
    var next = Duration.zero
    var trouble: String?

    /// Takes in what the cluster says of arrays without work.
    mutating func see(_ sightings: [TaskSighting], of arrays: [ArrayID: ArrayToken], now: Duration) {
        let alive = Set(sightings.filter { !$0.state.isOver }.map(\.task.array))
        for (array, token) in arrays {
            over[token] = alive.contains(array) ? nil : over[token] ?? now
        }
    }
}

extension Controller {
    /// The arrays, among those that this controller has had to do with, that have no work and are not marked as over: the
    /// cluster says whether their tasks are.
    func workless() throws -> [ArrayID: ArrayToken] {
        guard !retirement.known.isEmpty, !setup.forgetsStore else { return [:] }
        let (known, finished) = (retirement.known, retirement.finished ?? [])
        let idle = cores.dispatcher.idleWorkers.map(\.turn.token)
        return try store.read { reader in
            let open = Set(try reader.openTasks().map(\.token) + idle)
            var found: [ArrayID: ArrayToken] = [:]
            for (job, token) in try reader.submittedArrays()
            where known.contains(job) && !open.contains(token) && !finished.contains(token) {
                found[ArrayID(job)] = token
            }
            return found
        }
    }

    /// Removes what the spool has of arrays that are over, and folds what their tasks have printed, when it is time. Nothing
    /// depends on it: what is in the way is told, and tried again.
    mutating func tidy() async throws {
        guard time.now >= retirement.next, !setup.forgetsStore else { return }
        retirement.next = time.now + setup.pace.poll
        do {
            try readFinished()
            let due = retirement.over.filter { time.now - $0.value >= setup.pace.settle }.map(\.key)
            if !due.isEmpty {
                let jobs = try store.read { try $0.submittedArrays() }
                let numbers = Dictionary(jobs.map { ($1, $0) }) { first, _ in first }
                try retire(due.map { ($0, numbers[$0]) })
            }
            try await clearLeftovers()
            guard setup.spec.outputs != .files else { return }
            guard try lease.isHeld() else { throw ControllerError.superseded }
            _ = try OutputPacks(setup.directory).fold(all: false)
            retirement.trouble = nil
        } catch  where error is FileError || error is SpoolError {
            retirement.next = time.now + ControllerLimits.fileWait.longest
            tell(error)
        }
    }

    /// The study is over: removes what the spool has of all its arrays but those that still run, and packs what is left of
    /// their outputs. The mark of the end is there, so nothing starts any more.
    mutating func tidyAtEnd(running: Set<ArrayToken>) async throws {
        guard !setup.forgetsStore else { return }
        do {
            try readFinished()
            let (files, study) = (setup.directory.files, setup.directory)
            var tokens = Set(
                try files.list(study.manifests).compactMap { name in
                    name.hasSuffix(".json") ? ArrayToken(String(name.dropLast(5))) : nil
                })
            for directory in [study.claims, study.directives] {
                tokens.formUnion(try files.list(directory).compactMap { ArrayToken($0) })
            }
            let jobs = try store.read { try $0.submittedArrays() }
            let numbers = Dictionary(jobs.map { ($1, $0) }) { first, _ in first }
            tokens.formUnion(numbers.keys)
            let over = tokens.subtracting(running)
            try retire(over.map { ($0, numbers[$0]) })
            try await clearLeftovers()
            guard setup.spec.outputs != .files else { return }
            guard try lease.isHeld() else { throw ControllerError.superseded }
            let packs = OutputPacks(study)
            if running.isEmpty { try packs.removeTemporaries() }
            _ = try packs.fold(all: true)
        } catch  where error is FileError || error is SpoolError {
            tell(error)
        }
    }

    private mutating func tell(_ error: any Error) {
        let text = "what is over is not cleared away yet: \(error)"
        if retirement.trouble != text { log.warning("\(text)") }
        retirement.trouble = text
    }

    /// Which arrays an earlier controller has marked, and of which of them it has left something.
    private mutating func readFinished() throws(FileError) {
        guard retirement.finished == nil else { return }
        let finished = try FinishedArrays.tokens(in: setup.directory)
        for name in try setup.directory.files.list(setup.directory.manifests) {
            if let token = ArrayToken(String(name.prefix { $0 != "." })), finished.contains(token) {
                retirement.leftovers[token] = .some(nil)
            }
        }
        retirement.finished = finished
    }

    /// Marks arrays as over, before anything of them is removed: a task that starts later sees one or the other.
    private mutating func retire(_ arrays: [(token: ArrayToken, job: UInt32?)]) throws {
        guard try lease.isHeld() else { throw ControllerError.superseded }
        let known = retirement.finished ?? []
        let finished = known.union(arrays.map(\.token))
        if finished != known {
            try FinishedArrays.publish(finished, in: setup.directory)
            retirement.finished = finished
        }
        for (token, job) in arrays {
            retirement.leftovers[token] = .some(job)
            retirement.over[token] = nil
        }
    }

    /// Removes what the spool has of arrays that are marked as over; the manifest last, which says that there is something
    /// left. What workers that were killed have left is packed.
    private mutating func clearLeftovers() async throws {
        guard !retirement.leftovers.isEmpty else { return }
        guard try lease.isHeld() else { throw ControllerError.superseded }
        let (files, study) = (setup.directory.files, setup.directory)
        let packs = OutputPacks(study)
        var (live, logs): ([String: [String]], [String: [String]]) = ([:], [:])
        if setup.spec.outputs != .files {
            live = Dictionary(grouping: try study.liveProcesses()) { name in
                let parts = name.split(separator: ".")
                return parts.count > 1 ? String(parts[1]) : ""
            }
            logs = Dictionary(grouping: try files.list(study.logs)) { name in
                let parts = name.split(separator: "_")
                return parts.count == 2 && parts[1].hasSuffix(".out") ? String(parts[0]) : ""
            }
        }
        var jobs: Set<ArrayID> = []
        for (token, job) in retirement.leftovers {
            for name in live[token.digits] ?? [] { try packs.pack(leftBy: name) }
            if let job {
                try packs.pack(logs: logs[String(job)] ?? [], of: job)
                jobs.insert(ArrayID(job))
            }
            for path in [study.claims(token), study.directives(token), study.manifest(token)] {
                try files.removeTree(path)
            }
            retirement.leftovers[token] = nil
        }
        await cluster.forget(jobs)
    }
}

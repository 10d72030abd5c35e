import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// Arrays that need nothing more, and the handling of their files in the spool.
struct ArrayRetirement {
    /// The arrays that the file `spool/finished` lists; `nil` until this controller has read it.
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

    /// Applies the cluster's answer about arrays without work.
    mutating func see(_ sightings: [TaskSighting], of arrays: [ArrayID: ArrayToken], now: Duration) {
        let alive = Set(sightings.filter { !$0.state.isOver }.map(\.task.array))
        for (array, token) in arrays {
            over[token] = alive.contains(array) ? nil : over[token] ?? now
        }
    }
}

extension Controller {
    /// The arrays that this controller knows, that have no work left and are not listed as finished. The cluster is asked
    /// whether their tasks still run.
    func workless() throws -> [ArrayID: ArrayToken] {
        guard !retirement.known.isEmpty, !setup.forgetsStore else { return [:] }
        let (known, finished) = (retirement.known, retirement.finished ?? [])
        let open = Set(cores.dispatcher.watchedArrays().values)
            .union(cores.dispatcher.idleWorkers.map(\.turn.token))
        var found: [ArrayID: ArrayToken] = [:]
        for (job, token) in try store.read({ try $0.submittedArrays() })
        where known.contains(job) && !open.contains(token) && !finished.contains(token) {
            found[ArrayID(job)] = token
        }
        return found
    }

    /// Removes what the spool has of arrays that are over, and folds what their tasks have printed, when it is time. Nothing
    /// depends on it: what is in the way is told, and tried again.
    mutating func tidy() async throws {
        guard time.now >= retirement.next, !setup.forgetsStore else { return }
        retirement.next = time.now + setup.pace.poll
        do {
            try readFinished()
            let due = retirement.over.filter { time.now - $0.value >= setup.pace.settle }.map(\.key)
            if !due.isEmpty { try retire(Set(due), numbers: numbers()) }
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

    /// Clears up when the study is over: removes the spool files of every array that no longer runs, and packs the outputs
    /// that are left. Nothing can start any more, because the mark of the study's end is there.
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
            let numbers = try numbers()
            tokens.formUnion(numbers.keys)
            try retire(tokens.subtracting(running), numbers: numbers)
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

    /// The cluster's numbers of the arrays that it has taken.
    private func numbers() throws -> [ArrayToken: UInt32] {
        let jobs = try store.read { try $0.submittedArrays() }
        return Dictionary(jobs.map { ($1, $0) }) { first, _ in first }
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
    private mutating func retire(_ tokens: Set<ArrayToken>, numbers: [ArrayToken: UInt32]) throws {
        guard try lease.isHeld() else { throw ControllerError.superseded }
        let known = retirement.finished ?? []
        let finished = known.union(tokens)
        if finished != known {
            try FinishedArrays.publish(finished, in: setup.directory)
            retirement.finished = finished
        }
        for token in tokens {
            retirement.leftovers[token] = .some(numbers[token])
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
        // In an order of its own, so that a simulation repeats itself.
        for (token, job) in retirement.leftovers.sorted(by: { $0.key.digits < $1.key.digits }) {
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

package import Clusters
package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The right to be the controller of a study; only one holds it.
///
/// Each holder has an epoch and a file with that name, made with link(2). The lease is held until that file has a
/// second name. The holder gives it one at its end, or a successor does that finds the holder gone. Whether the last
/// holder still lives is not guessed by a time-out: the cluster is asked about its job, or this machine about its
/// process.
package struct Lease: Sendable {
    /// The holder, from the file.
    package struct Holder: Hashable, Codable, Sendable, CustomStringConvertible {
        /// The host's name.
        package var host: String
        /// The process there.
        package var process: Int32
        /// When that process started, in clock ticks since the host's boot, to recognize a reused number.
        package var startTicks: UInt64
        /// The Slurm job it runs in; `nil` outside Slurm.
        package var job: UInt32?

        /// A holder from its parts.
        package init(host: String, process: Int32, startTicks: UInt64, job: UInt32?) {
            self.host = host
            self.process = process
            self.startTicks = startTicks
            self.job = job
        }

        /// This process.
        package static func current(job: UInt32?) -> Holder {
            Holder(
                host: Host.name, process: getpid(), startTicks: Host.startTicks(of: getpid()) ?? 0, job: job
            )
        }

        /// What this machine alone can tell; only for its own processes.
        package var lifeOnThisHost: Life {
            do throws(FileError) { return try lookedUp() } catch { return .unknown }
        }

        /// The same.
        ///
        /// - Throws: if the system cannot say.
        func lookedUp() throws(FileError) -> Life {
            guard host == Host.name else { return .unknown }
            return try Host.start(of: process) == startTicks ? .alive : .gone
        }

        /// `job 4821 on n3` or `process 4711 on n3`.
        package var description: String {
            "\(job.map { "job \($0), " } ?? "")process \(process) on \(host)"
        }
    }

    /// What is known about a holder's life.
    package enum Life: Sendable {
        /// It lives.
        case alive
        /// It has ended.
        case gone
        /// It ran elsewhere; this machine cannot tell.
        case unknown
    }

    let study: StudyDirectory
    let epoch: Int
    /// Whether the previous holder may still run somewhere, paused: it did not record that it closed the store.
    let mayHaveGhost: Bool
    /// The name under which its file was made; it exists as long as it could not be removed.
    private let temporary: String

    /// Takes the lease.
    ///
    /// - Parameter cluster: answers whether the last holder's job runs.
    /// - Parameter takeOver: whether to take it from a holder of which nothing is known.
    /// - Parameter away: called with a file error that may pass; returns whether to try again.
    /// - Throws: `ControllerError.held` if another holds it.
    package static func take(
        of study: StudyDirectory, by holder: Holder, takeOver: Bool, asking cluster: any Cluster,
        time: any TimeSource = SystemTime(), away: (any Error) async -> Bool = { _ in false }
    ) async throws -> Lease {
        var begun: Lease?
        while true {
            do {
                if let lease = begun, try study.files.links(lease.temporary) ?? 0 > 1 {
                    return try lease.settled()
                }
                begun = try await next(of: study, by: holder, takeOver: takeOver, asking: cluster)
                if let lease = begun, try lease.tryTake(by: holder) { return try lease.settled() }
                // Another was faster, and a cached listing may hide its file from this host for a while.
                await time.sleep(for: ControllerLimits.leasePause)
            } catch  where PassingError.isOfFiles(error) {
                guard await away(error) else { throw error }
            }
        }
    }

    /// The lease after the last one, which is over or is ended here.
    private static func next(
        of study: StudyDirectory, by holder: Holder, takeOver: Bool, asking cluster: any Cluster
    ) async throws -> Lease {
        let last = try epochs(study).last
        var mayHaveGhost = false
        if let last, let other = try self.holder(study, last, mayBeUnreadable: takeOver) {
            mayHaveGhost = try !study.files.exists(released(study, last))
            if try !isOver(study, last) {
                switch try await life(of: other, asking: cluster, as: holder) {
                case .gone: break
                case .unknown where takeOver: break
                case .alive: throw ControllerError.held(by: other.description, isAlive: true)
                case .unknown: throw ControllerError.held(by: other.description, isAlive: false)
                }
            }
            // Also if the second name exists already: it only has to be there.
            try end(study, last)
        }
        let epoch = (last ?? 0) + 1
        return Lease(
            study: study, epoch: epoch, mayHaveGhost: mayHaveGhost,
            temporary: Files.temporaryName(for: path(study, epoch)))
    }

    /// Makes the lease's file, unless another has made one with its name.
    ///
    /// - Returns: whether it was made here.
    private func tryTake(by holder: Holder) throws(FileError) -> Bool {
        try study.files.create(temporary, SpoolJSON.encode(holder), mode: 0o600)
        do throws(FileError) {
            try study.files.link(temporary, to: Lease.path(study, epoch))
        } catch {
            // After a doubtful reply, as NFS can give, the link count of our own name shows who won.
            guard try study.files.links(temporary) ?? 0 < 2 else { return true }
            forgetTemporary()
            guard error.code == EEXIST else { throw error }
            return false
        }
        return true
    }

    /// Makes the new lease durable.
    private func settled() throws(FileError) -> Lease {
        try study.files.sync(directory: study.leases)
        forgetTemporary()
        return self
    }

    /// Removes the temporary name. If that fails, `isHeld` sees it and tries again.
    private func forgetTemporary() {
        do throws(FileError) { try study.files.unlink(temporary) } catch {}
    }

    /// The current holder of a study's lease, from its files; `nil` if there is none.
    package static func holder(of study: StudyDirectory) throws -> Holder? {
        guard let last = try epochs(study).last, try !isOver(study, last) else { return nil }
        return try holder(study, last)
    }

    /// Whether the lease was not ended. Asked before each commit and each effect.
    ///
    /// A controller that takes a lease over first gives its file a second name. The holder opens its own file to see
    /// that, because a cached listing could hide a successor's file. The name under which the file was made is not a
    /// successor's.
    package func isHeld() throws(FileError) -> Bool {
        let links = try study.files.links(Lease.path(study, epoch))
        guard links == 2, try study.files.links(temporary) == 2 else { return links == 1 }
        forgetTemporary()
        return true
    }

    /// Gives the lease back. The holder must have closed the store.
    package func release() throws(FileError) {
        guard try isHeld() else { return }
        try study.files.publish([], at: Lease.released(study, epoch))
        try Lease.end(study, epoch)
    }

    /// Gives the lease up without having closed everything.
    package func abandon() throws(FileError) {
        if try isHeld() { try Lease.end(study, epoch) }
    }

    /// Ends an epoch by giving its file a second name. Ending it twice is no error.
    private static func end(_ study: StudyDirectory, _ epoch: Int) throws(FileError) {
        do throws(FileError) {
            try study.files.link(path(study, epoch), to: over(study, epoch))
        } catch  where error.code == EEXIST {
        } catch {
            // After a doubtful reply, as NFS can give, the name exists all the same.
            guard try isOver(study, epoch) else { throw error }
        }
        try study.files.sync(directory: study.leases)
    }

    static func isOver(_ study: StudyDirectory, _ epoch: Int) throws(FileError) -> Bool {
        try study.files.exists(over(study, epoch))
    }

    /// The cluster decides about a job, and this machine about its own process. A job that holds the lease and asks
    /// again was requeued: its earlier process has ended, or is on this machine.
    private static func life(
        of other: Holder, asking cluster: any Cluster, as holder: Holder
    ) async throws -> Life {
        let life = try other.lookedUp()
        if life != .unknown { return life }
        guard let job = other.job else { return .unknown }
        if job == holder.job { return .gone }
        guard let isRunning = try await cluster.isRunning(job: job) else { return .unknown }
        return isRunning ? .alive : .gone
    }

    static func path(_ study: StudyDirectory, _ epoch: Int) -> String { "\(study.leases)/\(epoch)" }

    static func over(_ study: StudyDirectory, _ epoch: Int) -> String {
        "\(path(study, epoch)).over"
    }

    static func released(_ study: StudyDirectory, _ epoch: Int) -> String {
        "\(path(study, epoch)).released"
    }

    static func epochs(_ study: StudyDirectory) throws(FileError) -> [Int] {
        try study.files.list(study.leases).compactMap { Int($0) }.sorted()
    }

    /// - Parameter mayBeUnreadable: whether an invalid record counts as a holder of which nothing is known.
    static func holder(
        _ study: StudyDirectory, _ epoch: Int, mayBeUnreadable: Bool = false
    ) throws(SpoolError) -> Holder? {
        do throws(SpoolError) {
            return try SpoolJSON.read(path(study, epoch), on: study.files, limit: SpoolLimits.recordBytes)
        } catch {
            if case .file(let failure) = error, failure.isMissing { return nil }
            if mayBeUnreadable, !error.mayPass {
                return Holder(host: "", process: 0, startTicks: 0, job: nil)
            }
            throw error
        }
    }
}

package import Clusters
package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The right to be the controller of a study: one holds it.
///
/// Each holder has an epoch and a file of that name, made with link(2). It is held until a greater epoch
/// exists. Whether the last holder still lives is not guessed by a time-out: the cluster is asked about
/// its job, or this machine about its process.
package struct Lease: Sendable {
    /// Who holds it, as the file says.
    package struct Holder: Hashable, Codable, Sendable, CustomStringConvertible {
        /// The host's name.
        package var host: String
        /// The process there.
        package var process: Int32
        /// When that process started, in clock ticks since the host's boot: tells a reused number.
        package var startTicks: UInt64
        /// The Slurm job it runs in; `nil` outside Slurm.
        package var job: UInt32?

        /// This process.
        package static func current(job: UInt32?) -> Holder {
            Holder(
                host: Host.name, process: getpid(), startTicks: Host.startTicks(of: getpid()) ?? 0, job: job
            )
        }

        /// What this machine alone can tell: only of a process of its own.
        package var lifeOnThisHost: Life {
            guard host == Host.name else { return .unknown }
            return Host.startTicks(of: process) == startTicks ? .alive : .gone
        }

        /// `job 4821 on n3` or `process 4711 on n3`.
        package var description: String {
            "\(job.map { "job \($0), " } ?? "")process \(process) on \(host)"
        }
    }

    /// What is known of a holder's life.
    package enum Life: Sendable {
        /// It lives.
        case alive
        /// It is gone.
        case gone
        /// It ran elsewhere, and nobody here can say.
        case unknown
    }

    private let study: StudyDirectory
    private let epoch: Int

    /// Takes the lease.
    ///
    /// - Parameter cluster: whom to ask about the last holder's job.
    /// - Parameter takeOver: takes it from a holder of whom nothing is known.
    /// - Throws: `ControllerError.held` when another holds it.
    package static func take(
        of study: StudyDirectory, by holder: Holder, takeOver: Bool, asking cluster: any Cluster
    ) async throws -> Lease {
        while true {
            let last = try epochs(study).last
            if let last, let other = try self.holder(study, last), !Files.exists(over(study, last)) {
                switch try await life(of: other, asking: cluster, as: holder) {
                case .gone: break
                case .unknown where takeOver: break
                case .alive: throw ControllerError.held(by: other.description, isAlive: true)
                case .unknown: throw ControllerError.held(by: other.description, isAlive: false)
                }
            }
            let epoch = (last ?? 0) + 1
            let path = "\(study.leases)/\(epoch)"
            if try Files.publishExclusively(SpoolJSON.encode(holder), at: path) {
                return Lease(study: study, epoch: epoch)
            }
        }
    }

    /// Who holds the lease of a study now, as far as its files say; `nil` when nobody does.
    package static func holder(of study: StudyDirectory) throws -> Holder? {
        guard let last = try epochs(study).last, !Files.exists(over(study, last)) else { return nil }
        return try holder(study, last)
    }

    /// Whether nobody has taken the lease since. It is asked before each effect.
    package var isHeld: Bool {
        Files.exists("\(study.leases)/\(epoch)") && !Files.exists("\(study.leases)/\(epoch + 1)")
    }

    /// Whether it was given back.
    package var isReleased: Bool { Files.exists(Lease.over(study, epoch)) }

    /// Gives the lease back.
    package func release() throws(FileError) {
        try Files.publish([], at: Lease.over(study, epoch))
    }

    /// The cluster is the authority on a job, and this machine on a process of its own. A job that holds the
    /// lease and asks again was requeued: its earlier process is gone, or on this very machine.
    private static func life(
        of other: Holder, asking cluster: any Cluster, as holder: Holder
    ) async throws -> Life {
        if other.lifeOnThisHost != .unknown { return other.lifeOnThisHost }
        guard let job = other.job else { return .unknown }
        if job == holder.job { return .gone }
        guard let isRunning = try await cluster.isRunning(job: job) else { return .unknown }
        return isRunning ? .alive : .gone
    }

    private static func over(_ study: StudyDirectory, _ epoch: Int) -> String {
        "\(study.leases)/\(epoch).over"
    }

    private static func epochs(_ study: StudyDirectory) throws(FileError) -> [Int] {
        try Files.list(study.leases).compactMap { Int($0) }.sorted()
    }

    private static func holder(_ study: StudyDirectory, _ epoch: Int) throws(SpoolError) -> Holder? {
        do throws(SpoolError) {
            return try SpoolJSON.read("\(study.leases)/\(epoch)", limit: SpoolLimits.recordBytes) as Holder
        } catch {
            if case .file(let failure) = error, failure.isAbsent { return nil }
            throw error
        }
    }
}

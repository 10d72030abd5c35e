import Clusters
import Controller
import Foundation
import Spool
import Store

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What `stune status` shows about a study's controller: whether it runs, and what to do if none does.
struct ControllerView {
    /// Whether a controller runs.
    enum State: String, Encodable {
        /// A controller runs.
        case running
        /// No controller runs.
        case none
        /// A controller holds the study, but whether it runs cannot be seen from here.
        case unknown
    }

    /// Whether a controller runs.
    let state: State
    /// Who holds the study, or held it when it was killed; `nil` if its last controller gave it back.
    let holder: String?
    /// Since when there is none, in seconds since 1970: when the last one gave the study back or, if it was killed,
    /// when its snapshot last shows it alive.
    let since: Double?
    /// The command that resumes the study.
    let resume: String

    /// From the study's files, and from the cluster if only that knows.
    init(_ study: OpenStudy) async throws {
        let presence = try Lease.presence(of: study.directory)
        var isRunning: Bool?
        if case .elsewhere(let holder) = presence { isRunning = try await ControllerView.isRunning(holder) }
        self.init(study, presence, isRunning: isRunning)
    }

    /// What a study's files say; the cluster is not asked.
    init(filesOf study: OpenStudy) throws {
        self.init(study, try Lease.presence(of: study.directory), isRunning: nil)
    }

    /// - Parameter isRunning: whether a controller on another machine runs; `nil`: that is not known.
    private init(_ study: OpenStudy, _ presence: Presence, isRunning: Bool?) {
        resume = study.resumption
        switch presence {
        case .running(let holder): (state, self.holder, since) = (.running, holder.description, nil)
        case .died(let holder):
            (state, self.holder) = (.none, holder.description)
            since = ControllerView.time(of: study.directory.snapshot)
        case .nobody(let file):
            (state, holder) = (.none, nil)
            since = file.flatMap(ControllerView.time)
        case .elsewhere(let holder):
            self.holder = holder.description
            state = isRunning.map { $0 ? .running : .none } ?? .unknown
            since = isRunning == false ? ControllerView.time(of: study.directory.snapshot) : nil
        }
    }

    /// The lines for people; empty while a controller runs.
    func lines(now: Double) -> [String] {
        let ago =
            since.map {
                " since \(Numbers.moment($0)), \(Numbers.duration(seconds: max(0, Int(now - $0)))) ago"
            } ?? ""
        switch state {
        case .running: return []
        case .none:
            let last = holder.map { " (\($0) ended without giving the study back)" } ?? ""
            return [
                "WARNING: no controller runs\(ago)\(last): tasks that run go on, and nothing new is started.",
                "  resume with: \(resume)",
            ]
        case .unknown:
            return [
                "controller: \(holder ?? "unknown"); whether it still runs cannot be seen from this machine.",
                "  If it is gone, resume with: \(resume) --take-over",
            ]
        }
    }

    /// Whether a controller on another machine runs, from Slurm's record of its job; `nil` if not known.
    private static func isRunning(_ holder: Lease.Holder) async throws -> Bool? {
        #if Slurm
            // Without its configuration libslurm would end this process.
            guard let job = holder.job, SlurmAccess.best.isSurelyThere else { return nil }
            do throws(ClusterError) {
                return try await SlurmCluster().isRunning(job: job)
            } catch {
                say("whether job \(job) runs is not known: \(error)")
                return nil
            }
        #else
            return nil
        #endif
    }

    /// When a file was last written, renamed or linked, in seconds since 1970.
    private static func time(of path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
            return Double(status.st_ctim.tv_sec)
        #else
            return Double(status.st_ctimespec.tv_sec)
        #endif
    }
}

extension ControllerView: Encodable {
    private enum Key: CodingKey {
        case state, holder, since, resume
    }

    /// Writes the state and the known facts; `resume` only if certainly no controller runs.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(state, forKey: .state)
        try fields.encodeIfPresent(holder, forKey: .holder)
        try fields.encodeIfPresent(since, forKey: .since)
        if state != .running { try fields.encode(resume, forKey: .resume) }
    }
}

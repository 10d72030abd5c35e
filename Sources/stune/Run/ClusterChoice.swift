import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import StudyFile

/// The cluster that a study runs on.
enum ClusterChoice: String, CaseIterable, ExpressibleByArgument {
    #if Slurm
        /// Slurm, through libslurm if it can be used.
        case slurm
        /// Slurm, through its commands.
        case slurmCommands = "slurm-commands"
    #endif
    /// Processes of this machine.
    case local

    /// Slurm, if this build supports it.
    static var preferred: ClusterChoice {
        #if Slurm
            .slurm
        #else
            .local
        #endif
    }

    /// Where a study runs: the command line decides, then the study file, then where the study began, then files of
    /// defaults.
    ///
    /// - Throws: an exit code of 2 if this build does not support that cluster.
    static func of(asked: ClusterChoice?, _ study: ParsedStudy, begunOn: String?) throws -> ClusterChoice {
        if let asked { return asked }
        let wanted = try study.settings.cluster.map { kind in
            guard let choice = ClusterChoice(rawValue: kind.rawValue) else {
                throw complaint(
                    "this stune has no Slurm, and the study is to run on '\(kind.rawValue)'; use one that has it, or "
                        + "say --cluster local", code: 2)
            }
            return choice
        }
        // A default never moves a study that began elsewhere.
        if !study.named.has("cluster"), let begunOn, let begun = ClusterChoice(rawValue: begunOn),
            wanted?.recordedName != begun.recordedName
        {
            return begun
        }
        return wanted ?? preferred
    }

    /// The name that a study records. Both ways to Slurm lead to the same cluster, and a study may change between them.
    var recordedName: String {
        #if Slurm
            self == .slurmCommands ? ClusterChoice.slurm.rawValue : rawValue
        #else
            rawValue
        #endif
    }

    #if Slurm
        /// How to reach Slurm.
        private var access: SlurmAccess { self == .slurmCommands ? .commands : .best }
    #endif

    /// The intervals that suit this cluster and a study.
    func pace(for spec: StudySpec, _ limits: RequestLimits) -> Pace {
        switch self {
        #if Slurm
            case .slurm, .slurmCommands:
                Pace.slurm(
                    settle: .seconds(spec.settleSeconds), limits, requestsPerLook: access.requestsPerLook)
        #endif
        case .local: .local
        }
    }

    /// What a controller may ask of it; `nil`: this machine sets no limits.
    func obeyed(_ limits: RequestLimits) -> RequestLimits? { self == .local ? nil : limits }

    /// The Slurm job that this process runs in; `nil` outside Slurm.
    static var ownJob: UInt32? {
        ProcessInfo.processInfo.environment["SLURM_JOB_ID"].flatMap(UInt32.init)
    }

    /// The batch job that this process runs in, whose script got the arguments of this command; `nil` outside Slurm.
    var batchJob: (any BatchJob)? {
        #if Slurm
            ClusterChoice.ownJob.map {
                SlurmBatchJob(
                    id: $0, arguments: Array(CommandLine.arguments.dropFirst(2)),
                    script: BatchCommand.argumentsOfOwnScript(), by: access)
            }
        #else
            nil
        #endif
    }

    /// Whether the job's script started this process, or was replaced by it. A shell in an interactive job is no reason
    /// to submit that job again.
    static var isStartedByScript: Bool {
        let script = ProcessInfo.processInfo.environment["SLURM_TASK_PID"].flatMap(Int32.init)
        return script.map { [Host.processID, Host.parentProcessID].contains($0) } ?? false
    }

    /// The cluster for a study.
    func make(for setup: StudySetup) -> any Cluster {
        switch self {
        #if Slurm
            case .slurm, .slurmCommands:
                access.remark.map { say($0) }
                return SlurmCluster(by: access)
        #endif
        case .local:
            return LocalCluster(
                study: setup.directory,
                slots: LocalCluster.processors / Int(setup.spec.batch.cpusPerTask ?? 1))
        }
    }
}

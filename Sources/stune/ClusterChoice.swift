import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import StudyFile

/// Which cluster a study runs on.
enum ClusterChoice: String, CaseIterable, ExpressibleByArgument {
    #if Slurm
        /// Slurm, through libslurm.
        case slurm
    #endif
    /// Processes of this machine.
    case local

    /// Slurm, where this build has it.
    static var preferred: ClusterChoice {
        #if Slurm
            .slurm
        #else
            .local
        #endif
    }

    /// The pace that suits it and a study.
    func pace(for spec: StudySpec) -> Pace {
        switch self {
        #if Slurm
            case .slurm: Pace(poll: Pace.slurmPoll, settle: .seconds(spec.settleSeconds))
        #endif
        case .local: .local
        }
    }

    /// The Slurm job that this process runs in; `nil` outside Slurm.
    static var ownJob: UInt32? {
        ProcessInfo.processInfo.environment["SLURM_JOB_ID"].flatMap(UInt32.init)
    }

    /// The batch job that this process runs in, whose script was given the arguments of this command; `nil`
    /// outside Slurm.
    static var batchJob: (any BatchJob)? {
        #if Slurm
            ownJob.map { SlurmBatchJob(id: $0, arguments: Array(CommandLine.arguments.dropFirst(2))) }
        #else
            nil
        #endif
    }

    /// Whether the script of the job started this process, or became it. A shell in someone's interactive job is
    /// no reason to submit that job once more.
    static var isStartedByScript: Bool {
        let script = ProcessInfo.processInfo.environment["SLURM_TASK_PID"].flatMap(Int32.init)
        return script.map { [Host.processID, Host.parentProcessID].contains($0) } ?? false
    }

    /// The cluster for a study.
    func make(for setup: StudySetup) -> any Cluster {
        switch self {
        #if Slurm
            case .slurm:
                SlurmCluster.missingConfiguration.map { say($0) }
                return SlurmCluster()
        #endif
        case .local:
            return LocalCluster(
                study: setup.directory,
                slots: LocalCluster.processors / Int(setup.spec.batch.cpusPerTask ?? 1))
        }
    }
}

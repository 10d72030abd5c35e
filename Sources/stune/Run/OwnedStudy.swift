import Clusters
import Controller
import Logging
import Spool
import Store
import StudyFile

/// A study that began before and whose lease this process holds, without a study file.
struct OwnedStudy {
    /// The study as it began.
    let setup: StudySetup
    /// The cluster that it runs on.
    let cluster: any Cluster
    /// The lease.
    let lease: Lease
    /// Where warnings go.
    let log: Logger

    /// Takes the lease of a study.
    ///
    /// - Parameter path: a snapshot or a copy of its store.
    /// - Throws: `ControllerError.held` if another controller holds it.
    init(_ study: StudyDirectory, recordedIn path: String) async throws {
        let (recorded, notices) = try Store.openSnapshot(path).read { (try $0.study(), try $0.notices()) }
        guard let recorded else {
            throw complaint("'\(study.path)' holds a store without a study", code: 2)
        }
        let name = notices.first { $0.topic == Notices.cluster }?.text ?? ""
        guard let choice = ClusterChoice(rawValue: name) else {
            throw complaint(
                "the study ran on the cluster '\(name)', which this stune does not have", code: 2)
        }
        let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
        var setup = StudySetup(
            spec: spec, directory: study, workingDirectory: study.path, worker: "",
            pace: choice.pace(for: spec, RequestLimits()), clusterName: choice.recordedName)
        setup.limits = choice.obeyed(RequestLimits())
        self.setup = setup
        cluster = choice.make(for: setup)
        lease = try await Lease.take(
            of: study, by: .current(job: ClusterChoice.ownJob), takeOver: false, asking: cluster)
        var log = Logger(label: "stune") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        self.log = log
    }
}

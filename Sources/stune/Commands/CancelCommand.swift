import ArgumentParser
import Clusters
import Controller
import Foundation
import Logging
import Spool
import Store
import StudyFile

/// `stune cancel`: ends a study.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a study: its tasks are cancelled, and no more are started.",
        discussion: """
            The controller is asked to do it; where none runs, it is done here. What was learned stays: \
            'stune best' and 'stune trials' still answer.

            Example: stune cancel digits.stune
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func run() async throws {
        let study = StudyDirectory(Files.absolute(directory))
        guard try Files.system.exists(Lease.store(of: study)) else {
            throw complaint(
                "'\(study.path)' is not a study's directory; name the one that 'stune run' made", code: 2)
        }
        do throws(SpoolError) {
            try Inbox(study).putCancel()
        } catch {
            throw complaint("\(error)", code: 1)
        }
        do {
            try await actAsController(study)
            answer("cancelled")
        } catch ControllerError.held(let holder, let isAlive) {
            answer(
                isAlive ? "asked \(holder) to cancel" : "asked; \(holder) will cancel when it looks next")
        }
    }

    /// Nobody controls the study: one controller's pass takes the request in and carries it out.
    private func actAsController(_ study: StudyDirectory) async throws {
        let snapshot = try Store.openSnapshot(study.snapshot)
        let (recorded, notices) = try snapshot.read { (try $0.study(), try $0.notices()) }
        guard let recorded else {
            throw complaint("'\(study.path)' holds a store without a study", code: 2)
        }
        let name = notices.first { $0.topic == Notices.cluster }?.text ?? ""
        guard let choice = ClusterChoice(rawValue: name) else {
            throw complaint(
                "the study ran on the cluster '\(name)', which this stune does not have", code: 2)
        }
        let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
        let setup = StudySetup(
            spec: spec, directory: study, workingDirectory: study.path, worker: "",
            pace: choice.pace(for: spec), clusterName: choice.recordedName)
        let cluster = choice.make(for: setup)
        let lease = try await Lease.take(
            of: study, by: .current(job: ClusterChoice.ownJob), takeOver: false, asking: cluster)
        var log = Logger(label: "stune") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        var controller = try await Controller(setup, cluster: cluster, lease: lease, log: log)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
    }

    private func answer(_ text: String) {
        print(json ? "{\"result\":\"\(text)\"}" : text)
    }
}

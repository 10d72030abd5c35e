import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store

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

    /// No controller runs, so this process acts as one for a single pass that takes the request and carries it out.
    private func actAsController(_ study: StudyDirectory) async throws {
        let own = try await OwnedStudy(study, recordedIn: study.snapshot)
        var controller = try await Controller(
            own.setup, cluster: own.cluster, lease: own.lease, log: own.log)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
    }

    private func answer(_ text: String) {
        print(json ? "{\"result\":\"\(text)\"}" : text)
    }
}

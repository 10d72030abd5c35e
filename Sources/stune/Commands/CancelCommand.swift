import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import Tuning

/// `stune cancel`: ends a study.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a study, or trials of it: tasks are cancelled, and no more are started.",
        discussion: """
            The controller is asked to do it; where none runs, it is done here. What was learned stays: \
            'stune best' and 'stune trials' still answer. With numbers of trials only these are cancelled, and the \
            study goes on without them. A study that was cancelled goes on with 'stune run'.

            Example: stune cancel digits.stune

            Exit codes: 0 done; 1 it did not succeed; 2 wrong use, or a trial does not train; 3 the controller has not \
            answered yet.
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "The numbers of trials (default: the whole study).")
    var trials: [Int] = []

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func run() async throws {
        let study = try StudyDirectory.withStore(directory)
        guard trials.isEmpty else {
            return try await RequestDelivery(directory, json: json).ask(
                .wish(.dropped(trials.map { TrialID($0) })))
        }
        if let outcome = try ending(of: study) {
            let words = StatusView.words(outcome).first ?? "it has ended"
            return answer("nothing to cancel: the study is over (\(words))")
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

    /// How a study has ended of which no controller runs; `nil`: it has not, as far as its snapshot says.
    private func ending(of study: StudyDirectory) throws -> StudyOutcome? {
        if case .running = try Lease.presence(of: study) { return nil }
        guard try Files.system.exists(study.snapshot) else { return nil }
        return try Store.openSnapshot(study.snapshot).read { try $0.outcome() }
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

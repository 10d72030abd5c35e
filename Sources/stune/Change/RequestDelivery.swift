import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import StudyFile

/// Asks the controller of a study for something, and tells its answer. Where no controller runs, this process takes the
/// request in.
struct RequestDelivery {
    /// How long an answer is waited for: a controller looks into the inbox several times a second, and may have a
    /// transaction to end.
    static let patience = Duration.seconds(30)

    /// The study.
    let study: StudyDirectory
    /// Whether the answer is told as JSON.
    let json: Bool

    /// A study in a directory.
    ///
    /// - Throws: an exit code of 2 after saying what to do, when there is none.
    init(_ directory: String, json: Bool) throws {
        study = try StudyDirectory.withStore(directory)
        self.json = json
    }

    /// Asks, and tells the answer.
    ///
    /// - Throws: an exit code of 2 where the request was refused, and of 3 where nobody has answered yet.
    func ask(_ kind: Request.Kind) async throws {
        let request = Request(kind)
        do throws(SpoolError) {
            try Inbox(study).put(request)
        } catch {
            throw complaint("\(error)", code: 1)
        }
        do {
            try await actAsController()
        } catch ControllerError.held(let holder, let isAlive) {
            guard let answer = try await answer(to: request, from: isAlive) else {
                RequestDelivery.tell(
                    .waiting, ["asked \(holder), which has not answered yet; it will when it looks next"],
                    json: json)
                throw ExitCode(3)
            }
            return try tell(answer)
        }
        guard let answer = try study.takeAnswer(to: request.id) else {
            throw complaint("the request was not answered; ask again", code: 1)
        }
        try tell(answer)
    }

    /// Nobody controls the study: the request is taken in here, and what follows is left to the next controller.
    private func actAsController() async throws {
        let own = try await OwnedStudy(study, recordedIn: study.snapshot)
        do {
            var controller = try await Controller(
                own.setup, cluster: own.cluster, lease: own.lease, log: own.log)
            try controller.takeInOnly()
            try controller.finish()
        } catch {
            // The next controller finds that this one is gone, whatever becomes of this.
            do { try own.lease.abandon() } catch { say("\(error)") }
            throw error
        }
    }

    /// The answer of the controller that holds the study; `nil`: none came.
    private func answer(to request: Request, from isAlive: Bool) async throws -> Request.Answer? {
        let clock = ContinuousClock()
        let end = clock.now + (isAlive ? RequestDelivery.patience : .seconds(5))
        while clock.now < end {
            if let answer = try study.takeAnswer(to: request.id) { return answer }
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    // MARK: Telling

    /// What became of a request.
    enum Result: String, Encodable {
        case granted, refused, waiting
    }

    private struct Line: Encodable {
        var result: Result
        var lines: [String]
    }

    private func tell(_ answer: Request.Answer) throws {
        RequestDelivery.tell(answer.granted ? .granted : .refused, answer.lines, json: json)
        if !answer.granted { throw ExitCode(2) }
    }

    /// Prints what became of a request, and what was said of it.
    static func tell(_ result: Result, _ lines: [String], json: Bool) {
        if json {
            print((try? StoreJSON.text(Line(result: result, lines: lines))) ?? "{}")
        } else if result == .granted {
            for line in lines { print(line) }
        } else {
            for line in lines { say(line) }
        }
    }
}

import Spool
import Tuning

/// The answers file of an attempt, as its command reads it. The worker appends to it.
struct Answers {
    private let path: String
    private let attempt: String

    init(_ path: String, to attempt: String) { (self.path, self.attempt) = (path, attempt) }

    /// The target set by the last answer; `nil` if no answer has set one.
    var newestTarget: Int? { all.last { $0.to != nil }?.to }

    /// Waits for the answer at a resource; `nil` if none has come and none will, because the worker is gone.
    func answer(at resource: Int) async -> AnswerLine? {
        let start = ContinuousClock.now
        var pause = WorkerLimits.answerPause.first
        while ContinuousClock.now - start < WorkerLimits.answerWait {
            if let answer = all.last(where: { $0.resource == resource }) { return answer }
            // Wait even if cancelled: the command has nothing else to do.
            try? await Task.sleep(for: pause)
            pause = Looks.pause(after: pause, atMost: WorkerLimits.answerPause.longest)
        }
        return nil
    }

    /// The answers so far. The first answer creates the file.
    private var all: [AnswerLine] {
        let limit = SpoolLimits.reportsFileBytes
        guard let bytes = try? Files.system.read(path, limit: limit) else { return [] }
        // The last line may be incomplete.
        return bytes.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? SpoolJSON.decode(from: Array($0)) }
            .filter { (line: AnswerLine) in line.attempt == attempt }
    }
}

/// A line of the answers file.
struct AnswerLine: Codable {
    /// The attempt that the command works on, as its environment names it. The command may have worked on others
    /// before.
    let attempt: String
    /// The resource where the command waits.
    private(set) var resource: Int?
    /// The resource to train to; `nil` to leave.
    private(set) var to: Int?
    /// Whether to save before leaving.
    private(set) var save: Bool?
    /// The environment of another trial, for a command that asked for one; `null` if there is none.
    private(set) var next: [String: String]??

    /// Tells a command that waits at a resource to train on to another.
    static func goOn(_ attempt: Turn, at resource: Int, to target: Resource) -> AnswerLine {
        AnswerLine(attempt: attempt.description, resource: resource, to: target.units)
    }

    /// Tells a command that waits at a resource to leave.
    static func release(_ attempt: Turn, at resource: Int, save: Bool) -> AnswerLine {
        AnswerLine(attempt: attempt.description, resource: resource, save: save)
    }

    /// Gives a command that asked for more the environment of a trial, or says that there is none.
    static func more(after attempt: Turn, _ variables: [String: String]?) -> AnswerLine {
        AnswerLine(attempt: attempt.description, next: .some(variables))
    }
}

import Spool
import Tuning

/// The answers to an attempt in the file that its worker appends them to, as the command reads it.
struct Answers {
    private let path: String
    private let attempt: String

    init(_ path: String, to attempt: String) { (self.path, self.attempt) = (path, attempt) }

    /// The target that the last answer has set; `nil`: none has.
    var newestTarget: Int? { all.last { $0.to != nil }?.to }

    /// Waits for the answer at a resource; `nil`: none has come, and none will: the worker is gone.
    func answer(at resource: Int) async -> AnswerLine? {
        let start = ContinuousClock.now
        var pause = WorkerLimits.answerPause.first
        while ContinuousClock.now - start < WorkerLimits.answerWait {
            if let answer = all.last(where: { $0.resource == resource }) { return answer }
            // Cancelled or not, the command has nothing else to do.
            try? await Task.sleep(for: pause)
            pause = Looks.pause(after: pause, atMost: WorkerLimits.answerPause.longest)
        }
        return nil
    }

    /// The answers that are there. The file is made with the first one.
    private var all: [AnswerLine] {
        let limit = SpoolLimits.reportsFileBytes
        guard let bytes = try? Files.system.read(path, limit: limit) else { return [] }
        // The last line may still be on its way.
        return bytes.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? SpoolJSON.decode(from: Array($0)) }
            .filter { (line: AnswerLine) in line.attempt == attempt }
    }
}

/// A line of the answers file.
struct AnswerLine: Codable {
    /// The attempt that the command carries out, as its environment names it: a command may have carried out others.
    let attempt: String
    /// The resource where the command waits.
    private(set) var resource: Int?
    /// The resource to train to; `nil`: it is to leave.
    private(set) var to: Int?
    /// Whether it is to save before it leaves.
    private(set) var save: Bool?
    /// The environment of another trial, for a command that has asked for one; `null` where there is none.
    private(set) var next: [String: String]??

    /// A command that waits at a resource trains on to another.
    static func goOn(_ attempt: Turn, at resource: Int, to target: Resource) -> AnswerLine {
        AnswerLine(attempt: attempt.description, resource: resource, to: target.units)
    }

    /// A command that waits at a resource leaves.
    static func release(_ attempt: Turn, at resource: Int, save: Bool) -> AnswerLine {
        AnswerLine(attempt: attempt.description, resource: resource, save: save)
    }

    /// A command that asks for more has this trial, or none.
    static func more(after attempt: Turn, _ variables: [String: String]?) -> AnswerLine {
        AnswerLine(attempt: attempt.description, next: .some(variables))
    }
}

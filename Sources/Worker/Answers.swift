import Spool

/// The file that a worker appends its answers to, as the command reads it.
struct Answers {
    private let path: String

    init(_ path: String) { self.path = path }

    /// What a command that waits at a resource is told.
    struct Answer: Decodable {
        /// The resource where it waits.
        var resource: Int
        /// The resource to train to; `nil`: it is to leave.
        var to: Int?
    }

    /// The target that the last answer has set; `nil`: none has.
    var newestTarget: Int? { all.last { $0.to != nil }?.to }

    /// Waits for the answer at a resource; `nil`: none has come, and none will: the worker is gone.
    func answer(at resource: Int) async -> Answer? {
        let start = ContinuousClock.now
        var pause = WorkerLimits.answerPause.first
        while ContinuousClock.now - start < WorkerLimits.answerWait {
            if let answer = all.last(where: { $0.resource == resource }) { return answer }
            // Cancelled or not, the command has nothing else to do.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.answerPause.longest)
        }
        return nil
    }

    /// The answers that are there. The file is made with the first one.
    private var all: [Answer] {
        guard let bytes = try? Files.system.read(path, limit: SpoolLimits.letterBytes) else { return [] }
        // The last line may still be on its way.
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? SpoolJSON.decode(from: Array($0))
        }
    }
}

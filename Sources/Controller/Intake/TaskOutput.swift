import Clusters
import Dispatching
import Spool
import Tuning

/// What the output of a task says about a worker that left no word: that it is not there, that it cannot run on its
/// node, or what it said itself before it ended.
enum TaskOutput {
    /// How much of the end of an output is looked at, in bytes.
    private static let tailBytes = 4096
    /// The longest sentence that is taken over, in characters.
    private static let longest = 300

    /// The last sentence about the worker in an output: by the task's script ("stune: …"), by the worker, or by the
    /// shell or loader that could not run it. What the user's setup printed is no such sentence.
    static func sentence(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        let own = "stune: "
        // A line of the setup that is announced tells of no trouble.
        let isSentence = { (line: Substring) in
            line.hasPrefix(own) && !line.hasPrefix("stune: setup, ") || line.contains("stune-worker: ")
        }
        guard let line = lines.last(where: isSentence) else { return nil }
        let words = line.hasPrefix(own) ? line.dropFirst(own.count) : line
        // It goes to terminals: no control characters.
        let printable = words.unicodeScalars.filter { $0.value >= 32 && !(127...159).contains($0.value) }
        return String(String(String.UnicodeScalarView(printable)).prefix(longest))
    }

    /// The sentence in the output of a task; `nil` as well when nobody can read that output, since words are all that
    /// is lost with it.
    static func sentence(of task: TaskID, in study: StudyDirectory) -> String? {
        guard let bytes = try? Files.readTail("\(study.logs)/\(task).out", bytes: tailBytes) else {
            return nil
        }
        return sentence(in: String(decoding: bytes, as: UTF8.self))
    }
}

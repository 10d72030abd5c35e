import Clusters
import Dispatching
import Spool
import Tuning

/// What a task's output says about a worker that sent no last message: that it is missing, that it cannot run on its
/// node, or what it printed before it ended.
enum TaskOutput {
    /// How many bytes at the end of an output to read.
    private static let tailBytes = 4096
    /// The longest sentence to use, in characters.
    private static let longest = 300

    /// The last sentence about the worker in an output: from the task's script ("stune: …"), from the worker, or from
    /// the shell or loader that could not run it. The output of the user's setup does not count.
    static func sentence(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        let own = "stune: "
        // A line that announces a setup line is not about trouble.
        let isSentence = { (line: Substring) in
            line.hasPrefix(own) && !line.hasPrefix("stune: setup, ") || line.contains("stune-worker: ")
        }
        guard let line = lines.last(where: isSentence) else { return nil }
        let words = line.hasPrefix(own) ? line.dropFirst(own.count) : line
        // It is shown on terminals, so it must not have control characters.
        let printable = words.unicodeScalars.filter { $0.value >= 32 && !(127...159).contains($0.value) }
        return String(String(String.UnicodeScalarView(printable)).prefix(longest))
    }

    /// The sentence in the output of a task; also `nil` if that output cannot be read, because only words are lost with
    /// it.
    static func sentence(of task: TaskID, in study: StudyDirectory) -> String? {
        guard let bytes = try? Files.readTail("\(study.logs)/\(task).out", bytes: tailBytes) else {
            return nil
        }
        return sentence(in: String(decoding: bytes, as: UTF8.self))
    }
}

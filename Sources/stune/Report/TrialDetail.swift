import Foundation
import Report
import Spool
import Store
import Tuning

/// All that there is to tell of a trial: what `stune show --json` prints, the end of its output, and how to train it again.
struct TrialDetail: Encodable {
    /// The end of what an attempt has printed.
    struct Output: Encodable {
        /// The attempt's number, as `stune logs --attempt` takes it.
        var attempt: Int
        /// `stdout` or `stderr`.
        var stream: String
        /// The text; bytes that are no UTF-8 are replaced.
        var text: String
        /// Whether there is more before it.
        var isCut: Bool
        /// The command that prints all of it.
        var command: String
    }

    private let story: TrialStory
    /// Of the newest attempt that has a directory: what it has printed, if anything.
    private let outputs: [Output]
    /// The commands that print the same, and that train it again, as far as there is one.
    private let show: String
    private let again: String?

    /// The detail of a trial.
    init(_ row: StoreReader.TrialRow, _ study: OpenStudy, _ reader: StoreReader) throws {
        let story = try TrialStory(row, study, reader)
        self.story = story
        let place = "\(Shell.quoted(study.path)) \(row.trial)"
        show = "stune show \(place)"
        again = try Repetition(of: row, in: study).command
        guard let number = story.attempts.lastIndex(where: { !$0.directory.isEmpty }) else {
            outputs = []
            return
        }
        outputs = try ["stdout", "stderr"].compactMap { stream in
            let output = PrintedOutput("\(story.attempts[number].directory)/\(stream)", in: study.directory)
            let (bytes, isCut) = try output.end(ReportLimits.outputBytes)
            if bytes.isEmpty { return nil }
            let option = stream == "stderr" ? " --stderr" : ""
            return Output(
                attempt: number + 1, stream: stream, text: String(decoding: bytes, as: UTF8.self),
                isCut: isCut, command: "stune logs \(place) --attempt \(number + 1)\(option)")
        }
    }
}

import Store
package import Tuning

/// How attempts ended, in the few kinds that a picture has colours for.
enum EndingKind: Int, CaseIterable {
    case finished, running, left, crashed, lost, unusable

    /// What a legend says.
    var words: String {
        switch self {
        case .finished: "finished"
        case .running: "running"
        case .left: "told to leave"
        case .crashed: "crashed"
        case .lost: "no word of its worker"
        case .unusable: "not started, or nothing to use"
        }
    }

    /// The kind of an attempt.
    init(_ span: StoreReader.SpanRow) {
        switch span.ending {
        case nil: self = span.isOpen ? .running : .lost
        case .finished, .wentOn, .paused: self = .finished
        case .left, .givenBack: self = .left
        case .exited, .signalled, .crashedLeaving: self = .crashed
        case .notStarted, .noReport, .badReport, .setupFailed: self = .unusable
        }
    }
}

extension StoreReader.SpanRow {
    /// How the attempt ended, in words that are the same for all that ended alike.
    var cause: String {
        switch ending {
        case nil: isOpen ? "running" : "its worker left no word (time limit, failed node, cancelled)"
        case .finished: "finished"
        case .exited(let code): "the command exited with code \(code)"
        case .signalled(let number): "signal \(number) ended the command"
        case .notStarted: "the command could not be started"
        case .left: "it was told to leave, and left"
        case .noReport: "the command reported nothing"
        case .badReport: "its reports cannot be used"
        case .wentOn: "the same process went on with the next assignment"
        case .paused: "paused at its target"
        case .givenBack: "given back before it was begun"
        case .setupFailed: "the task's setup failed"
        case .crashedLeaving: "it was told to leave, and crashed"
        }
    }
}

extension StudyOutcome {
    /// How the study ended, in a word for programs. A study that one of its own stop conditions ended is complete.
    package var state: String {
        switch self {
        case .completed, .stopped: "complete"
        case .cancelled: "cancelled"
        case .refused: "refused"
        case .tooManyFailures: "failed"
        }
    }
}

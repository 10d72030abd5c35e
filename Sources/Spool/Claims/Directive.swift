package import Tuning

/// The answer to a waiting worker: one file name for each question, which either side may create with link(2).
///
/// The controller creates it to answer; the worker creates it to stop waiting. Exactly one wins (H9), so a promotion is
/// either continued in place or started in a new process, never both and never neither.
package enum Directive: Hashable, Sendable {
    /// The version of the format that this code writes, and the only one that it reads.
    package static let version = 1

    /// What a worker asks.
    package enum Question: String, Hashable, Sendable {
        /// What its command is to do now that the trial has a result.
        case rung
        /// Other work.
        case work
    }

    /// The trial continues in the same process, to this rung and resource.
    case goOn(rung: Int, to: Resource)
    /// The command is to leave; `save`: after it has saved what it has learned.
    case release(save: Bool)
    /// The worker takes these assignments, one after the other; at least one.
    case next([Manifest.Entry])
    /// There is no more work; the worker leaves.
    case leave
    /// The worker has stopped waiting; it writes this itself.
    case gone

    /// Answers a question about an attempt.
    ///
    /// - Returns: the answer that came first: this one, or the other side's.
    /// - Throws: as `standing`; also `SpoolError.file` if another answer exists but is not visible yet.
    package func give(
        to question: Question, of attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> Directive {
        let path = study.directive(attempt, question)
        do throws(FileError) {
            if try study.files.publishExclusively(SpoolJSON.encode(self), at: path) { return self }
        } catch {
            throw .file(error)
        }
        return try Directive.read(question, of: attempt, in: study)
    }

    /// The answer to a question about an attempt; `nil` if none is visible (yet).
    ///
    /// - Throws: `SpoolError.file` if it cannot be read, `.malformed` if the file is not an answer of this version.
    package static func standing(
        to question: Question, of attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> Directive? {
        do throws(SpoolError) {
            return try read(question, of: attempt, in: study)
        } catch {
            if case .file(let failure) = error, failure.isAbsent { return nil }
            throw error
        }
    }

    private static func read(
        _ question: Question, of attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> Directive {
        try SpoolJSON.read(
            study.directive(attempt, question), on: study.files, limit: SpoolLimits.manifestBytes)
    }
}

extension Directive: Codable {
    private enum Key: String, CodingKey {
        case version, answer, rung, to, save, entries
    }

    /// The values of the field `answer`.
    private enum Word: String, Codable {
        case goOn, release, next, leave, gone
    }

    /// Reads an answer.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        guard try fields.decode(Int.self, forKey: .version) == Directive.version else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: fields, debugDescription: "this reads format \(Directive.version)")
        }
        switch try fields.decode(Word.self, forKey: .answer) {
        case .goOn:
            self = .goOn(
                rung: try fields.decode(Int.self, forKey: .rung),
                to: try fields.decode(Resource.self, forKey: .to))
        case .release: self = .release(save: try fields.decode(Bool.self, forKey: .save))
        case .next:
            let entries = try fields.decode([Manifest.Entry].self, forKey: .entries)
            guard !entries.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .entries, in: fields, debugDescription: "there is no work in it")
            }
            self = .next(entries)
        case .leave: self = .leave
        case .gone: self = .gone
        }
    }

    /// Writes an answer.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(Directive.version, forKey: .version)
        switch self {
        case .goOn(let rung, let to):
            try fields.encode(Word.goOn, forKey: .answer)
            try fields.encode(rung, forKey: .rung)
            try fields.encode(to, forKey: .to)
        case .release(let save):
            try fields.encode(Word.release, forKey: .answer)
            try fields.encode(save, forKey: .save)
        case .next(let entries):
            try fields.encode(Word.next, forKey: .answer)
            try fields.encode(entries, forKey: .entries)
        case .leave: try fields.encode(Word.leave, forKey: .answer)
        case .gone: try fields.encode(Word.gone, forKey: .answer)
        }
    }
}

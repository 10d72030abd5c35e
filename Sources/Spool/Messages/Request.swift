package import Tuning

/// What a user asks of the controller by a letter, and what names the letter: one that is read twice is granted once.
package struct Request: Hashable, Sendable {
    /// The name, which nobody else draws: 1 to 64 letters and digits.
    package var id: String
    /// What is asked for.
    package var kind: Kind

    /// What is asked for.
    package enum Kind: Hashable, Codable, Sendable {
        /// Something that the core knows of.
        case wish(Wish.Kind)
        /// Parts of the study file have changed.
        case change(FileChange)
    }

    /// Parts of a study file that have changed.
    package struct FileChange: Hashable, Codable, Sendable {
        /// The paths of the parts, as `slurm.time`.
        package var paths: [String]
        /// The study that the changed file describes, as JSON.
        package var spec: String
        /// The text of the file, if it is to be kept as the study's own; `nil`: that stays as it is.
        package var text: String?

        /// A change from its parts.
        package init(paths: [String], spec: String, text: String? = nil) {
            self.paths = paths
            self.spec = spec
            self.text = text
        }
    }

    /// A request with a name that nobody else draws, unless one is given.
    package init(id: String? = nil, _ kind: Kind) {
        self.id = id ?? String(UInt64.random(in: .min ... .max), radix: 16)
        self.kind = kind
    }

    /// What the controller has answered.
    package struct Answer: Hashable, Codable, Sendable {
        /// Whether it was granted. If not, nothing has changed.
        package var granted: Bool
        /// What has changed, or why it was not granted, a line each.
        package var lines: [String]

        /// An answer from its parts.
        package init(granted: Bool, lines: [String]) { (self.granted, self.lines) = (granted, lines) }
    }
}

extension Request: Codable {
    private enum Key: CodingKey {
        case version, type, id, kind
    }

    /// Reads a request.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        id = try fields.decode(String.self, forKey: .id)
        guard (1...64).contains(id.utf8.count),
            id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .id, in: fields, debugDescription: "the id is not 1 to 64 letters and digits")
        }
        kind = try fields.decode(Kind.self, forKey: .kind)
    }

    /// Writes a request.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(1, forKey: .version)
        try fields.encode("request", forKey: .type)
        try fields.encode(id, forKey: .id)
        try fields.encode(kind, forKey: .kind)
    }
}

extension StudyDirectory {
    /// What the controller has answered to users.
    package var answers: String { "\(spool)/answers" }

    /// The answer to a request.
    package func answer(to id: String) -> String { "\(answers)/\(id).json" }

    /// Publishes the answer to a request. Few are kept that nobody has taken.
    package func publish(_ answer: Request.Answer, to id: String) throws(FileError) {
        try files.createDirectory(answers)
        let names = try files.list(answers)
        for name in names.prefix(max(0, names.count - SpoolLimits.answers)) {
            try files.remove("\(answers)/\(name)")
        }
        try files.publish(SpoolJSON.encode(answer), at: self.answer(to: id))
    }

    /// Takes the answer to a request; `nil`: there is none yet.
    package func takeAnswer(to id: String) throws(SpoolError) -> Request.Answer? {
        let path = answer(to: id)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.readOwn(path, limit: SpoolLimits.letterBytes)
        } catch {
            if error.isAbsent { return nil }
            throw .file(error)
        }
        guard let answer = try? SpoolJSON.decode(Request.Answer.self, from: bytes) else {
            throw .malformed(path: path, reason: "it is no answer")
        }
        do throws(FileError) { try files.remove(path) } catch { throw .file(error) }
        return answer
    }
}

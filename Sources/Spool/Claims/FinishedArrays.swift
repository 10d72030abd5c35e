package import Tuning

/// The arrays of which nothing can be wanted any more: all their work is over, and so are their tasks. Their manifests,
/// claims and answers are removed; a task of one that starts all the same finds it here, and leaves.
package enum FinishedArrays {
    /// The tokens, as the controller has written them last.
    package static func tokens(in study: StudyDirectory) throws(FileError) -> Set<ArrayToken> {
        Set(
            try text(study).split(separator: UInt8(ascii: "\n")).compactMap { line in
                ArrayToken(String(decoding: line, as: UTF8.self))
            })
    }

    /// Says so of these arrays, which are all that there are.
    package static func publish(
        _ tokens: Set<ArrayToken>, in study: StudyDirectory
    ) throws(FileError) {
        let lines = tokens.map(\.digits).sorted().map { "\($0)\n" }.joined()
        try study.files.publish(Array(lines.utf8), at: study.finished)
    }

    /// Whether an array is one of them.
    package static func contains(
        _ token: ArrayToken, in study: StudyDirectory
    ) throws(FileError) -> Bool {
        try text(study).firstRange(of: Array(token.digits.utf8)) != nil
    }

    private static func text(_ study: StudyDirectory) throws(FileError) -> [UInt8] {
        do throws(FileError) {
            return try study.files.readOwn(study.finished, limit: SpoolLimits.finishedBytes)
        } catch  where error.isAbsent { return [] }
    }
}

package import Tuning

/// Arrays that need nothing more: all their work and all their tasks are over. Their manifests, claims and answers are
/// removed. A task of such an array that starts late finds its array here and leaves.
package enum FinishedArrays {
    /// The tokens of these arrays, as the controller last wrote them.
    package static func tokens(in study: StudyDirectory) throws(FileError) -> Set<ArrayToken> {
        Set(
            try text(study).split(separator: UInt8(ascii: "\n")).compactMap { line in
                ArrayToken(String(decoding: line, as: UTF8.self))
            })
    }

    /// Writes the complete list of these arrays.
    package static func publish(
        _ tokens: Set<ArrayToken>, in study: StudyDirectory
    ) throws(FileError) {
        let lines = tokens.map(\.digits).sorted().map { "\($0)\n" }.joined()
        try study.files.publish(Array(lines.utf8), at: study.finished)
    }

    /// Whether an array is on the list.
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

package import Tuning

/// What stune writes into a job's comment: the array's token, and the study's directory.
///
/// With the job's name it is the second of two places that tell whose array a job is, since a site's submit
/// plugin may rewrite one; and it is how `stune status` finds studies in the queue.
package struct JobComment: Hashable, Sendable, CustomStringConvertible {
    private static let mark = "stune:"

    /// The array's token.
    package let token: ArrayToken
    /// The absolute path of the study's directory.
    package let studyDirectory: String

    /// A comment from its parts.
    package init(token: ArrayToken, studyDirectory: String) {
        self.token = token
        self.studyDirectory = studyDirectory
    }

    /// Reads a job's comment, behind whatever the user wrote before; `nil` when it is none of ours.
    package init?(_ comment: String) {
        // The last mark that a token follows: the user's words before it, and the directory after it, may
        // have the same letters.
        for mark in comment.ranges(of: JobComment.mark).reversed() {
            let rest = comment[mark.upperBound...]
            guard let colon = rest.firstIndex(of: ":"), let token = ArrayToken(String(rest[..<colon]))
            else { continue }
            self.token = token
            studyDirectory = String(rest[rest.index(after: colon)...])
            return
        }
        return nil
    }

    /// `stune:0123456789abcdef:/scratch/me/digits.stune`
    package var description: String { "\(JobComment.mark)\(token):\(studyDirectory)" }
}

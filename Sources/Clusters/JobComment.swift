package import Tuning

/// The comment that stune gives a job: the array's token and the study's directory.
///
/// The job's name has the token, too, because a site's submit plugin may rewrite one of the two. `stune status` uses
/// the comment to find studies in the queue.
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

    /// Reads a job's comment, after any text of the user; `nil` if it is not one of stune's.
    package init?(_ comment: String) {
        // Take the last mark that a token follows: the user's words before it and the directory after it may contain
        // the same letters.
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

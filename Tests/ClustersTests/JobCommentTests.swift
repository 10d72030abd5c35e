import Clusters
import Spool
import Testing
import Tuning

/// The text in a job's comment that identifies its array.
struct JobCommentTests {
    private static let digits = "0123456789abcdef"

    @Test(arguments: [
        "/scratch/me/digits.stune", "/with a space", "/with:colons:", "/in ünïcode", "/of stune:old",
        "/of stune:/new", "/a 'quote' and \"two\"", "/100%", "",
    ]) func `a comment is read as it was written`(directory: String) throws {
        let token = try #require(ArrayToken(JobCommentTests.digits))
        let comment = JobComment(token: token, studyDirectory: directory)
        #expect(comment.description == "stune:\(JobCommentTests.digits):\(directory)")
        #expect(JobComment(comment.description) == comment)
    }

    @Test(arguments: ["", "mine ", "see stune: the manual ", "stune:0:", "a: b: ", "stune:"])
    func `the user's words may stand before it`(words: String) throws {
        let token = try #require(ArrayToken(JobCommentTests.digits))
        let comment = JobComment(token: token, studyDirectory: "/scratch/me")
        #expect(JobComment(words + comment.description) == comment)
    }

    @Test(arguments: [
        "", "x", "stune", "stune:", "stune::", "stune:0123456789abcdef", "stune:0123456789abcde:/a",
        "stune:0123456789abcdef0:/a", "stune:0123456789ABCDEF:/a", "stune: 0123456789abcdef:/a",
        "Stune:0123456789abcdef:/a", "0123456789abcdef:/a", "stune:0123456789abcdeg:/a",
    ]) func `any other comment is none of ours`(comment: String) {
        #expect(JobComment(comment) == nil)
    }
}

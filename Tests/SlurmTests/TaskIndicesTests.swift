import Slurm
import Testing

/// Slurm's texts for sets of task indices.
struct TaskIndicesTests {
    @Test(arguments: [
        ("0", [0]), ("0-3", [0, 1, 2, 3]), ("3,17", [3, 17]), ("3,17,942", [3, 17, 942]),
        ("1-7:2", [1, 3, 5, 7]), ("1-8:3", [1, 4, 7]), ("0-3%2", [0, 1, 2, 3]), ("3,17%1", [3, 17]),
        ("0-1,5,7-9:2", [0, 1, 5, 7, 9]), ("4-4", [4]), ("4:2", [4]), ("17,3", [17, 3]),
        ("9223372036854775807", [Int.max]),
    ]) func `a set of indices is read as Slurm means it`(text: String, values: [Int]) {
        #expect(TaskIndices(text)?.values == values)
    }

    @Test func `a range has all its indices`() {
        #expect(TaskIndices("0-9")?.values == Array(0...9))
    }

    @Test(arguments: [
        "", ",", "1,", ",1", "a", "1-", "-1", "-", "3-1", "1-2-3", "1:2:3", "1-7:", "1-7:0", "1-7:-2",
        "1-7:a", "%4", "1 - 2", "N/A", "1,2,...", "0-9223372036854775807", "0-4000000",
        "0-3999999,0-3999999", "9223372036854775808", "0x10", "٣",
    ]) func `a text that is no set of indices is refused`(text: String) {
        #expect(TaskIndices(text) == nil)
    }

    @Test(arguments: [[0], [3, 17, 942], Array(0...99), Array(stride(from: 0, to: 1000, by: 2))])
    func `what is written is read again`(values: [Int]) {
        #expect(TaskIndices(TaskIndices.text(values))?.values == values)
    }

    @Test(arguments: [
        ("/scratch/me", "/scratch/me"), ("/a b/ü", "/a b/ü"), ("/100%", "/100%%"), ("/%A_%a", "/%%A_%%a"),
        ("/%%", "/%%%%"), ("/a\\b", "/a\\\\b"), ("/\\%", "/\\\\%%"), ("", ""),
    ]) func `what is special in a pattern is doubled in a literal path`(path: String, pattern: String) {
        #expect(SlurmSubmission.literal(path) == pattern)
    }
}

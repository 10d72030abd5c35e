import Testing

@testable import Spool

struct LinePatternTests {
    static let matches: [(pattern: String, line: String, groups: [String: String]?)] = [
        (
            #"step (?<n>\d+) loss=(?<loss>\S+)"#, "[12:00] step 17 loss=0.25 lr=1",
            ["n": "17", "loss": "0.25"]
        ),
        (#"(?P<n>\d+)"#, "a 12 b 34", ["n": "12"]),
        (#"^(?<n>\d+)$"#, "12", ["n": "12"]), (#"^(?<n>\d+)$"#, " 12", nil), (#"^(?<n>\d+)$"#, "12 ", nil),
        (#"(?<a>a+)(?<b>a*)"#, "aaa", ["a": "aaa", "b": ""]),
        (#"(?<a>a+?)(?<b>a*)"#, "aaa", ["a": "a", "b": "aa"]),
        (#"(?<a>cat|category)"#, "category", ["a": "cat"]),
        (#"(?<a>x)|(?<b>y)"#, "zy", ["b": "y"]),
        (#"(?<v>[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?\d+)?)"#, "v: -1.5e-3,", ["v": "-1.5e-3"]),
        (#"(?<v>[^,]+),"#, "a b,c", ["v": "a b"]), (#"(?<v>[\w.]+)"#, "(a.1)", ["v": "a.1"]),
        (#"[]x](?<v>.)"#, "]9", ["v": "9"]), (#"(?<v>[a\-z]+)"#, "b-a-z", ["v": "-a-z"]),
        (#"(?i)LOSS: (?<v>[a-f]+)"#, "Loss: ABc", ["v": "ABc"]),
        (#"\bacc (?<v>\d{2,3})\b"#, "xacc 12 acc 1234 acc 123", ["v": "123"]),
        (#"(?<v>ü.)"#, "aüöb", ["v": "üö"]), (#"\x41(?<v>\t)"#, "A\t", ["v": "\t"]),
        (#"(?<v>(?:ab)*)c"#, "xababc", ["v": "abab"]), (#"(?<v>(?:a*)*)b"#, "aab", ["v": "aa"]),
        (#"(?<v>a{3})"#, "aaaa", ["v": "aaa"]), (#"(?<v>a{2,})"#, "aaaa", ["v": "aaaa"]),
        (#"\D(?<v>\d)\S"#, "12a3b", ["v": "3"]), (#"(?<v>[\D])"#, "1x", ["v": "x"]), ("", "any", [:]),
    ]

    @Test(arguments: matches)
    func `an expression finds what Python and Perl find`(
        pattern: String, line: String, groups: [String: String]?
    ) throws {
        #expect(try LinePattern(pattern).groups(in: Array(line.utf8)) == groups)
    }

    @Test(
        arguments: [
            ("(a", 0, "a '(' is never closed"), ("a)", 1, "a ')' closes nothing"),
            ("[a", 0, "a '[' is never closed"), ("x*+", 2, "two signs repeat the same thing"),
            ("+a", 0, "there is nothing before '+' to repeat"),
            (#"(?<n>a)\1"#, 7, #"'\1' refers back to a group"#),
            ("a(?=b)", 1, "'(?=' looks around"), ("(?<!a)b", 0, "'(?<!' looks around"),
            ("(?<1a>b)", 0, "the group has no name"), ("(?<a>b)(?<a>c)", 7, "two groups have the name 'a'"),
            (#"\q"#, 0, #"there is no '\q'"#), (#"a\"#, 1, #"it ends with a '\'"#),
            ("[z-a]", 1, "the range is empty"),
            ("a{3,1}", 1, "a repetition has numbers"), ("loss={", 5, "a '{' is not a repetition"),
            (#"\xg1"#, 0, #"'\x' needs two hexadecimal digits"#), ("a{1000}{1000}", 7, "two signs repeat"),
        ])
    func `what is no expression is refused with its place`(pattern: String, offset: Int, problem: String) {
        let error = #expect(throws: LinePattern.Invalid.self) { try LinePattern(pattern) }
        #expect(error?.offset == offset)
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
        #expect(error?.fix.isEmpty == false)
    }

    @Test func `one that would be too large is refused`() {
        #expect(throws: LinePattern.Invalid.self) { try LinePattern("(?:(?:a{100}){100}){100}") }
        #expect(throws: LinePattern.Invalid.self) { try LinePattern(String(repeating: "(", count: 10_000)) }
    }

    @Test func `no expression takes for ever on a line that does not match`() throws {
        let line = Array(String(repeating: "a", count: 3_000).utf8)
        for pattern in [#"(?<v>(?:a+)+)$[xy]"#, #"(?<v>(?:a|aa)*)[bc]"#, #"(?<v>(?:.*a){8})[!?]"#] {
            let clock = ContinuousClock()
            let expression = try LinePattern(pattern)
            var groups: [String: String]? = [:]
            let time = clock.measure { groups = expression.groups(in: line) }
            #expect(groups == nil)
            // A backtracking matcher would need longer than the age of the universe.
            #expect(time < .seconds(60), "\(pattern)")
        }
    }
}

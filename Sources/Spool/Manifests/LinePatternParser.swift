/// Parses a regular expression as in Python and Perl: characters, classes, groups, repetitions and anchors.
struct LinePatternParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    /// The names of the groups found so far.
    private(set) var names: [String] = []
    /// Whether letters match both cases: `(?i)` at the front.
    private(set) var ignoresCase = false

    /// How deep groups may nest.
    private static let depthLimit = 32
    /// The greatest repetition count.
    private static let repetitionLimit = 1_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(LinePattern.Invalid) -> LinePattern.Node {
        if takes("(?i)") { ignoresCase = true }
        let node = try choice()
        guard place == scalars.count else {
            throw wrong("a ')' closes nothing", "write '\\)' for the character itself")
        }
        return node
    }

    // MARK: The grammar

    private mutating func choice() throws(LinePattern.Invalid) -> LinePattern.Node {
        var branches = [try sequence()]
        while takes("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(LinePattern.Invalid) -> LinePattern.Node {
        var nodes: [LinePattern.Node] = []
        while let next = peek, next != "|", next != ")" {
            let start = place
            let node = try atom()
            nodes.append(try repetition(of: node, from: start))
        }
        return .sequence(nodes)
    }

    private mutating func atom() throws(LinePattern.Invalid) -> LinePattern.Node {
        let scalar = scalars[place]
        place += 1
        switch scalar {
        case "(": return try group()
        case "[": return .scalar(try bracket())
        case ".": return .scalar(.anything)
        case "^": return .check(.start)
        case "$": return .check(.end)
        case "\\": return try escape()
        case "*", "+", "?":
            place -= 1
            throw wrong(
                "there is nothing before '\(scalar)' to repeat",
                "write '\\\(scalar)' for the character itself")
        default: return .scalar(letter(scalar))
        }
    }

    private mutating func group() throws(LinePattern.Invalid) -> LinePattern.Node {
        let start = place - 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw wrong(
                "groups nest deeper than \(Self.depthLimit)", "write a simpler expression", at: start)
        }
        var number: Int?
        if takes("?") { number = try groupName(start) }
        let node = try choice()
        guard takes(")") else {
            throw wrong("a '(' is never closed", "write '\\(' for the character itself", at: start)
        }
        return number.map { .group($0, node) } ?? node
    }

    /// Reads after `(?`: the number of a named group; `nil` for a group without a name.
    private mutating func groupName(_ start: Int) throws(LinePattern.Invalid) -> Int? {
        if takes(":") { return nil }
        for mark in ["=", "!", "<=", "<!", ">"] where takes(mark) {
            throw wrong(
                "'(?\(mark)' looks around, which could take very long on some lines",
                "match the text there and give a name to the part that you want", at: start)
        }
        guard takes("<") || takes("P<") else {
            throw wrong(
                "'(?' is followed by neither ':' nor a name",
                "write '(?:…)' or '(?<name>…)'; '(?i)' only at the front",
                at: start)
        }
        let first = place
        while let next = peek, ScalarSet.word.contains(next) { place += 1 }
        let name = String(String.UnicodeScalarView(scalars[first..<place]))
        guard !name.isEmpty, let letter = scalars[safe: first], !ScalarSet.digits.contains(letter),
            takes(">")
        else {
            throw wrong(
                "the group has no name of letters, digits and '_'",
                "write '(?<name>…)', such as '(?<loss>\\S+)'",
                at: start)
        }
        guard !names.contains(name) else {
            throw wrong("two groups have the name '\(name)'", "give one of them another", at: start)
        }
        names.append(name)
        return names.count - 1
    }

    private mutating func repetition(
        of node: LinePattern.Node, from start: Int
    ) throws(LinePattern.Invalid) -> LinePattern.Node {
        let least: Int
        let most: Int?
        switch peek {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            guard let bounds = try bounds() else { return node }
            (least, most) = bounds
            place -= 1
        default: return node
        }
        let sign = place
        place += 1
        if case .check = node {
            throw wrong("there is nothing before this sign to repeat", "remove it", at: sign)
        }
        let isGreedy = !takes("?")
        if let next = peek, ["*", "+", "?", "{"].contains(next) {
            throw wrong("two signs repeat the same thing", "remove one of them")
        }
        return .repeated(node, least: least, most: most, isGreedy: isGreedy)
    }

    /// `{n}`, `{n,}`, `{n,m}`; `nil` if the brace is a plain character.
    private mutating func bounds() throws(LinePattern.Invalid) -> (Int, Int?)? {
        let start = place
        place += 1
        let least = number()
        let hasComma = takes(",")
        let most = hasComma ? number() : least
        guard let least, takes("}") else {
            place = start
            throw wrong("a '{' is not a repetition", "write '\\{' for the character itself")
        }
        guard least <= Self.repetitionLimit, most ?? 0 <= Self.repetitionLimit, least <= most ?? least
        else {
            throw wrong(
                "a repetition has numbers from 0 to \(Self.repetitionLimit), the smaller one first",
                "write it as '{2,5}'", at: start)
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let first = place
        while let next = peek, ScalarSet.digits.contains(next), place - first < 6 { place += 1 }
        return Int(String(String.UnicodeScalarView(scalars[first..<place])))
    }

    // MARK: Characters

    private mutating func escape() throws(LinePattern.Invalid) -> LinePattern.Node {
        let start = place - 1
        guard let next = peek else {
            throw wrong("it ends with a '\\'", "write '\\\\' for the character itself", at: start)
        }
        switch next {
        case "b":
            place += 1
            return .check(.wordEdge)
        case "B":
            place += 1
            return .check(.noWordEdge)
        case "1"..."9", "k":
            throw wrong(
                "'\\\(next)' refers back to a group, which could take very long on some lines",
                "write out what stands there", at: start)
        default: return .scalar(try escapedSet(start))
        }
    }

    private mutating func escapedSet(_ start: Int) throws(LinePattern.Invalid) -> ScalarSet {
        guard let next = peek else {
            throw wrong("it ends with a '\\'", "write '\\\\' for the character itself", at: start)
        }
        place += 1
        switch next {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "t": return ScalarSet("\t")
        case "r": return ScalarSet("\r")
        case "n": return ScalarSet("\n")
        case "f": return ScalarSet("\u{0C}")
        case "v": return ScalarSet("\u{0B}")
        case "x":
            let digits = String(String.UnicodeScalarView(scalars[place..<min(place + 2, scalars.count)]))
            guard digits.count == 2, let value = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw wrong("'\\x' needs two hexadecimal digits", "write it as '\\x1b'", at: start) }
            place += 2
            return ScalarSet(scalar)
        case _ where next.properties.isAlphabetic || ScalarSet.digits.contains(next):
            throw wrong(
                "there is no '\\\(next)'",
                "the classes are \\d \\D \\w \\W \\s \\S, the edges \\b \\B; a letter stands for itself",
                at: start)
        default: return ScalarSet(next)
        }
    }

    /// The rest of a class, after its `[`.
    private mutating func bracket() throws(LinePattern.Invalid) -> ScalarSet {
        let start = place - 1
        let unclosed = wrong("a '[' is never closed", "write '\\[' for the character itself", at: start)
        let isNegated = takes("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || peek != "]" {
            guard peek != nil else { throw unclosed }
            isFirst = false
            let from = place
            let low = try member()
            guard let first = low.only, peek == "-", let beyond = scalars[safe: place + 1], beyond != "]"
            else {
                ranges += try positive(low, at: from)
                continue
            }
            place += 1
            guard let last = try member().only, last.value >= first.value else {
                throw wrong("the range is empty", "write the smaller character first", at: from)
            }
            ranges.append(first.value...last.value)
        }
        place += 1
        let set = ScalarSet(ranges: ranges)
        let cased = ignoresCase ? set.inBothCases : set
        return isNegated ? cased.inverted : cased
    }

    private mutating func member() throws(LinePattern.Invalid) -> ScalarSet {
        guard let next = peek else {
            throw wrong("a '[' is never closed", "write '\\[' for the character itself")
        }
        place += 1
        return next == "\\" ? try escapedSet(place - 1) : ScalarSet(next)
    }

    /// The ranges of a set within a class.
    private func positive(_ set: ScalarSet, at place: Int) throws(LinePattern.Invalid) -> [ClosedRange<
        UInt32
    >] {
        guard set.isNegated else { return set.ranges }
        var (rest, low): ([ClosedRange<UInt32>], UInt32) = ([], 0)
        for range in set.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > low { rest.append(low...(range.lowerBound - 1)) }
            low = range.upperBound + 1
        }
        return rest + [low...0x10FFFF]
    }

    private func letter(_ scalar: Unicode.Scalar) -> ScalarSet {
        ignoresCase ? ScalarSet(scalar).inBothCases : ScalarSet(scalar)
    }

    // MARK: Reading

    private var peek: Unicode.Scalar? { scalars[safe: place] }

    private mutating func takes(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private func wrong(_ problem: String, _ fix: String, at offset: Int? = nil) -> LinePattern.Invalid {
        LinePattern.Invalid(offset: offset ?? place, problem: problem, fix: fix)
    }
}

extension Array {
    /// The element at an index; `nil` if there is none.
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

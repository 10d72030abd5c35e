/// A regular expression that is matched against single lines, in time proportional to the line's length, whatever the
/// expression is.
///
/// It runs as an automaton (Thompson; Pike's version, which also finds groups), so no line makes it hang. It rejects
/// what an automaton cannot do: back-references and look-around. Of several matches, it takes the same as Perl and
/// Python: the leftmost, and there the first alternative that matches.
package struct LinePattern: Hashable, Sendable {
    /// The expression as written.
    package let text: String
    /// The names of its groups, in the order of their opening parentheses.
    package let names: [String]
    private let program: [Instruction]
    /// Bytes that every matching line contains. They allow a quick rejection of most lines.
    private let required: [UInt8]

    /// Parses an expression.
    ///
    /// - Throws: what is wrong with it, and where.
    package init(_ text: String) throws(Invalid) {
        self.text = text
        var parser = LinePatternParser(text)
        let node = try parser.parse()
        names = parser.names
        required = parser.ignoresCase ? [] : LinePattern.required(node)
        var program: [Instruction] = [.save(0)]
        try LinePattern.compile(node, &program)
        program += [.save(1), .match]
        self.program = program
    }

    /// Why an expression cannot be used.
    package struct Invalid: Error, Hashable, CustomStringConvertible {
        /// Where, in characters (Unicode scalars) from 0.
        package var offset: Int
        /// What is wrong.
        package var problem: String
        /// How to correct it.
        package var fix: String

        /// A sentence with the place, counted from 1.
        package var description: String { "at character \(offset + 1): \(problem); \(fix)" }
    }

    /// The limit on an expression's instructions; more would take long on a long line.
    private static let instructions = 2_000

    // MARK: Matching

    /// The texts of the groups by name, at the first place of the line where the expression matches; `nil` if nowhere.
    package func groups(in line: [UInt8]) -> [String: String]? {
        guard required.isEmpty || line.firstRange(of: required) != nil else { return nil }
        let scalars = Array(String(decoding: line, as: UTF8.self).unicodeScalars)
        guard let slots = match(scalars) else { return nil }
        var found: [String: String] = [:]
        for (number, name) in names.enumerated() {
            let (start, end) = (slots[2 + 2 * number], slots[3 + 2 * number])
            guard start >= 0, end >= start else { continue }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<end])
            found[name] = String(view)
        }
        return found
    }

    /// Threads of the automaton at one place of the line, in order of preference.
    private struct Threads {
        var list: [(instruction: Int, slots: [Int])] = []
        /// The place at which an instruction was last added.
        var seen: [Int]
    }

    private func match(_ line: [Unicode.Scalar]) -> [Int]? {
        var current = Threads(seen: Array(repeating: -1, count: program.count))
        var next = current
        let empty = Array(repeating: -1, count: 2 + 2 * names.count)
        var best: [Int]?
        for place in 0...line.count {
            // Another match may begin here, unless one that begins further left was found.
            if best == nil { add(0, empty, to: &current, at: place, of: line) }
            if current.list.isEmpty, best != nil { break }
            next.list.removeAll(keepingCapacity: true)
            for thread in current.list {
                if case .match = program[thread.instruction] {
                    best = thread.slots
                    // The remaining threads are less preferred.
                    break
                }
                guard place < line.count, case .scalar(let set) = program[thread.instruction],
                    set.contains(line[place])
                else { continue }
                add(thread.instruction + 1, thread.slots, to: &next, at: place + 1, of: line)
            }
            swap(&current, &next)
        }
        return best
    }

    /// Adds a thread, and all that follow from it without reading a character.
    private func add(
        _ first: Int, _ slots: [Int], to threads: inout Threads, at place: Int, of line: [Unicode.Scalar]
    ) {
        var waiting = [(first, slots)]
        while let (instruction, slots) = waiting.popLast() {
            guard threads.seen[instruction] != place else { continue }
            threads.seen[instruction] = place
            switch program[instruction] {
            case .jump(let target): waiting.append((target, slots))
            case .split(let preferred, let other):
                waiting.append((other, slots))
                waiting.append((preferred, slots))
            case .save(let slot):
                var slots = slots
                slots[slot] = place
                waiting.append((instruction + 1, slots))
            case .check(let assertion):
                if assertion.holds(at: place, of: line) { waiting.append((instruction + 1, slots)) }
            case .scalar, .match: threads.list.append((instruction, slots))
            }
        }
    }
}

// MARK: Compiling

extension LinePattern {
    /// One step of the automaton.
    private enum Instruction: Hashable {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case check(Assertion)
        case match
    }

    /// A parsed expression.
    indirect enum Node: Hashable {
        case scalar(ScalarSet)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, least: Int, most: Int?, isGreedy: Bool)
        /// A named group, with its number.
        case group(Int, Node)
        case check(Assertion)
    }

    /// A condition at a place, without a character.
    enum Assertion: Hashable {
        case start, end, wordEdge, noWordEdge

        fileprivate func holds(at place: Int, of line: [Unicode.Scalar]) -> Bool {
            switch self {
            case .start: return place == 0
            case .end: return place == line.count
            case .wordEdge, .noWordEdge:
                let before = place > 0 && ScalarSet.word.contains(line[place - 1])
                let after = place < line.count && ScalarSet.word.contains(line[place])
                return (before != after) == (self == .wordEdge)
            }
        }
    }

    private static func compile(_ node: Node, _ program: inout [Instruction]) throws(Invalid) {
        guard program.count < instructions else {
            throw Invalid(
                offset: 0, problem: "the expression is too large, with its repetitions written out",
                fix: "write '+' or '*' in place of '{n,m}' with large numbers")
        }
        switch node {
        case .scalar(let set): program.append(.scalar(set))
        case .check(let assertion): program.append(.check(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node, &program) }
        case .group(let number, let node):
            program.append(.save(2 + 2 * number))
            try compile(node, &program)
            program.append(.save(3 + 2 * number))
        case .choice(let nodes): try compile(choice: nodes, &program)
        case .repeated(let node, let least, let most, let isGreedy):
            for _ in 0..<least { try compile(node, &program) }
            guard let most else { return try compile(loop: node, isGreedy, &program) }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(program.count)
                program.append(.jump(0))
                try compile(node, &program)
            }
            for split in splits {
                program[split] =
                    isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
            }
        }
    }

    private static func compile(
        loop node: Node, _ isGreedy: Bool, _ program: inout [Instruction]
    ) throws(Invalid) {
        let split = program.count
        program.append(.jump(0))
        try compile(node, &program)
        program.append(.jump(split))
        program[split] = isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
    }

    private static func compile(choice nodes: [Node], _ program: inout [Instruction]) throws(Invalid) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let split = program.count
            program.append(.jump(0))
            try compile(node, &program)
            ends.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        if let last = nodes.last { try compile(last, &program) }
        for end in ends { program[end] = .jump(program.count) }
    }

    /// The longest text that every match contains.
    private static func required(_ node: Node) -> [UInt8] {
        guard case .sequence(let nodes) = node else { return [] }
        var (longest, run) = ([UInt8](), [UInt8]())
        for node in nodes + [.choice([])] {
            if case .scalar(let set) = node, let only = set.only {
                run += Array(String(only).utf8)
            } else {
                if run.count > longest.count { longest = run }
                run = []
            }
        }
        return longest
    }
}

/// A set of characters (Unicode scalars).
struct ScalarSet: Hashable, Sendable {
    /// Ranges of scalar values.
    var ranges: [ClosedRange<UInt32>]
    /// Whether the set is all scalars except these.
    var isNegated = false

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20, 0xA0...0xA0])
    static let anything = ScalarSet(ranges: [])

    init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        (self.ranges, self.isNegated) = (ranges, isNegated)
        if ranges.isEmpty { self.isNegated = true }
    }

    init(_ scalar: Unicode.Scalar) { self.init(ranges: [scalar.value...scalar.value]) }

    /// The set's only member; `nil` if it has several, or none.
    var only: Unicode.Scalar? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    /// All scalars that are not in the set.
    var inverted: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The set extended to both cases of ASCII letters.
    var inBothCases: ScalarSet {
        var both = self
        for (small, large) in zip(0x61...0x7A as ClosedRange<UInt32>, 0x41...0x5A as ClosedRange<UInt32>) {
            let (hasSmall, hasLarge) = (
                ranges.contains { $0.contains(small) }, ranges.contains { $0.contains(large) }
            )
            if hasSmall, !hasLarge { both.ranges.append(large...large) }
            if hasLarge, !hasSmall { both.ranges.append(small...small) }
        }
        return both
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}

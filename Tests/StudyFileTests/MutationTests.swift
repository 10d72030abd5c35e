import Foundation
import Spool
import StudyFile
import Testing
import Tuning

/// Damaged files give a study or mistakes, never a crash.
///
/// Each seed damages the example 100 times. The test's name shows the seed; STUNE_TEST_SEEDS asks for more.
struct MutationTests {
    private static let seeds =
        0..<(ProcessInfo.processInfo.environment["STUNE_TEST_SEEDS"].flatMap(UInt64.init) ?? 40)

    @Test(arguments: seeds)
    func `a damaged file gives a study or mistakes`(seed: UInt64) throws {
        var mutator = Mutator(seed: seed)
        let base = try fixture("digits.yaml")
        for round in 0..<100 {
            var bytes = Array(base.utf8)
            for _ in 0...mutator.below(4) { mutator.damage(&bytes) }
            check(bytes, "seed \(seed), round \(round)")
        }
    }

    private func check(_ bytes: [UInt8], _ comment: Comment) {
        do throws(InvalidStudyFile) {
            let parsed = try StudyFile.read(bytes: bytes, file: "study.yaml")
            use(parsed.spec, comment)
        } catch {
            let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + bytes.count { $0 >= 0x80 } + 1
            #expect(!error.mistakes.isEmpty, comment)
            for mistake in error.mistakes {
                #expect((1...lines + 1).contains(mistake.line), comment)
                #expect((1...bytes.count + 1).contains(mistake.column), comment)
                #expect(!mistake.description.contains("\n"), comment)
                #expect(!mistake.problem.isEmpty && !mistake.fix.isEmpty, comment)
            }
        }
    }

    /// Uses a study as other layers do, which rely on the parser's checks.
    private func use(_ spec: StudySpec, _ comment: Comment) {
        let plan = spec.plan
        #expect(!plan.space.parameters.isEmpty, comment)
        #expect(plan.space.parentsFirst.count == plan.space.parameters.count, comment)
        if case .asha(let asha) = plan.scheduler { #expect(!asha.rungs.isEmpty, comment) }
        guard case .random(let seed) = plan.searcher else { return }
        let searcher = RandomSearcher(space: plan.space, seed: seed)
        for number in 0..<4 {
            let trial = TrialID(number)
            guard let configuration = searcher.propose(for: trial) else { continue }
            let facts = CommandTemplate.Facts(
                study: spec.name, trial: trial, from: .none, to: plan.scheduler.maxResource, resume: nil,
                directory: "/d", home: "/h")
            let command = spec.command.render(configuration: configuration, facts: facts)
            #expect(command.allSatisfy { !$0.utf8.contains(0) }, comment)
        }
        #expect(throws: Never.self, comment) {
            let text = try JSONEncoder().encode(spec)
            _ = try JSONDecoder().decode(StudySpec.self, from: text)
        }
    }
}

/// Damages files as people and editors do.
private struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// A number from 0 to below a bound (splitmix64).
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(max(bound, 1)))
    }

    private static let tokens = [
        "", "~", "-1", "0", "1", "2", "1e-4", "1e400", ".nan", "nan", "9223372036854775807",
        "-9223372036854775808", "99999999999999999999", "0x1F", "010", "yes", "true", "\"\"", "'", "\"",
        "{", "}",
        "[", "]", "[]", "{}", ":", ": ", "- ", "? ", "#", "|", ">", "&a ", "*a", "<<: *a", "!!str ", "!x ",
        "%",
        "@", "\t", "\n", "\r\n", "\n---\n", "\n...\n", "\u{0}", "\u{1B}", "\u{FEFF}", "\u{E000}",
        "\u{2028}",
        "ä\u{301}", "{lr}", "{momentum}", "{stune.to}", "{{", "lr", "sgd", "min", "max", "when", "float",
        "int",
        "choice", "normal", "ordinal", "step: 2, ", "logit", "prior: {default: 1}, ",
        "constraints: [{less: [lr, 1]}]\n",
        "forbidden: [{hidden: 16}]\n", "points: [{lr: 0.01}]\n", "log", "none", "asha", "UNLIMITED", "1-00",
        "500M", "when: {optimizer: [sgd]}, ",
        "[--x, \"{momentum}\"]", ", ", "name: x\n", "trials: 3\n",
    ]

    mutating func damage(_ bytes: inout [UInt8]) {
        switch below(8) {
        case 0: insertToken(&bytes)
        case 1: replaceWord(&bytes)
        case 2: replaceWord(&bytes)
        case 3: removeBytes(&bytes)
        case 4: repeatLine(&bytes)
        case 5: swapLines(&bytes)
        case 6: if !bytes.isEmpty { bytes[below(bytes.count)] = UInt8(below(256)) }
        default: if below(8) == 0 { bytes.removeLast(below(bytes.count)) } else { replaceWord(&bytes) }
        }
    }

    private mutating func insertToken(_ bytes: inout [UInt8]) {
        let token = Self.tokens[below(Self.tokens.count)]
        bytes.insert(contentsOf: token.utf8, at: below(bytes.count + 1))
    }

    /// Replaces a word by a token, which leaves most of the file unchanged.
    private mutating func replaceWord(_ bytes: inout [UInt8]) {
        let isWord = { (byte: UInt8) in
            byte >= 0x80 || [0x2E, 0x2D, 0x5F].contains(byte) || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let start = below(bytes.count)
        guard let from = bytes.indices.dropFirst(start).first(where: { isWord(bytes[$0]) }) else { return }
        let to = bytes[from...].firstIndex { !isWord($0) } ?? bytes.endIndex
        bytes.replaceSubrange(from..<to, with: Self.tokens[below(Self.tokens.count)].utf8)
    }

    private mutating func removeBytes(_ bytes: inout [UInt8]) {
        let start = below(bytes.count)
        bytes.removeSubrange(start..<min(bytes.count, start + 1 + below(12)))
    }

    private mutating func repeatLine(_ bytes: inout [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        lines.insert(lines[below(lines.count)], at: below(lines.count + 1))
        bytes = Array(lines.joined(separator: [0x0A]))
    }

    private mutating func swapLines(_ bytes: inout [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        lines.swapAt(below(lines.count), below(lines.count))
        bytes = Array(lines.joined(separator: [0x0A]))
    }
}

import ArgumentParser
import Foundation
import Fuzzing

/// Feeds hostile inputs to all parsers of the spool, the study file and the store.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Hostile inputs for everything that reads what others wrote.",
        discussion: """
            Each input depends on the seed and its number only. Exit codes: 0 nothing was found; 1 a crash, a \
            hang, growth of memory, or a value that does not survive being written and read; 64 wrong use.
            """)

    @Option(help: "How many inputs.") var inputs: UInt64 = 100_000
    @Option(help: "The first input.") var from: UInt64 = 0
    @Option(help: "The seed.") var seed: UInt64 = 1
    @Flag(help: .hidden) var work = false

    /// The growth of memory that is a finding, in KiB: libraries' caches stay far below.
    private static let growth = 50_000
    /// The inputs after which memory is looked at first.
    private static let warmUp: UInt64 = 20_000

    func run() throws {
        if work { try feed() } else { try watch() }
    }

    // MARK: The process that is fed

    private struct Row {
        var inputs = 0
        var accepted = 0
        var slowest = 0.0
    }

    private func feed() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/stune-fuzz.\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let fuzzer = try Fuzzer(seed: seed, directory: directory)
        var rows: [String: Row] = [:]
        var findings = 0
        var memory = 0
        for input in from..<(from + inputs) {
            // The watching process reads the number of an input that never ends, or ends this process.
            say("at \(input)")
            let outcome = fuzzer.feed(input)
            var row = rows[outcome.parser] ?? Row()
            row.inputs += 1
            row.accepted += outcome.isAccepted ? 1 : 0
            row.slowest = max(row.slowest, outcome.seconds)
            rows[outcome.parser] = row
            if let finding = outcome.finding {
                findings += 1
                say("found \(outcome.parser), input \(input): \(finding); \(replay(input))")
            }
            if input == from + Fuzz.warmUp { memory = Fuzz.residentKiB() }
        }
        for (name, row) in rows.sorted(by: { $0.key < $1.key }) {
            let slowest = Int((row.slowest * 1_000).rounded(.up))
            say("row \(name): \(row.inputs) inputs, \(row.accepted) accepted, slowest \(slowest) ms")
        }
        let now = Fuzz.residentKiB()
        let before = memory == 0 ? now : memory
        say("row memory: \(before) KiB after \(Fuzz.warmUp) inputs, \(now) KiB at the end")
        if findings > 0 || now - before > Fuzz.growth { throw ExitCode(1) }
    }

    /// The memory that this process holds.
    private static func residentKiB() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private func replay(_ input: UInt64) -> String { "make fuzz SEED=\(seed) FROM=\(input) INPUTS=1" }

    // MARK: The process that watches

    private func watch() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--work", "--inputs", "\(inputs)", "--from", "\(from)", "--seed", "\(seed)",
        ]
        let output = Pipe()
        process.standardOutput = output
        let start = Date()
        try process.run()
        let last = try follow(output.fileHandleForReading, process)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal {
            print(
                "input \(last) ended the process with signal \(process.terminationStatus); \(replay(last))")
            throw ExitCode(1)
        }
        print(
            "\(inputs) inputs from \(from) with seed \(seed) in \(Int(Date().timeIntervalSince(start))) s")
        guard process.terminationStatus == 0 else { throw ExitCode(1) }
        print("no crash, no hang, no growth")
    }

    /// Prints the other process's findings, and returns the number of its last input.
    private func follow(_ handle: FileHandle, _ process: Process) throws -> UInt64 {
        let stillness = Stillness(process.processIdentifier)
        var buffer = Data()
        var last = from
        while true {
            let more = handle.availableData
            if more.isEmpty { return last }
            stillness.moved()
            buffer += more
            guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            for line in buffer[..<end].split(separator: UInt8(ascii: "\n")) {
                let text = String(decoding: line, as: UTF8.self)
                if text.hasPrefix("at ") {
                    last = UInt64(text.dropFirst(3)) ?? last
                } else {
                    print(text)
                }
            }
            buffer = Data(buffer[buffer.index(after: end)...])
        }
    }
}

/// Ends a process that prints nothing for long.
private final class Stillness {
    private let timer: any DispatchSourceTimer

    init(_ process: Int32) {
        let timer = DispatchSource.makeTimerSource()
        timer.setEventHandler { kill(process, SIGKILL) }
        timer.schedule(deadline: .now() + 20)
        timer.resume()
        self.timer = timer
    }

    /// The process has printed something.
    func moved() { timer.schedule(deadline: .now() + 20) }
}

/// Prints a line at once.
private func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

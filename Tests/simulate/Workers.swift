import ArgumentParser
import Foundation
import Simulated
import Simulation
import Synchronization

/// The results of some seeds.
struct Tally: Codable {
    var seeds = 0
    var checks = 0
    var virtualSeconds = 0.0
    var faults: [String: Int] = [:]
    var broken: [Broken] = []

    /// A seed with a violation.
    struct Broken: Codable, CustomStringConvertible {
        var seed: UInt64
        /// Whether the seed stands for a pair of searcher and scheduler.
        var isPair: Bool
        var violations: [String]

        var description: String {
            let lines = violations.prefix(5).map { "  \($0)" }.joined(separator: "\n")
            let command = "make simulate-replay SEED=\(seed)\(isPair ? " PAIRS=1" : "")"
            return "seed \(seed) breaks \(violations.count) promises; see: \(command)\n\(lines)"
        }
    }

    var violations: Int { broken.reduce(0) { $0 + $1.violations.count } }

    mutating func add(_ result: Simulation.Result, seed: UInt64, isPair: Bool) {
        seeds += 1
        checks += result.checks
        virtualSeconds += result.seconds
        for (fault, count) in result.faults { faults[fault.rawValue, default: 0] += count }
        if !result.violations.isEmpty {
            broken.append(Broken(seed: seed, isPair: isPair, violations: result.violations))
        }
    }

    mutating func add(_ other: Tally) {
        seeds += other.seeds
        checks += other.checks
        virtualSeconds += other.virtualSeconds
        for (fault, count) in other.faults { faults[fault, default: 0] += count }
        broken += other.broken
    }
}

/// Processes that share the seeds. Each limits its file sizes to simulate a full disk, and hashes as its siblings do,
/// so that a seed is the same run everywhere.
struct Workers {
    var processes: Int
    var batch = 20

    private static let equalHashing = "SWIFT_DETERMINISTIC_HASHING"

    /// Starts this program again if the order of hashed items differs from run to run.
    static func insistOnEqualRuns() throws {
        guard ProcessInfo.processInfo.environment[equalHashing] == nil else { return }
        let process = process(Array(CommandLine.arguments.dropFirst()))
        try process.run()
        process.waitUntilExit()
        throw ExitCode(process.terminationStatus)
    }

    /// Runs the seeds, and passes on their results until `take` has enough.
    func run(
        seeds: Int, from: UInt64, pairs: Bool, mutation: Mutation?,
        _ take: @escaping @Sendable (Tally) -> Bool
    ) throws {
        let isEnough = Mutex(false)
        let failures = Mutex<[String]>([])
        let numbers = Mutex<[Int32]>([])
        let count = min(processes, seeds)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let process = Workers.process(
                [
                    "work", "--seeds", "\((seeds - index + count - 1) / count)", "--from",
                    "\(from + UInt64(index))", "--stride", "\(count)", "--batch", "\(batch)",
                ] + (mutation.map { ["--mutation", $0.rawValue] } ?? []) + (pairs ? ["--pairs"] : []))
            do {
                let lines = try Lines(of: process)
                numbers.withLock { $0.append(process.processIdentifier) }
                for line in lines {
                    let tally = try JSONDecoder().decode(Tally.self, from: line)
                    let isOver = isEnough.withLock { isEnough in
                        if !isEnough { isEnough = !take(tally) }
                        return isEnough
                    }
                    if isOver { numbers.withLock { $0.forEach { _ = kill($0, SIGKILL) } } }
                }
                process.waitUntilExit()
                numbers.withLock { $0.removeAll { $0 == process.processIdentifier } }
                try? FileManager.default.removeItem(
                    atPath: StorePlace.directory(of: process.processIdentifier))
                if !isEnough.withLock({ $0 }), process.terminationStatus != 0 {
                    failures.withLock { $0.append("a process ended with \(process.terminationStatus)") }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        for failure in failures.withLock({ $0 }) {
            complain(failure)
            throw ExitCode(1)
        }
    }

    /// The lines that a process prints.
    private struct Lines: Sequence, IteratorProtocol {
        private let handle: FileHandle
        private var buffer = Data()

        init(of process: Process) throws {
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            handle = output.fileHandleForReading
        }

        mutating func next() -> Data? {
            while true {
                if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Data(buffer[buffer.startIndex..<end])
                    buffer = Data(buffer[buffer.index(after: end)...])
                    return line
                }
                let more = handle.availableData
                if more.isEmpty { return nil }
                buffer += more
            }
        }
    }

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([equalHashing: "1"]) { _, new in
            new
        }
        return process
    }
}

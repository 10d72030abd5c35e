import ArgumentParser
import Foundation
import Simulated
import Simulation
import Synchronization

/// Runs many simulated studies, each of one seed, on all cores.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Studies on a simulated cluster where everything fails that can fail.",
        discussion: """
            Each seed is one small study, run by the real controller, store, spool and worker protocol on a \
            simulated cluster, clock and file system. Checkers that know only the promises hold its log \
            against what truly happened. Exit codes: 0 no promise was broken; 1 one was; 64 wrong use.
            """,
        subcommands: [Run.self, Replay.self, Mutations.self, Work.self], defaultSubcommand: Run.self)
}

/// `simulate run`
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run many seeds, and count.")

    @Option(help: "How many seeds.") var seeds = 300
    @Option(help: "The first seed.") var from: UInt64 = 0
    @Flag(help: "Every searcher with every scheduler, in turns, not what the seed draws.") var pairs = false
    @Option(help: "How many processes; default: one for each processor.")
    var processes = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard seeds > 0, processes > 0 else { throw ValidationError("--seeds and --processes: at least 1") }
    }

    func run() throws {
        let start = Date()
        let sum = Mutex(Tally())
        try Workers(processes: processes).run(seeds: seeds, from: from, pairs: pairs, mutation: nil) {
            [seeds] tally in
            for broken in tally.broken { print(broken.description) }
            // Whoever waits for the end of a long run sees it at once.
            if !tally.broken.isEmpty { fflush(nil) }
            sum.withLock { sum in
                let before = sum.seeds / 500
                sum.add(tally)
                if sum.seeds / 500 > before {
                    complain("\(sum.seeds) of \(seeds) seeds, \(sum.broken.count) with a broken promise")
                }
            }
            return true
        }
        let total = sum.withLock { $0 }
        print("\nfault injected                                                    times")
        for fault in Fault.allCases {
            let name = fault.rawValue.padding(toLength: 60, withPad: " ", startingAt: 0)
            let count = String(total.faults[fault.rawValue] ?? 0)
            print("\(name)\(String(repeating: " ", count: max(1, 11 - count.count)))\(count)")
        }
        let seconds = Int(Date().timeIntervalSince(start).rounded())
        print(
            """

            \(total.seeds) seeds from \(from), \(Int(total.virtualSeconds / 3_600)) hours of virtual time in \
            \(seconds) s
            \(total.checks) checks, \(total.violations) violations in \(total.broken.count) seeds
            """)
        if pairs { try Course.pairs.tell(seeds: seeds) }
        if !total.broken.isEmpty { throw ExitCode(1) }
    }
}

/// `simulate replay`
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run one seed, and print what happened.")

    @Argument(help: "The seed.") var seed: UInt64
    @Option(help: "A rule to take out.") var mutation: Mutation?
    @Flag(help: "The seed's pair of searcher and scheduler, not what it draws.") var pairs = false

    func run() throws {
        try Workers.insistOnEqualRuns()
        let result = try Simulation.run(
            Course(pairs).scenario(seed), mutation: mutation, in: StorePlace.directory(), isTracing: true)
        for line in result.trace { print(line) }
        for violation in result.violations { print("BROKEN: \(violation)") }
        print("\(result.checks) checks, \(result.violations.count) violations")
        if !result.violations.isEmpty { throw ExitCode(1) }
    }
}

/// `simulate mutations`
struct Mutations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take out one rule after another, and count the seeds until a checker notices.")

    @Option(help: "The most seeds for each.") var limit = 2_000
    @Option(help: "Only this one.") var only: Mutation?

    func run() throws {
        var isMissed = false
        say("| rule taken out | seeds | the first broken promise |\n|---|---|---|")
        for mutation in only.map({ [$0] }) ?? Mutation.allCases {
            let found = Mutex<Tally.Broken?>(nil)
            try Workers(processes: 2, batch: 1).run(seeds: limit, from: 0, pairs: false, mutation: mutation)
            { tally in
                found.withLock { found in
                    if found == nil { found = tally.broken.first }
                    return found == nil
                }
            }
            if let first = found.withLock({ $0 }) {
                say("| `\(mutation.rawValue)` | \(first.seed + 1) | \(first.violations[0]) |")
            } else {
                say("| `\(mutation.rawValue)` | not found in \(limit) | |")
                isMissed = true
            }
        }
        if isMissed { throw ExitCode(1) }
    }
}

/// `simulate work`: the worker processes of the other commands.
struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run seeds in this process, and print a line of JSON for each batch.",
        shouldDisplay: false)

    @Option var seeds: Int
    @Option var from: UInt64
    @Option var stride: UInt64
    @Option var batch: Int
    @Option var mutation: Mutation?
    @Flag var pairs = false

    func run() throws {
        let directory = StorePlace.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let course = Course(pairs)
        var tally = Tally()
        for index in 0..<seeds {
            let seed = from + UInt64(index) * stride
            let result = try Simulation.run(course.scenario(seed), mutation: mutation, in: directory)
            tally.add(result, seed: seed, isPair: pairs)
            if tally.seeds >= batch || index == seeds - 1 {
                try FileHandle.standardOutput.write(
                    contentsOf: JSONEncoder().encode(tally) + Data("\n".utf8))
                tally = Tally()
            }
        }
    }
}

extension Mutation: ExpressibleByArgument {}

/// Prints a line at once, also into a pipe.
func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

/// Prints something that is not part of the result.
func complain(_ text: String) { FileHandle.standardError.write(Data("simulate: \(text)\n".utf8)) }

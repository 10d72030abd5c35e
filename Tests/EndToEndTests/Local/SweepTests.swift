import Foundation
import Spool
import Store
import Testing
import Tuning

/// File system calls fail, one after the other, in the controller and its workers, including SQLite's: a small library
/// sits between the executables and the system's. `make sweep` does it for every call; here it is some of each kind.
@Suite(.enabled(if: FailingCalls.library != nil, "there is no C compiler here"))
struct SweepTests {
    @Test(.timeLimit(.minutes(10)), .enabled(if: !FailingCalls.isWhole))
    func `whatever call fails once or for a while, the study comes to its end and nothing is lost`()
        async throws
    {
        let sweep = try await Sweep()
        let cases = sweep.cases { kind, calls in [1 + (kind.rawValue * 7 + 3) * calls / 80] }
        #expect(cases.count >= 2 * FailingCalls.Kind.allCases.count)
        try await sweep.run(cases)
    }

    @Test(.timeLimit(.minutes(600)), .enabled(if: FailingCalls.isWhole, "'make sweep' runs it"))
    func `each call of each kind fails once, and some for a while`() async throws {
        let sweep = try await Sweep()
        let cases = sweep.cases { _, calls in
            Array(stride(from: 1, through: calls, by: FailingCalls.step))
        }
        try await sweep.run(Array(cases.dropFirst(FailingCalls.from)))
    }
}

/// The library that makes calls fail.
enum FailingCalls {
    /// The kinds of calls.
    enum Kind: Int, CaseIterable {
        case open, read, write, sync, rename, link, unlink, stat, list, mkdir, close
    }

    /// Whether `make sweep` asks for every call, or every so many.
    static let isWhole = ProcessInfo.processInfo.environment["STUNE_SWEEP"] == "1"
    static let step = number("STUNE_SWEEP_STEP", atLeast: 1)
    /// How many of the cases are left out, because an earlier run has done them.
    static let from = number("STUNE_SWEEP_FROM", atLeast: 0)
    /// How many studies run at once.
    static let width = max(3, number("STUNE_SWEEP_WIDTH", atLeast: 0))

    private static func number(_ variable: String, atLeast least: Int) -> Int {
        max(least, ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? least)
    }

    /// The library, compiled once; `nil` if that failed.
    static let library: String? = {
        let library = "\(NSTemporaryDirectory())stune-failing-\(UUID().uuidString).so"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "cc", "-shared", "-fPIC", "-O1", "-o", library,
            "\(Tool.repository)/Tests/failing/failing-calls.c", "-ldl",
        ]
        do { try process.run() } catch { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? library : nil
    }()
}

/// One study after the other, each with another failing call.
struct Sweep {
    /// A call that fails.
    struct Case: CustomStringConvertible {
        var program: String
        var kind: FailingCalls.Kind
        var call: Int
        var code: Int32
        /// How long all calls of the kind fail, beginning with that one; 0 for that one alone.
        var seconds: Double

        var description: String {
            "\(program): \(kind) \(call) fails with \(String(cString: strerror(code)))"
                + (seconds > 0 ? ", and those after it for \(seconds) s" : "")
        }
    }

    private static let programs = ["stune", "stune-worker"]
    /// Errors that may pass, such as those of network filesystems and full disks.
    private static let codes = [
        EIO, ESTALE, EACCES, ENOSPC, ETIMEDOUT, ENOTCONN, EDQUOT, EINTR, EAGAIN, ESHUTDOWN, EHOSTDOWN,
        EPERM, EROFS,
        EMFILE, ENFILE,
    ]
    /// How many calls a process of each program makes without failures.
    private let calls: [String: [String: Int]]

    /// Counts the calls of a study without faults.
    init() async throws {
        var calls: [String: [String: Int]] = [:]
        for program in Sweep.programs {
            let place = try Sweep.place()
            let counts = "\(place.path)/counts"
            let run = try Sweep.start(place, ["FAIL_PROGRAM": program, "FAIL_COUNTS": counts])
            let code = try await run.end(seconds: 60)
            try #require(code == 0, "\(run.words)")
            for line in try String(contentsOfFile: counts, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                calls[program, default: [:]][String(words[0]), default: 0] = max(
                    calls[program]?[String(words[0])] ?? 0, Int(words[1]) ?? 0)
            }
        }
        self.calls = calls
    }

    /// The cases for the calls that `choose` selects.
    func cases(_ choose: (FailingCalls.Kind, Int) -> [Int]) -> [Case] {
        var cases: [Case] = []
        for program in Sweep.programs {
            for kind in FailingCalls.Kind.allCases {
                let count = max(1, calls[program]?["\(kind)"] ?? 0)
                for call in choose(kind, count) {
                    let code = Sweep.codes[cases.count % Sweep.codes.count]
                    let seconds = cases.count % 3 == 2 ? 1.0 : 0
                    cases.append(
                        Case(
                            program: program, kind: kind, call: min(call, count), code: code,
                            seconds: seconds))
                }
            }
        }
        return cases
    }

    /// Runs the cases, a few at a time, and prints how many calls of each kind failed.
    func run(_ cases: [Case]) async throws {
        var (next, failed) = (0, [String: Int]())
        try await withThrowingTaskGroup(of: Void.self) { group in
            while next < cases.count || !group.isEmpty {
                if next < cases.count {
                    let item = cases[next]
                    next += 1
                    failed["\(item.kind)", default: 0] += 1
                    group.addTask { try await Sweep.run(item) }
                    if FailingCalls.isWhole, next.isMultiple(of: 100) {
                        let words =
                            "sweep: \(next) of \(cases.count) studies, at \(item.program): \(item.kind) \(item.call)\n"
                        FileHandle.standardError.write(Data(words.utf8))
                    }
                }
                if next >= FailingCalls.width || next == cases.count { try await group.next() }
            }
        }
        let counts = failed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print(
            "sweep: \(cases.count) studies; calls that failed, by kind: \(counts.joined(separator: ", "))")
    }

    private static func run(_ item: Case) async throws {
        let place = try Sweep.place()
        let first = try Sweep.start(
            place,
            [
                "FAIL_PROGRAM": item.program, "FAIL_KIND": "\(item.kind)", "FAIL_CALL": String(item.call),
                "FAIL_CODE": String(item.code), "FAIL_SECONDS": String(item.seconds),
            ])
        var code: Int32
        do {
            code = try await first.end(seconds: 90)
        } catch {
            first.process.terminate()
            Issue.record("\(item): \(error)")
            return
        }
        #expect((0...6).contains(code), "\(item): exit code \(code): \(first.words.suffix(2000))")
        var words = first.words
        for _ in 0..<2 where code != 0 {
            let again = try await place.runStudy(cluster: "local")
            (code, words) = (again.code, words + again.errors)
        }
        #expect(code == 0, "\(item): exit code \(code) when it is run again: \(words.suffix(2000))")
        let replay = try await place.stune("replay", place.study)
        #expect(replay.code == 0, "\(item): \(replay.output)\(replay.errors)")
        try Sweep.check(place, item, words)
    }

    /// Each trial is accounted for, none failed, and each report is in the store once.
    private static func check(_ place: Workplace, _ item: Case, _ words: String) throws {
        try StudyLog(place).read { reader in
            let counts = try reader.trialCounts()
            #expect(counts.values.reduce(0, +) == 3, "\(item): \(counts)")
            #expect(
                Set(counts.keys).isSubset(of: ["completed", "paused"]),
                "\(item): \(counts) \(words.suffix(2000))")
            let reports = try reader.reports()
            let keys = Set(reports.map { "\($0.attempt) \($0.resource)" })
            #expect(keys.count == reports.count, "\(item): a report is there twice")
            let known = Set(
                try reports.compactMap { report in
                    try reader.task(of: report.attempt.assignment).map { "\($0.trial) \(report.resource)" }
                })
            let ledger = try String(contentsOfFile: "\(place.path)/ledger", encoding: .utf8)
            for line in ledger.split(separator: "\n") {
                #expect(known.contains(String(line)), "\(item): the report '\(line)' is lost")
            }
        }
    }

    // MARK: The study

    private static func start(_ place: Workplace, _ variables: [String: String]) throws -> Tool.Run {
        var environment = variables
        environment["LD_PRELOAD"] = FailingCalls.library
        environment["FAIL_BELOW"] = place.study
        return try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path,
            environment: environment)
    }

    /// Three trials, whose command reports and saves through `stune-worker`.
    private static func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: 3, parallel: 2, maxResource: 3, more: "max_retries: 3\nexecution: {mode: continue}")
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            # Saves at each resource, and goes on for as long as it is told to.
            i=$STUNE_FROM
            answer=continue
            while [ "$answer" = continue ]; do
              i=$((i + 1))
              echo "$1 $i" > "$STUNE_TRIAL.$$"
              stune-worker checkpoint "$STUNE_TRIAL.$$" --resource "$i" || exit 1
              answer=$(stune-worker report loss="0.$(( ($1 * 7919) % 1000 + 1000 / i ))" --resource "$i") || exit 1
              echo "$STUNE_TRIAL $i" >> ledger
            done

            """)
        return place
    }
}

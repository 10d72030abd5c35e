import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

/// Which part of a file belongs to the current attempt: a table of earlier content, and of what the program does.
@Suite struct TextReportsTests {
    private final class File {
        let path = "/tmp/stune-text-\(UUID().uuidString)"

        deinit { unlink(path) }

        func append(_ text: String) throws { try write(text, "ab") }
        func rewrite(_ text: String) throws { try write(text, "wb") }

        private func write(_ text: String, _ mode: String) throws {
            let file = try #require(fopen(path, mode))
            fputs(text, file)
            fclose(file)
        }
    }

    private func follow(_ file: File, _ kind: ReportSource.Kind = .csv, _ text: String = "log") throws
        -> TextReports
    {
        try TextReports(ReportSource(kind: kind, text: text), metrics: ["loss"], path: file.path)
    }

    private func resources(_ found: [TextReports.Found]) -> [Int] {
        found.compactMap { if case .report(let resource, _, _) = $0.reading { resource } else { nil } }
    }

    @Test func `a file that comes is read as it grows, whole lines at a time, and its rest at the end`()
        throws
    {
        let file = File()
        var reports = try follow(file)
        #expect(try reports.news(isLast: false).isEmpty)
        try file.append("resource,loss\n1,0.5\n2,0.")
        #expect(try resources(reports.news(isLast: false)) == [1])
        try file.append("25\n3,0.1")
        #expect(try resources(reports.news(isLast: false)) == [2])
        #expect(try resources(reports.news(isLast: true)) == [3])
    }

    @Test func `what was there before is passed over, and what is appended is read by the header`() throws {
        let file = File()
        try file.append("resource,loss\n1,0.5\n2,0.4\n")
        var reports = try follow(file)
        #expect(try reports.news(isLast: false).isEmpty)
        try file.append("resource,loss\n3,0.3\n")
        #expect(try resources(reports.news(isLast: false)) == [3])
    }

    @Test func `a line that another process left unfinished is no report`() throws {
        let file = File()
        try file.append("resource,loss\n1,0.5\n2,0.")
        var reports = try follow(file)
        try file.append("3,0.3\n4,0.2\n")
        #expect(try resources(reports.news(isLast: true)) == [4])
    }

    @Test func `a file that is written anew is read from its beginning`() throws {
        let file = File()
        try file.append("resource,loss\n1,0.5\n2,0.4\n")
        var reports = try follow(file)
        try file.rewrite("resource,loss\n1,0.9\n")
        #expect(try resources(reports.news(isLast: false)) == [1])
        try file.append("2,0.8\n")
        #expect(try resources(reports.news(isLast: false)) == [2])
    }

    @Test func `one that was cut and has grown beyond its old size since is read from its beginning`()
        throws
    {
        let file = File()
        try file.append("resource,loss\n1,0.5\n2,0.4\n")
        var reports = try follow(file)
        try file.rewrite("resource,loss\n1,0.7\n2,0.6\n3,0.5\n")
        #expect(try resources(reports.news(isLast: false)) == [1, 2, 3])
    }

    @Test func `one that is replaced by another file is read from its beginning`() throws {
        let file = File()
        try file.append("resource,loss\n1,0.5\n")
        var reports = try follow(file)
        let other = File()
        try other.append("resource,loss\n1,0.5\n2,0.4\n")
        try #require(rename(other.path, file.path) == 0)
        #expect(try resources(reports.news(isLast: false)) == [1, 2])
    }

    @Test func `lines without end are passed over, and take no memory`() throws {
        let file = File()
        var reports = try follow(file, .stdout, #"r=(?<resource>\d+) (?<loss>\S+)"#)
        try file.append(String(repeating: "x", count: 300_000))
        #expect(try reports.news(isLast: false).isEmpty)
        try file.append(" r=1 0.5\nr=2 0.25\r50%\rr=3 0.1\n")
        #expect(try resources(reports.news(isLast: true)) == [2, 3])
    }
}

/// The ports that workers give to their commands.
@Suite struct PortReservationTests {
    @Test func `no two that are held are the same, whoever asks`() throws {
        let names = (0..<64).flatMap { ["a\($0 % 8)", "b\($0)"] }
        let held = names.compactMap { PortReservation.take(for: $0) }
        #expect(held.count == names.count)
        #expect(Set(held.map(\.port)).count == held.count)
        #expect(held.allSatisfy { $0.port >= 20_000 && $0.port < 32_768 })
    }

    @Test func `a port on which somebody listens is passed over`() throws {
        var first: Int?
        do { first = try #require(PortReservation.take(for: "taken")).port }
        let port = try #require(first)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isBound)
        try #require(listen(listener, 1) == 0)
        let other = try #require(PortReservation.take(for: "taken"))
        #expect(other.port != port)
    }

    @Test(
        arguments: [
            ([:], []), (["SLURM_NTASKS": "1", "SLURM_JOB_NUM_NODES": "1"], []),
            (["SLURM_NTASKS": "4"], ["MASTER_ADDR=127.0.0.1", "MASTER_PORT=port"]),
            (["SLURM_JOB_NUM_NODES": "2"], ["MASTER_ADDR=n1", "MASTER_PORT=port"]),
            (["SLURM_NPROCS": "2", "MASTER_PORT": "7"], ["MASTER_ADDR=127.0.0.1"]),
            (["SLURM_NTASKS": "2", "MASTER_ADDR": "a", "MASTER_PORT": "7"], []),
        ] as [([String: String], [String])])
    func `several processes of a trial are told where they meet, unless they know`(
        environment: [String: String], more: [String]
    ) throws {
        let port = try #require(PortReservation.take(for: "variables"))
        var variables = port.variables(environment: environment, host: "n1")
        #expect(variables.removeValue(forKey: "STUNE_PORT") == String(port.port))
        let told = variables.map { "\($0.key)=\($0.value == String(port.port) ? "port" : $0.value)" }
            .sorted()
        #expect(told == more)
    }
}

@Suite struct SetupFailureTests {
    @Test(
        arguments: [
            (
                "stune: setup, line 1: true\nx\nstune: setup, line 2: bad\nout\nerr\n\nstune: line 2 failed\n",
                "out\nerr"
            ),
            ("stune: setup, line 1: bad\n\nstune: line 1 failed\n", ""), ("", ""),
            ("tail of megabytes\nlast\n\nstune: line 9 failed\n", "tail of megabytes\nlast"),
        ])
    func `the output of the line that failed is what the task's log has of it`(log: String, output: String)
    {
        #expect(SetupFailure.output(of: Array(log.utf8)) == output)
    }

    @Test func `of megabytes the end is kept, within a limit`() {
        let output = SetupFailure.output(of: Array((String(repeating: "é", count: 20_000) + "end").utf8))
        #expect(output.hasSuffix("end"))
        #expect(output.utf8.count <= SpoolLimits.stderrTailBytes + 3)
    }
}

/// How a command is asked to leave.
@Suite struct LeavingTests {
    /// A command whose main process and helper each note that they were signalled. Both run until `done` exists; with
    /// `stop` the main process leaves its helper behind.
    private static let script = """
        trap 'echo main >> told' TERM
        bash -c 'trap "echo helper >> told" TERM; : > ready; while [ ! -e done ]; do sleep 0.05; done' &
        while [ ! -e ready ]; do sleep 0.05; done; : > go
        while [ ! -e done ] && [ ! -e stop ]; do sleep 0.05; done
        [ -e stop ] || wait
        """

    private func run(
        _ grace: Grace, _ body: (String, RunningCommand) async throws -> Void
    ) async throws -> (told: String, end: AttemptLog.CommandEnd, killed: Bool) {
        let place = "/tmp/stune-leaving-\(UUID().uuidString)"
        let study = StudyDirectory(place)
        let attempt = Turn(token: ArrayToken(bits: 1), index: 0, epoch: 0)
        let files = AttemptFiles(attempt, of: .init(0), in: study)
        try await files.create { _ in }
        defer { try? FileManager.default.removeItem(atPath: place) }
        let command = Command(
            arguments: ["bash", "-c", Self.script], environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: place, home: place, files: files, processors: [])
        let running = RunningCommand(news: Bell())
        let enforcing = Task { await running.enforceLeave { _ in } }
        let end = Task { await command.run(running) }
        try await wait { FileManager.default.fileExists(atPath: "\(place)/go") }
        running.leave(files, grace) { _ in }
        try await body(place, running)
        let result = await end.value
        enforcing.cancel()
        let told = (try? String(contentsOfFile: "\(place)/told", encoding: .utf8)) ?? ""
        return (told, result, running.wasKilled)
    }

    private func wait(_ holds: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(600)
        while !holds(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        try #require(holds())
    }

    @Test func `the main process alone is told, and its helpers live until it is done`() async throws {
        let (told, end, killed) = try await run(Grace(term: .zero, kill: .seconds(3_600))) { place, _ in
            try await wait { FileManager.default.fileExists(atPath: "\(place)/told") }
            try Data().write(to: URL(filePath: "\(place)/done"))
        }
        #expect(told == "main\n")
        #expect(end == .exited(0) && !killed)
    }

    // All are told in the last quarter of the time. On a busy machine the helper may need more of it to hear that.
    @Test func `after its time all are told, and then killed`() async throws {
        var hears = false
        for seconds in [8, 40, 200] where !hears {
            let (told, end, killed) = try await run(Grace(term: .zero, kill: .seconds(seconds))) { _, _ in }
            #expect(end == .signalled(9) && killed)
            hears = told.split(separator: "\n").contains("helper")
        }
        #expect(hears)
    }

    @Test func `what the main process leaves behind has the rest of its time`() async throws {
        let (told, end, killed) = try await run(Grace(term: .zero, kill: .seconds(3_600))) {
            place, running in
            try Data().write(to: URL(filePath: "\(place)/stop"))
            try await wait {
                (try? String(contentsOfFile: "\(place)/told", encoding: .utf8))?.contains("helper") == true
            }
            // If the helper had been killed at once, the command would be over.
            #expect(running.isRunning)
            try Data().write(to: URL(filePath: "\(place)/done"))
        }
        #expect(told.contains("helper") && end == .exited(0) && !killed)
    }
}

import Foundation
import Synchronization
import Testing

/// Runs the built executables, as a user does.
enum Tool {
    /// The result of a command.
    struct Outcome {
        var code: Int32
        var output: String
        var errors: String
    }

    /// The root of the repository.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The directory of this build's executables.
    static let products: String = {
        let arguments = CommandLine.arguments
        if let flag = arguments.firstIndex(of: "--test-bundle-path"), flag + 1 < arguments.count {
            return URL(filePath: arguments[flag + 1]).deletingLastPathComponent().path
        }
        return "\(repository)/.build/debug"
    }()

    /// The path of `stune`.
    static var stune: String { "\(products)/stune" }

    /// A running command.
    struct Run {
        let process: Process
        /// The file that its output goes to.
        let output: URL
        /// The file that its errors go to.
        let errors: URL

        /// Waits for its end, as long as `Tool.wait` does. While a process runs, reading `terminationStatus` would
        /// trap.
        ///
        /// - Returns: its exit code.
        /// - Throws: ``StillRunning`` with its last output.
        @discardableResult
        func end(seconds: Double = 120) async throws -> Int32 {
            let hasEnded = try await Tool.wait(seconds: seconds, looking: .milliseconds(10)) {
                !process.isRunning
            }
            if !hasEnded { throw StillRunning(seconds: seconds, words: words) }
            return process.terminationStatus
        }

        /// Its standard error, or why that cannot be read.
        var words: String {
            do { return try String(contentsOf: errors, encoding: .utf8) } catch { return "\(error)" }
        }
    }

    /// A command did not end in time.
    struct StillRunning: Error, CustomStringConvertible {
        var seconds: Double
        var words: String
        var description: String {
            "still running, where \(seconds) s are enough; its last words: \(words.suffix(4000))"
        }
    }

    /// Whether the tests may use Slurm: `make test` starts one for them.
    static let hasSlurm = ProcessInfo.processInfo.environment["STUNE_TEST_SLURM"] == "1"

    /// Whether that Slurm is like a site's: `make test-sites` starts one.
    static let hasSites = hasSlurm && ProcessInfo.processInfo.environment["STUNE_TEST_SITES"] == "1"

    private static let oneAtATime = Mutex(())

    /// Starts a command. Its output goes to files in `directory`, so that nothing can block.
    static func start(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        // Defaults of this machine or of the user who runs the tests must not matter.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["STUNE_SITE": "", "XDG_CONFIG_HOME": "/nonexistent"]) { $1 }
            .merging(environment) { $1 }
        let name = UUID().uuidString
        let output = URL(filePath: "\(directory)/.\(name).out")
        let errors = URL(filePath: "\(directory)/.\(name).err")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        let handles = (try FileHandle(forWritingTo: output), try FileHandle(forWritingTo: errors))
        (process.standardOutput, process.standardError) = handles
        // Foundation learns of an end by a socket that only the command should hold. A command that starts at the same
        // moment may inherit it, and then the first seems to run as long as the second.
        try oneAtATime.withLock { _ in try process.run() }
        // Kept open as long as the Process, they would add up, because the tests ask Slurm often.
        try handles.0.close()
        try handles.1.close()
        return Run(process: process, output: output, errors: errors)
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let run = try start(arguments, in: directory, environment: environment)
        let code = try await run.end(seconds: .infinity)
        return Outcome(
            code: code, output: try String(contentsOf: run.output, encoding: .utf8), errors: run.words
        )
    }

    /// Waits until a condition holds, with a pause between looks.
    ///
    /// - Parameter seconds: the time limit, counted in this machine's own time.
    /// - Returns: whether it holds.
    static func wait(
        seconds: Double, looking pause: Duration = .milliseconds(50), until holds: () async throws -> Bool
    ) async throws -> Bool {
        var time = OwnTime()
        while time.seconds < seconds {
            if try await holds() { return true }
            try await Task.sleep(for: pause)
            time.look()
        }
        return try await holds()
    }
}

/// A temporary directory with a study file and a script, removed with this object.
final class Workplace {
    /// The directory's absolute path.
    let path: String
    /// The study's directory.
    var study: String { "\(path)/study" }

    init(name: String = "stune e2e") throws {
        path = "/tmp/\(name) \(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file; a script becomes executable.
    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        if text.hasPrefix("#!") {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
    }

    /// A place with a study that has run to its end on this machine.
    ///
    /// - Parameter before: what its command does first, in the shell.
    static func finished(
        trials: Int = 9, more: String = "slurm: {time: 5, mem: 50M}", before: String = ""
    ) async throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(trials: trials, more: more)
        try place.writeScript(before: before)
        #expect(try await place.runStudy(cluster: "local").code == 0)
        return place
    }

    /// Writes a study of one parameter `x` and a shell script that trains it; `lines` replaces fields.
    func writeStudy(
        trials: Int = 9, parallel: Int = 3, maxResource: Int = 9, command: String = "[./train.sh, \"{x}\"]",
        searcher: String = "{type: random, seed: 7}", more: String = "slurm: {time: 5, mem: 50M}"
    ) throws {
        try write(
            "study.yaml",
            """
            name: e2e
            metric: {name: loss, goal: minimize}
            parameters:
              x: {type: int, min: 100, max: 999}
            searcher: \(searcher)
            scheduler: {type: asha, min_resource: 1, max_resource: \(maxResource), reduction_factor: 3}
            trials: \(trials)
            parallel: \(parallel)
            command: \(command)
            \(more)

            """)
    }

    /// A script that reports a loss that depends only on `x` and the resource, and saves a checkpoint.
    func writeScript(before: String = "") throws {
        try write(
            "train.sh",
            """
            #!/bin/sh
            \(before)
            i=$STUNE_FROM
            while [ "$i" -lt "$STUNE_TO" ]; do
              i=$((i + 1))
              if [ "$i" = "$STUNE_TO" ]; then
                echo "x=$1 from=$STUNE_FROM resume=$STUNE_RESUME" > "$STUNE_CHECKPOINTS/tmp.c"
                mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$i"
                echo "{\\"checkpoint\\": $i}" >> "$STUNE_REPORTS"
              fi
              echo "{\\"resource\\": $i, \\"metrics\\": {\\"loss\\": 0.$(( ($1 * 7919) % 1000 + 1000 / i ))}}" \\
                >> "$STUNE_REPORTS"
            done

            """)
    }

    /// A line for the script: trials from this one on wait until the gate is opened or the place is removed.
    static func gate(fromTrial trial: Int = 0) -> String {
        "while [ \"$STUNE_TRIAL\" -ge \(trial) ] && [ ! -e go ] && [ -e train.sh ]; do sleep 0.05; done"
    }

    /// Lets the trials at the gate continue.
    func openGate() throws { try write("go", "") }

    /// Runs `stune` in the directory.
    func stune(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool.Outcome {
        try await Tool.run([Tool.stune] + arguments, in: path, environment: environment)
    }

    /// Runs the study to its end.
    func runStudy(cluster: String) async throws -> Tool.Outcome {
        try await stune("run", "study.yaml", "--dir", study, "--cluster", cluster)
    }
}

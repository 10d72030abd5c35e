import Foundation
import Spool
import StudyFile
import Testing
import Tuning

@testable import stune

/// What commands say about commands.
struct CommandLineTests {
    @Test(arguments: [
        ("statsu", "did you mean 'status'?"), ("Logs", "did you mean 'logs'?"),
        ("vaildate", "did you mean 'validate'?"),
        ("launch", "the commands are run, tick, status"),
    ])
    func `a word that is no command is told with the nearest one`(word: String, proposal: String) throws {
        let told = try #require(Stune.unknownCommand([word, "--json"]))
        #expect(told.hasPrefix("unknown command '\(word)'; \(proposal)"), "\(told)")
    }

    @Test(arguments: [[], ["status"], ["help"], ["--version"], ["-h", "statsu"]])
    func `a command or an option is none of these`(arguments: [String]) {
        #expect(Stune.unknownCommand(arguments) == nil)
    }

    @Test func `the client exports the formats that the command names`() throws {
        let client = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "python/stune/export/_formats.py")
        let text = try String(contentsOf: client, encoding: .utf8)
        let known = text.matches(of: /\n    "(\w+)": Format\(/).map { String($0.1) }
        #expect(known == ExportCommand.Format.allCases.map(\.rawValue))
    }

    @Test func `the client is given what the command is given`() {
        var command = ExportCommand()
        (command.format, command.directory, command.python) = (.csv, "-d.stune", "python3")
        (command.to, command.follow, command.interval) = (nil, false, nil)
        #expect(command.clientArguments == ["-m", "stune.export", "csv", "--", "-d.stune"])
        (command.to, command.follow, command.interval) = ("-x", true, 0.5)
        #expect(
            command.clientArguments == [
                "-m", "stune.export", "csv", "--follow", "--to=-x", "--interval=0.5", "--", "-d.stune",
            ])
    }

    @Test(arguments: [
        ["plain", "a/b.c", "--x=1"],
        ["", " ", "a b", "it's", "\"q\"", "$(touch x)", "`id`", "a;b", "*", "~", "\\", "é"],
        ["two\nlines", "tab\t.", "\u{1B}[31m", "it's\u{7}"],
    ])
    func `a shell reads an argument back as it was`(arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "printf '%s\\0' \(Shell.line(arguments))"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(output == Data(arguments.flatMap { Array($0.utf8) + [0] }))
        #expect(!Shell.line(arguments).unicodeScalars.contains { $0.value < 32 })
    }

    @Test func `lines stay lines, and nothing in them steers a terminal`() {
        #expect(
            Table.printableLines("Traceback:\n\tx = 1\r\n\u{1B}[31mred")
                == ["Traceback:", "    x = 1", "\\u{1b}[31mred"])
    }

    // MARK: Programs

    private func notes(_ arguments: [String], hasSetup: Bool = false) throws -> [String] {
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        for (name, mode) in [("train.py", 0o644), ("go.sh", 0o755)] {
            let file = place.appending(path: name).path
            #expect(FileManager.default.createFile(atPath: file, contents: Data()))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        }
        let check = ProgramCheck(
            command: try CommandTemplate(arguments), directory: place.path, hasSetup: hasSetup,
            searchPath: "/usr/bin:/bin")
        return check.notes().map { $0.replacing(place.path, with: "HERE") }
    }

    @Test(arguments: [
        ["sh", "train.py"], ["./go.sh"], ["/bin/sh", "-c", "python3 nowhere.py"],
        ["sh", "-m", "nowhere.py"], ["{x}", "train.py"],
        ["sh", "--config=nowhere.py", "{x}.py"], ["sh", "data.csv"],
    ])
    func `what is there, or may be, is not noted`(arguments: [String]) throws {
        #expect(try notes(arguments).isEmpty)
    }

    @Test func `what is not there is noted with what to do`() throws {
        #expect(
            try notes(["no-such-program-at-all", "trian.py"]) == [
                "command[0]: there is no program 'no-such-program-at-all' on this machine's PATH; name its absolute path, "
                    + "or write ./no-such-program-at-all for a file beside the study file",
                "command[1]: there is no file 'trian.py' in 'HERE', where the command starts; write its path relative to the "
                    + "study file, or an absolute one",
            ])
        #expect(
            try notes(["no-such-program-at-all"], hasSetup: true) == [
                "command[0]: there is no program 'no-such-program-at-all' on this machine's PATH; fine if 'slurm.setup' puts "
                    + "it there"
            ])
        #expect(
            try notes(["./train.py"]) == [
                "command[0]: './train.py' is not executable; run chmod +x HERE/./train.py, or begin with its interpreter, "
                    + "such as [python3, ./train.py]"
            ])
        #expect(
            try notes(["./go"]) == [
                "command[0]: there is no program './go' in 'HERE', where the command starts"
            ])
        #expect(try notes(["../"]).count == 1)
    }

    // MARK: Time

    private func advice(time: String, secondsPerUnit: Double?) throws -> String? {
        let study = try StudyFile.read(
            text: """
                name: a
                metric: {name: loss, goal: minimize}
                parameters: {x: {type: float, min: 0.0, max: 1.0}}
                scheduler: {type: asha, max_resource: 27}
                trials: 27
                command: [train]
                slurm: {time: \(time)}
                """, file: "study.yaml")
        return TimeAdvice(study.spec, secondsPerUnit: secondsPerUnit)?.description
    }

    @Test func `a time limit that the longest step does not fit into is told once the rate is known`()
        throws
    {
        #expect(try advice(time: "10", secondsPerUnit: nil) == nil)
        #expect(try advice(time: "10", secondsPerUnit: 30) == nil)
        let told = try #require(try advice(time: "10", secondsPerUnit: 40))
        #expect(
            told.hasPrefix("slurm.time is 10:00, and training from resource 9 to 27 takes about 12:00"),
            "\(told)")
    }
}

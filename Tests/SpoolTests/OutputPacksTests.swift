import Spool
import Testing
import Tuning

/// The output of finished commands, in few files.
@Suite struct OutputPacksTests {
    private let place: SpoolPlace
    private var study: StudyDirectory { place.study }
    private var packs: OutputPacks { OutputPacks(study) }
    private let token = ArrayToken(bits: 0x9f0c_4a5b_e1d2_7c36)

    init() throws {
        place = try SpoolPlace()
    }

    private func attempt(_ index: Int) -> Turn { Turn(token: token, index: index, epoch: 0) }

    /// Makes the files that a command leaves.
    private func run(_ index: Int, _ files: [String: String]) throws -> String {
        let path = study.outputs(of: attempt(index), TrialID(index))
        try study.files.createDirectory("\(study.path)/\(path)")
        try study.files.createDirectory(
            "\(study.path)/\(study.checkpoints(of: attempt(index), TrialID(index)))")
        for (name, text) in files {
            try study.files.publish(Array(text.utf8), at: "\(study.path)/\(path)/\(name)")
        }
        return path
    }

    private func pack(_ index: Int) throws {
        try packs.pack(
            process: study.outputs(of: attempt(index), TrialID(index)),
            checkpoints: [study.checkpoints(of: attempt(index), TrialID(index))])
    }

    private func text(_ path: String) throws -> String? {
        try packs.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func names(_ directory: String) throws -> [String] {
        try study.files.list("\(study.path)/\(directory)", hidden: true)
    }

    @Test func `what a command printed is one file, and its directories are gone`() throws {
        let path = try run(
            3,
            ["stdout": "out\n", "stderr": "", "reports.jsonl": "{}\n", "answers.jsonl": "x", "leave": ""])
        try pack(3)
        #expect(try names("outputs/new") == ["3.\(token).3.0"])
        #expect(try names("live").isEmpty)
        #expect(try names("trials/0").isEmpty)
        #expect(try text("\(path)/stdout") == "out\n")
        #expect(try text("\(path)/reports.jsonl") == "{}\n")
        #expect(try text("\(path)/stderr") == nil)
        #expect(try text("\(path)x/stdout") == nil)
        #expect(try packs.paths() == ["\(path)/stdout", "\(path)/reports.jsonl"])
    }

    @Test func `a command that printed nothing leaves nothing, and one with a checkpoint leaves that`()
        throws
    {
        _ = try run(0, ["stdout": "", "reports.jsonl": ""])
        try pack(0)
        #expect(try names("outputs/new").isEmpty)
        _ = try run(1, ["stdout": ""])
        let checkpoint = study.checkpoint(attempt(1), of: TrialID(1), at: Resource(9))
        try study.files.publish([1], at: "\(study.path)/\(checkpoint)")
        try pack(1)
        #expect(try names("live").isEmpty)
        #expect(try names("trials/0") == ["1.\(token).1.0"])
        #expect(try study.files.exists("\(study.path)/\(checkpoint)"))
    }

    @Test func `what the command itself has written beside its reports stays`() throws {
        let path = try run(0, ["stdout": "a", "mine.txt": "b"])
        try pack(0)
        #expect(try names(path) == ["mine.txt"])
        #expect(try text("\(path)/stdout") == "a")
    }

    @Test func `a pack that was published before what it was made of went is not replaced by less`() throws
    {
        let path = try run(0, ["stdout": "all", "stderr": "of it"])
        try pack(0)
        // Its worker was killed between the two steps.
        _ = try run(0, ["stderr": "of it"])
        try pack(0)
        #expect(try text("\(path)/stdout") == "all")
        #expect(try text("\(path)/stderr") == "of it")
        // A controller that had not seen all files packs the rest.
        _ = try run(0, ["reports.jsonl": "{}"])
        try pack(0)
        #expect(try text("\(path)/reports.jsonl") == "{}")
        #expect(try text("\(path)/stdout") == "all")
        // The same after the first pack was merged: duplicates are read once.
        #expect(try packs.fold(all: true) == 2)
        _ = try run(0, ["stderr": "of it"])
        try pack(0)
        #expect(try names("outputs/new").count == 1)
        #expect(try text("\(path)/stderr") == "of it")
        #expect(try packs.fold(all: true) == 1)
        #expect(try text("\(path)/stdout") == "all")
        #expect(try text("\(path)/stderr") == "of it")
    }

    @Test func `hundreds of packs become a few, and each is found`() throws {
        var path = ""
        for index in 0..<400 {
            path = try run(index, ["stdout": "trial \(index)\n"])
            try pack(index)
            if index % 20 == 0 { _ = try packs.fold(all: index % 40 == 0) }
        }
        _ = try packs.fold(all: true)
        #expect(try names("outputs/new").isEmpty)
        #expect(try names("outputs/packs").count < 16)
        #expect(try text("\(path)/stdout") == "trial 399\n")
        let other = study.outputs(of: attempt(123), TrialID(123))
        #expect(try text("\(other)/stdout") == "trial 123\n")
        #expect(try packs.fold(all: false) == 0)
    }

    @Test func `few packs wait for more, and folding is harmless twice`() throws {
        for index in 0..<3 {
            _ = try run(index, ["stdout": "\(index)"])
            try pack(index)
        }
        #expect(try packs.fold(all: false) == 0)
        #expect(try names("outputs/new").count == 3)
        // Two controllers at the same time, of which one stops before it removes the packs that it merged.
        let copies = try names("outputs/new").map { name in
            (name, try study.files.read("\(study.outputs)/new/\(name)", limit: 1_000))
        }
        #expect(try packs.fold(all: true) == 3)
        for (name, bytes) in copies { try study.files.publish(bytes, at: "\(study.outputs)/new/\(name)") }
        #expect(try packs.fold(all: true) == 3)
        #expect(try text("\(study.outputs(of: attempt(2), TrialID(2)))/stdout") == "2")
    }

    @Test func `a large file is moved and not copied`() throws {
        let path = try run(0, ["stderr": "small"])
        let large = [UInt8](repeating: 65, count: SpoolLimits.packedFileBytes + 1)
        try study.files.publish(large, at: "\(study.path)/\(path)/stdout")
        try pack(0)
        #expect(try names("outputs/large") == ["0.\(token).0.0.stdout"])
        #expect(try packs.contents(of: "\(path)/stdout") == large)
        #expect(try text("\(path)/stderr") == "small")
        #expect(try names("live").isEmpty)
    }

    @Test func `the logs of an array's tasks are packed, and one that runs again adds to its own`() throws {
        for index in 0..<3 {
            try study.files.publish(Array("log \(index)\n".utf8), at: "\(study.logs)/7_\(index).out")
        }
        try study.files.publish([], at: "\(study.logs)/7_3.out")
        try packs.pack(logs: ["7_0.out", "7_1.out", "7_2.out", "7_3.out"], of: 7)
        #expect(try names("logs").isEmpty)
        #expect(try text("logs/7_1.out") == "log 1\n")
        try study.files.publish(Array("again\n".utf8), at: "\(study.logs)/7_1.out")
        try packs.pack(logs: ["7_1.out"], of: 7)
        #expect(try text("logs/7_1.out")?.split(separator: "\n").sorted() == ["again", "log 1"])
        _ = try packs.fold(all: true)
        #expect(try text("logs/7_1.out")?.split(separator: "\n").sorted() == ["again", "log 1"])
        #expect(try text("logs/7_11.out") == nil)
    }

    @Test func `what is no pack is set aside`() throws {
        try study.files.publish(Array("nonsense".utf8), at: "\(study.outputs)/new/0.x.0.0")
        try study.files.publish(
            Array("{\"version\":1,\"files\":[{\"path\":\"a\",\"bytes\":9}]}\nshort".utf8),
            at: "\(study.outputs)/new/1.x.0.0")
        _ = try run(2, ["stdout": "two"])
        try pack(2)
        #expect(try packs.fold(all: true) == 1)
        #expect(try names("outputs/new").isEmpty)
        #expect(try names("spool/quarantine").count == 2)
        #expect(try packs.paths().count == 1)
    }

    @Test func `a study of the first layout keeps it, and is packed as well`() throws {
        let old = try SpoolPlace()
        try old.study.files.removeTree(old.study.live)
        // A controller of this version opens it.
        try old.study.create()
        let study = try old.study.inOwnLayout()
        #expect(study.layout == .nested)
        #expect(try self.study.inOwnLayout().layout == .flat)
        let attempt = attempt(5)
        let path = study.outputs(of: attempt, TrialID(5))
        #expect(path == "trials/0/5/\(attempt)")
        try study.files.createDirectory("\(study.path)/\(path)/checkpoints")
        try study.files.publish(Array("old".utf8), at: "\(study.path)/\(path)/stdout")
        try OutputPacks(study).pack(
            process: path, checkpoints: [study.checkpoints(of: attempt, TrialID(5))])
        #expect(try !study.files.exists("\(study.path)/\(path)"))
        #expect(try OutputPacks(study).contents(of: "\(path)/stdout") == Array("old".utf8))
    }

    @Test func `a study without packs has nothing in them`() throws {
        let old = try SpoolPlace()
        try old.study.files.removeTree(old.study.outputs)
        #expect(try OutputPacks(old.study).contents(of: "live/0.x/stdout") == nil)
        #expect(try OutputPacks(old.study).paths().isEmpty)
    }
}

import Foundation
import Spool
import Testing

@testable import Doctor

@Suite struct FileSystemTests {
    private func facts(_ change: (inout FileSystemFacts) -> Void = { _ in }) -> FileSystemFacts {
        var facts = FileSystemFacts(path: "/scratch/ada", kind: FileSystemKind(number: 0x6969))
        (facts.freeBytes, facts.freeFiles, facts.allFiles) = (1 << 40, 50_000_000, 60_000_000)
        (facts.syncMedian, facts.syncLongest, facts.clockAhead) = (1.24, 3, 0.01)
        change(&facts)
        return facts
    }

    private func findings(
        _ facts: FileSystemFacts, quota: String = "", isCluster: Bool = true
    ) -> [Finding] {
        FileSystemFindings.all(
            .found(facts), quota: .found(QuotaTable(quota)), path: facts.path, isCluster: isCluster)
    }

    @Test func `a file system that does all has nothing to note`() {
        let all = findings(facts())
        #expect(all.concerns == [])
        #expect(all["files.directory"]?.what == "'/scratch/ada' is on a file system of type nfs")
        #expect(all["files.sync"]?.what == "an fsync takes 1.2 ms, at most 3.0 ms")
    }

    @Test func `each thing that does not work is told`() {
        let cases: [(String, (inout FileSystemFacts) -> Void)] = [
            ("files.names problem", { $0.linkTrouble = "Operation not permitted" }),
            ("files.names problem", { $0.renameTrouble = "Operation not permitted" }),
            ("files.locks problem", { $0.lockTrouble = "No locks available" }),
            ("files.sync warning", { $0.syncMedian = 80 }), ("files.clock note", { $0.clockAhead = -5 }),
            ("files.clock warning", { $0.clockAhead = 100 }),
            ("files.room warning", { $0.freeBytes = 1 << 20 }),
            ("files.room warning", { $0.freeFiles = 10 }),
            ("files.directory warning", { $0.kind = FileSystemKind(number: 0xEF53) }),
            ("files.directory note", { $0.kind = FileSystemKind(number: 0x6573_5546) }),
            ("files.directory problem", { $0.kind = FileSystemKind(number: 0x5346_414F) }),
            ("files.directory problem", { $0.path = "/a\\b" }),
        ]
        for (concern, change) in cases { #expect(findings(facts(change)).concerns == [concern]) }
        #expect(findings(facts { $0.writeTrouble = "read-only" }).concerns == ["files.directory problem"])
    }

    @Test func `a disk of this machine is fine where tasks run on it`() {
        let own = facts { $0.kind = FileSystemKind(number: 0x0102_1994) }
        #expect(findings(own, isCluster: false).concerns == [])
    }

    @Test func `a file system that hangs or is not there is a problem`() {
        for answer: Answer<FileSystemFacts> in [.late(10), .failed("no such directory")] {
            let all = FileSystemFindings.all(answer, quota: .absent, path: "/x", isCluster: true)
            #expect(all.concerns == ["files.directory problem"])
        }
    }

    // MARK: Quota

    private let plain = """
        Disk quotas for user ada (uid 1000):
             Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
        home:/export/home  512345* 500000 1100000   6days   12345   50000   60000
        """
    private let lustre = """
        Disk quotas for usr ada (uid 1000):
              Filesystem  kbytes   quota   limit   grace   files   quota   limit   grace
        /lustre/scratch/a/very/long/name
                         123456       0 10000000       -   12345       0 1000000       -
        uid 1000 is using default file quota setting
        """

    @Test func `quotas of quota and lfs are read`() {
        #expect(
            QuotaTable(plain).rows == [
                QuotaTable.Row(
                    name: "home:/export/home", kibibytes: .init(used: 512_345, most: 500_000),
                    files: .init(used: 12_345, most: 50_000))
            ])
        #expect(
            QuotaTable(lustre).rows == [
                QuotaTable.Row(
                    name: "/lustre/scratch/a/very/long/name",
                    kibibytes: .init(used: 123_456, most: 10_000_000),
                    files: .init(used: 12_345, most: 1_000_000))
            ])
        #expect(QuotaTable("Disk quotas for user ada (uid 1000): none\n").rows == [])
    }

    @Test func `a quota of files becomes a limit`() {
        let all = findings(facts(), quota: lustre)
        #expect(all["files.room"]?.advice == [.setting("limits.files", "493827")])
        #expect(all["files.room"]?.level == .ok)
        #expect(findings(facts(), quota: plain)["files.room"]?.level == .warning)
    }

    // MARK: A look at this machine

    @Test func `a directory of this machine is measured, and left as it was`() throws {
        let path = "/tmp/stune-doctor-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let facts = try FileSystemLook.facts(of: path)
        #expect(facts.writeTrouble == nil && facts.linkTrouble == nil && facts.renameTrouble == nil)
        #expect(facts.lockTrouble == nil)
        #expect(facts.syncMedian >= 0 && facts.syncLongest >= facts.syncMedian)
        #expect(abs(facts.clockAhead ?? 100) < 10)
        #expect(facts.freeBytes > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
        #expect(throws: FileError.self) { try FileSystemLook.facts(of: "\(path)/none") }
    }

    // MARK: Time limits

    @Test func `a look that hangs ends as late`() async {
        let answer = await Look.blocking(seconds: 1) { Thread.sleep(forTimeInterval: 86_400) }
        #expect(answer == .late(1))
        let other: Answer<Int> = await Look.within(seconds: 1) {
            try await Task.sleep(for: .seconds(60))
            return 1
        }
        #expect(other == .late(1))
    }

    @Test func `a command that hangs ends as late, and one that is not there is absent`() async {
        let look = CommandLook(seconds: 1)
        #expect(await look.text("sleep", "30") == .late(1))
        #expect(await look.text("no-such-program-here") == .absent)
        #expect(await look.text("sh", "-c", "echo no >&2; exit 3") == .failed("no"))
        #expect(await look.text("echo", "yes") == .found("yes\n"))
    }
}

extension Answer where Value == Void {
    static func == (left: Answer, right: Answer) -> Bool {
        if case .late(let one) = left, case .late(let other) = right { one == other } else { false }
    }
}

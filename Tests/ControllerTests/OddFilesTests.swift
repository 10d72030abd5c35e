import Clusters
import Foundation
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// Files in a study's directory that no part of the study has made.
@Suite struct OddFilesTests {
    /// The names of one directory of the inbox, as bytes.
    private func put(_ names: [[UInt8]], _ study: StudyDirectory) {
        for name in names {
            let path = Array("\(study.inbox)/0/new/".utf8) + name + [0]
            let file = path.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { name in
                    name.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
                }
            }
            #expect(file >= 0)
            close(file)
        }
    }

    @Test func `letters with names of any length and any bytes are put away, and the study goes on`()
        async throws
    {
        let fixture = try StudyFixture(trials: 3)
        let long = Array(repeating: UInt8(ascii: "n"), count: 250)
        put(
            [long, Array(repeating: UInt8(ascii: "n"), count: 255), [0xFF, 0xFE, 0x41], [0xC3, 0x28]],
            fixture.directory)
        try FileManager.default.createDirectory(
            atPath: "\(fixture.directory.inbox)/1/new/directory/below", withIntermediateDirectories: true)
        #expect(mkfifo("\(fixture.directory.inbox)/1/new/pipe", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: "\(fixture.directory.inbox)/1/new/link", withDestinationPath: "/etc/passwd")
        var controller = try await fixture.controller(InstantCluster(fixture.directory) { _ in .waits })
        for _ in 0..<4 { _ = try await controller.pass() }
        #expect(try Inbox(fixture.directory).letters(limit: 100).isEmpty)
        #expect(try Files.system.list("\(fixture.directory.inbox)/0/new").isEmpty)
        let kept = try Files.system.list(fixture.directory.quarantine).filter { !$0.hasSuffix(".reason") }
        #expect(kept.count == 7)
        try controller.finish()
    }

    @Test func `very many strange letters are told of once, and a pass does not take long for them`()
        async throws
    {
        let fixture = try StudyFixture(trials: 3)
        put((0..<3_000).map { Array("stranger \($0)".utf8) }, fixture.directory)
        var controller = try await fixture.controller(InstantCluster(fixture.directory) { _ in .waits })
        _ = try await controller.pass()
        #expect(try Files.system.list("\(fixture.directory.inbox)/0/new").isEmpty)
        let names = try Files.system.list(fixture.directory.quarantine)
        #expect(names.count { $0.hasSuffix(".reason") } == ControllerLimits.reasonsPerPass)
        let notices = try controller.store.read { try $0.notices() }.filter { $0.topic == "quarantine" }
        #expect(notices.count == 1)
        #expect(notices.first?.text.hasPrefix("3000 letters") == true)
        try controller.finish()
    }

    @Test(arguments: ["spool", "spool/inbox", "spool/inbox/0/new", "spool/manifests", "lease"])
    func `a directory of a study that is a link is not followed`(_ part: String) async throws {
        let fixture = try StudyFixture(trials: 3)
        let elsewhere = try StudyFixture()
        let path = "\(fixture.directory.path)/\(part)"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "\(elsewhere.directory.path)/\(part)")
        let error = #expect(throws: FileError.self) {
            try fixture.directory.create()
            _ = try fixture.directory.files.list(path)
        }
        #expect(error?.mayPass == false)
        #expect(try Files.system.list("\(elsewhere.directory.path)/lease").isEmpty)
    }

    @Test func `a zombie holds no lease, and a process whose first thread has ended does`() async throws {
        #expect(Host.start(inStat: stat(state: "Z", threads: 1)) == nil)
        #expect(Host.start(inStat: stat(state: "Z", threads: 4)) == 77)
        #expect(Host.start(inStat: stat(state: "S", threads: 1)) == 77)
        #expect(Host.start(inStat: "") == nil)
    }

    private func stat(state: String, threads: Int) -> String {
        let before = Array(repeating: "0", count: 16).joined(separator: " ")
        return "4711 (a name) with) \(state) \(before) \(threads) 0 77 0 0"
    }
}

import Foundation
import Spool
import Testing

/// The kernel's notice that something has changed. On a file system without it, there is nothing to test.
@Suite struct FileWatchTests {
    private func place() throws -> String {
        let path = "\(NSTemporaryDirectory())stune-watch-\(UUID().uuidString)"
        for name in ["new", "tmp"] { try Files.system.createDirectory("\(path)/\(name)") }
        return path
    }

    private func arrive(_ name: String, in path: String) throws {
        try Files.system.publish([], at: "\(path)/new/\(name)", staging: "\(path)/tmp")
    }

    @Test func `what arrives before a wait, or in it, ends it`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bell = Bell()
        guard let watch = FileWatch(ringing: bell) else { return }
        _ = try #require(watch.watch(arrivalsIn: "\(path)/new"))
        try arrive("1", in: path)
        let start = ContinuousClock.now
        await bell.wait(atMost: .seconds(900))
        async let waits: Void = bell.wait(atMost: .seconds(900))
        try await Task.sleep(for: .milliseconds(20))
        try arrive("2", in: path)
        await waits
        #expect(ContinuousClock.now - start < .seconds(600))
    }

    @Test func `one that rings once is deaf until it listens again`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bell = Bell()
        guard let watch = FileWatch(ringing: bell, once: true) else { return }
        _ = try #require(watch.watch(arrivalsIn: "\(path)/new"))
        try arrive("1", in: path)
        let start = ContinuousClock.now
        await bell.wait(atMost: .seconds(900))
        #expect(ContinuousClock.now - start < .seconds(600))
        try arrive("2", in: path)
        let deaf = ContinuousClock.now
        await bell.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - deaf >= .milliseconds(50))
        watch.listen()
        let listening = ContinuousClock.now
        await bell.wait(atMost: .seconds(900))
        #expect(ContinuousClock.now - listening < .seconds(600))
    }

    @Test func `what is appended to a file ends a wait, until it is forgotten`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bell = Bell()
        guard let watch = FileWatch(ringing: bell) else { return }
        try Files.touch("\(path)/reports")
        let watched = try #require(watch.watch(writesTo: "\(path)/reports"))
        try Files.appendLine(Array("one".utf8), to: "\(path)/reports")
        let start = ContinuousClock.now
        await bell.wait(atMost: .seconds(900))
        #expect(ContinuousClock.now - start < .seconds(600))
        watch.forget(watched)
        // The kernel reports that, too.
        await bell.wait(atMost: .milliseconds(50))
        try Files.appendLine(Array("two".utf8), to: "\(path)/reports")
        let end = ContinuousClock.now
        await bell.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - end >= .milliseconds(50))
    }

    @Test func `a name that is not there, or is a link, is not watched`() throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let watch = FileWatch(ringing: Bell()) else { return }
        #expect(watch.watch(arrivalsIn: "/nowhere/new") == nil)
        try FileManager.default.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "/etc")
        #expect(!FileWatch.seesAll(in: "/nowhere/new"))
    }
}

@Suite struct BellTests {
    @Test func `without a ring the wait takes its time`() async {
        let bell = Bell()
        let start = ContinuousClock.now
        await bell.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
    }

    @Test func `rings before a wait count once`() async {
        let bell = Bell()
        bell.ring()
        bell.ring()
        let start = ContinuousClock.now
        await bell.wait(atMost: .seconds(900))
        #expect(ContinuousClock.now - start < .seconds(600))
        await bell.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }
}

import Foundation
import Spool
import Testing

@testable import Controller

/// The kernel's word that a letter has come. On a file system where it gives none there is nothing to test.
@Suite struct InboxWatchTests {
    private func place() throws -> String {
        let path = "\(NSTemporaryDirectory())stune-watch-\(UUID().uuidString)"
        for name in ["new", "tmp"] { try Files.system.createDirectory("\(path)/\(name)") }
        return path
    }

    private func arrive(_ name: String, in path: String) throws {
        try Files.system.publish([], at: "\(path)/new/\(name)", staging: "\(path)/tmp")
    }

    @Test func `a letter that came before the wait, or comes in it, ends it`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let watch = InboxWatch(["\(path)/new"]) else { return }
        try arrive("1", in: path)
        let start = ContinuousClock.now
        await watch.wait(atMost: .seconds(900))
        async let waits: Void = watch.wait(atMost: .seconds(900))
        try await Task.sleep(for: .milliseconds(20))
        try arrive("2", in: path)
        await waits
        #expect(ContinuousClock.now - start < .seconds(600))
    }

    @Test func `without a letter the wait takes its time`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let watch = InboxWatch(["\(path)/new"]) else { return }
        let start = ContinuousClock.now
        await watch.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
    }

    @Test func `there is none for a directory that is not there`() {
        #expect(InboxWatch(["/nowhere/new"]) == nil)
    }
}

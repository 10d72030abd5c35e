import Foundation
import Spool
import Synchronization
import Testing
import Tuning

@testable import Worker

@Suite struct CourierTests {
    private let attempt = Turn(token: ArrayToken(bits: 1), index: 0, epoch: 0)

    /// An inbox that is full at first.
    private final class FullInbox: Sendable {
        private let state: Mutex<(refusals: Int, letters: [[Message]])>

        init(refusals: Int) { state = Mutex((refusals, [])) }

        var letters: [[Message]] { state.withLock { $0.letters } }

        func put(_ messages: [Message]) throws(SpoolError) {
            let isFull = state.withLock { state in
                if state.refusals > 0 {
                    state.refusals -= 1
                    return true
                }
                state.letters.append(messages)
                return false
            }
            if isFull { throw .inboxFull(path: "inbox", letters: 20_000) }
        }
    }

    @Test func `news waits while the inbox is full, says so, and then arrives once and in order`()
        async throws
    {
        let inbox = FullInbox(refusals: 2)
        var courier = Courier { (messages) throws(SpoolError) in
            try inbox.put(messages)
        }
        var notes: [String] = []
        for resource in 1...2 {
            courier.add([.checkpoint(resource: Resource(resource))], of: attempt)
            try await courier.send { notes.append($0) }
        }
        #expect(inbox.letters.map { $0.map(\.sequence) } == [[0], [1]])
        #expect(notes.count == 2)
        #expect(notes.allSatisfy { $0.contains("the inbox is full") && $0.contains("stune run") })
    }

    @Test func `patience ends`() async {
        let inbox = FullInbox(refusals: .max)
        var courier = Courier(patience: .milliseconds(1)) {
            (messages) throws(SpoolError) in try inbox.put(messages)
        }
        courier.add([.checkpoint(resource: Resource(1))], of: attempt)
        await #expect(throws: WorkerError.self) { try await courier.send { _ in } }
        #expect(inbox.letters.isEmpty)
    }

    @Test func `much news fills several letters within their limit`() async throws {
        let inbox = FullInbox(refusals: 0)
        var courier = Courier { (messages) throws(SpoolError) in
            try inbox.put(messages)
        }
        let bodies = (0..<2_500).map { Message.Body.checkpoint(resource: Resource($0)) }
        courier.add(bodies, of: attempt)
        try await courier.send { _ in }
        #expect(inbox.letters.map(\.count) == [1_000, 1_000, 500])
        #expect(inbox.letters.joined().map(\.sequence) == Array(0..<2_500))
    }
}

@Suite struct GrowingFileTests {
    private func place() -> String {
        FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)").path
    }

    private func text(_ lines: [[UInt8]]) -> [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    private func append(_ text: String, to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    @Test func `lines are read as they come, a torn one when it is whole`() throws {
        let path = place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = GrowingFile(path: path)
        #expect(try file.newLines().isEmpty)
        try Data("one\ntw".utf8).write(to: URL(filePath: path))
        #expect(text(try file.newLines()) == ["one"])
        try append("o\n\nthree", to: path)
        #expect(text(try file.newLines()) == ["two"])
        #expect(text(try file.newLines(isLast: true)) == ["three"])
    }

    @Test func `a file that was cut or replaced is no longer believed`() throws {
        let path = place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("one\ntwo\n".utf8).write(to: URL(filePath: path))
        var file = GrowingFile(path: path)
        _ = try file.newLines()
        try Data("x\n".utf8).write(to: URL(filePath: path))
        #expect(throws: GrowingFile.Trouble.replaced) { _ = try file.newLines() }
    }

    @Test func `a file beyond the limit and a symbolic link are refused`() throws {
        let (path, link) = (place(), place())
        defer { for each in [path, link] { try? FileManager.default.removeItem(atPath: each) } }
        try Data(repeating: 65, count: 100).write(to: URL(filePath: path))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        var large = GrowingFile(path: path, limit: 99)
        #expect(throws: GrowingFile.Trouble.tooLarge(bytes: 100)) { _ = try large.newLines() }
        var linked = GrowingFile(path: link)
        #expect(throws: GrowingFile.Trouble.self) { _ = try linked.newLines() }
    }
}

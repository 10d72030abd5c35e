import Foundation
import Spool
import Testing
import Tuning

/// A study directory, removed with this object.
final class SpoolPlace: Sendable {
    let study: StudyDirectory

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        study = StudyDirectory(url.path(percentEncoded: false))
        try study.create()
    }

    deinit { try? FileManager.default.removeItem(atPath: study.path) }
}

@Suite struct InboxTests {
    private let attempt = Turn(token: ArrayToken(bits: 0xABC), index: 11, epoch: 0)

    private func message(_ sequence: Int, _ body: Message.Body) -> Message {
        Message(attempt: attempt, sequence: sequence, time: 1.5, body: body)
    }

    static let bodies: [Message.Body] = [
        .started(Message.Started(array: 4821, host: "n3", process: 7)),
        .report(resource: Resource(3), metrics: ["loss": 0.1 + 0.2], nonFinite: ["b": "nan"]),
        .checkpoint(resource: Resource(3)),
        .ended(.finished, stderrTail: ""), .ended(.exited(code: 3), stderrTail: "a\n\"b\""),
        .ended(.signalled(number: 9), stderrTail: ""), .ended(.notStarted(reason: "é"), stderrTail: ""),
        .ended(.left, stderrTail: ""), .ended(.noReport, stderrTail: ""),
        .ended(.badReport(reason: "no"), stderrTail: ""),
        .started(Message.Started(array: 4821, host: "n3", process: 7, home: 2)),
        .checkpoint(resource: Resource(3), home: 2), .checkpoint(resource: Resource(3), bytes: 0),
        .checkpoint(resource: Resource(3), home: 2, bytes: 1 << 40), .waiting(secondsLeft: nil),
        .waiting(secondsLeft: 3_600), .waiting(secondsLeft: -0.25), .idle(secondsLeft: nil),
        .idle(secondsLeft: 12.5), .ended(.wentOn, stderrTail: ""), .ended(.paused, stderrTail: ""),
        .ended(.givenBack, stderrTail: ""),
        .ended(.setupFailed(reason: "line 2"), stderrTail: "no such module"),
        .ended(.crashedLeaving(reason: "signal 11"), stderrTail: ""),
        .ended(
            .finished, stderrTail: "",
            used: Usage(cpuSeconds: 1.25, memoryBytes: 12e9, gpuPercent: 43.5, gpuMemoryBytes: 8e9)),
        .ended(.wentOn, stderrTail: "", used: Usage(cpuSeconds: 0.5)),
        .ended(.exited(code: 1), stderrTail: "x", used: Usage(memoryBytes: 4_096)),
    ]

    @Test func `a letter that is put in is read as it was, and is gone when removed`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        let messages = Self.bodies.enumerated().map { message($0.offset, $0.element) }
        try inbox.put(messages)
        let letters = try inbox.letters(limit: 10)
        #expect(letters.count == 1)
        #expect(try inbox.read([letters[0]])[0].get() == .messages(messages))
        #expect(letters[0].path.hasSuffix("/inbox/3/new/\(attempt).0"))
        #expect(inbox.remove(letters).isEmpty)
        #expect(inbox.remove(letters).isEmpty)
        #expect(try inbox.letters(limit: 10).isEmpty)
        #expect(try Files.system.list("\(place.study.inbox)/3/tmp").isEmpty)
    }

    @Test func `a line is written as Codable writes it`() {
        for (sequence, body) in Self.bodies.enumerated() {
            for turn in [0, 4] {
                var message = message(sequence, body)
                message.attempt.turn = turn
                message.time = 1_790_000_000.25
                #expect(message.line == SpoolJSON.encode(message), "\(body)")
            }
        }
    }

    @Test func `a plain line is read without Codable, and as Codable reads it`() throws {
        for (sequence, body) in Self.bodies.enumerated() {
            for turn in [0, 4] {
                var message = message(sequence, body)
                message.attempt.turn = turn
                let read = Message(plain: SpoolJSON.encode(message)[...])
                switch body {
                case .started, .report, .checkpoint, .waiting, .idle, .ended(.finished, _, _),
                    .ended(.wentOn, _, _), .ended(.paused, _, _), .ended(.givenBack, _, _):
                    #expect(read == message)
                case .ended: #expect(read == nil)
                }
            }
        }
        let reversed =
            #"{ "version": 1, "type": "checkpoint", "time": 2, "sequence": 3, "resource": 4, "#
            + #""index": 5, "epoch": 6, "token": "0000000000000abc" }"#
        #expect(
            Message(plain: Array(reversed.utf8)[...])
                == (try SpoolJSON.decode(Message.self, from: Array(reversed.utf8))))
    }

    @Test(arguments: [
        (#""index":11"#, #""index":-1"#), (#""version":1"#, #""version":2"#),
        (#""time":1.5"#, #""time":"1.5""#),
        (#""index":11"#, #""index":11,"turn":-1"#), (#""index":11"#, #""index":11,"turn":null"#),
        (#""index":11"#, #""index":11,"secondsLeft":1e400"#), (#""index":11"#, #""index":11,"home":0.5"#),
        (#""index":11"#, #""index":11,"index":12"#), (#""index":11"#, #""index":11,"more":1"#),
        (#""resource":3"#, #""resource":1125899906842625"#), (#""type":"report""#, #""type":"gossip""#),
        (#""token":"0000000000000abc""#, #""token":"0000000000000ABC""#),
        (#""metrics":{"#, #""metrics":["#),
    ])
    func `what is not plain is left to Codable`(plain: String, other: String) {
        let line = String(
            decoding: SpoolJSON.encode(
                message(2, .report(resource: Resource(3), metrics: ["l": 0.5], nonFinite: [:]))),
            as: UTF8.self)
        let changed = line.replacing(plain, with: other)
        #expect(changed != line)
        #expect(Message(plain: Array(changed.utf8)[...]) == nil)
    }

    @Test func `letters of an attempt come in the order of their numbers`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        for sequence in [10, 9, 100, 1] {
            try inbox.put([message(sequence, .checkpoint(resource: Resource(3)))])
        }
        let first = try inbox.letters(limit: 3).map { $0.path.split(separator: ".").last }
        #expect(first == ["1", "9", "10"])
    }

    @Test func `letters of a worker that stays come in the order of its turns`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        var expected: [String] = []
        for (epoch, turn, sequence) in [
            (0, 0, 1), (0, 0, 2), (0, 0, 3), (0, 0, 10), (0, 1, 0), (0, 2, 9), (0, 2, 10), (0, 10, 0),
            (1, 0, 0), (1, 1, 2),
        ] {
            var message = message(sequence, .waiting(secondsLeft: nil))
            (message.attempt.epoch, message.attempt.turn) = (epoch, turn)
            try inbox.put([message])
            expected.append("\(place.study.inbox)/3/new/\(message.attempt).\(sequence)")
        }
        #expect(try inbox.letters(limit: 99).map(\.path) == expected)
        #expect(try inbox.letters(limit: 5).map(\.path) == Array(expected.prefix(5)))
    }

    @Test func `names that are none of ours are listed too`() throws {
        let place = try SpoolPlace()
        let names = ["", "..", "...", "1", "9999999999999999999999", "x\u{e9}", "y"].map { "a.0.0.\($0)" }
        for name in names + ["b", "b.1", "b.1."] {
            try Files.system.publish([], at: "\(place.study.inbox)/0/new/\(name)")
        }
        #expect(try Inbox(place.study).letters(limit: 99).count == 10)
    }

    @Test func `the lines are those that docs/spool.md shows`() {
        let line = SpoolJSON.encode(
            message(2, .report(resource: Resource(3), metrics: ["l": 0.5], nonFinite: [:])))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"epoch":0,"index":11,"metrics":{"l":0.5},"resource":3,"sequence":2,"#
                + #""time":1.5,"token":"0000000000000abc","type":"report","version":1}"#)
    }

    @Test func `a request to cancel is told from news`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        try inbox.putCancel()
        #expect(try inbox.read(inbox.letters(limit: 1))[0].get() == .cancel)
    }

    static let torn: [String] = [
        "", "\n\n", "{", "[]", "null", "{\"version\":1}", "\u{0}\u{1}",
        #"{"version":2,"type":"started","token":"0000000000000abc","index":0,"epoch":0,"sequence":0,"time":0}"#,
        #"{"version":1,"type":"flown","token":"0000000000000abc","index":0,"epoch":0,"sequence":0,"time":0}"#,
        #"{"version":1,"type":"checkpoint","resource":1,"token":"../../etc","index":0,"epoch":0,"sequence":0,"time":0}"#,
        #"{"version":1,"type":"checkpoint","resource":1,"token":"0000000000000abc","index":-1,"epoch":0,"#
            + #""sequence":0,"time":0}"#,
        #"{"version":1,"type":"checkpoint","resource":1,"bytes":-1,"token":"0000000000000abc","index":1,"#
            + #""epoch":0,"sequence":0,"time":0}"#,
        #"{"version":1,"type":"report","resource":-1,"metrics":{},"token":"0000000000000abc","index":0,"#
            + #""epoch":0,"sequence":0,"time":0}"#,
        #"{"version":1,"type":"report","resource":1,"metrics":{"a":"x"},"token":"0000000000000abc","index":0,"#
            + #""epoch":0,"sequence":0,"time":0}"#,
    ]

    @Test(arguments: torn)
    func `what is no letter is malformed, and put aside with the reason`(_ text: String) throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        try Files.system.publish(Array(text.utf8), at: "\(place.study.inbox)/0/new/bad")
        let letter = try inbox.letters(limit: 1)[0]
        #expect {
            _ = try inbox.read([letter])[0].get()
        } throws: { error in
            guard case SpoolError.malformed = error else { return false }
            return true
        }
        try inbox.quarantine(letter, reason: "torn")
        #expect(try inbox.letters(limit: 1).isEmpty)
        #expect(try Files.system.list(place.study.quarantine) == ["bad", "bad.reason"])
    }

    @Test func `a link, a pipe and a file beyond the limit are malformed, and nothing hangs`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        let new = "\(place.study.inbox)/0/new"
        try FileManager.default.createSymbolicLink(
            atPath: "\(new)/link", withDestinationPath: "/etc/passwd")
        mkfifo("\(new)/pipe", 0o600)
        try Data(count: SpoolLimits.letterBytes + 1).write(to: URL(filePath: "\(new)/large"))
        for letter in try inbox.letters(limit: 10) {
            #expect {
                _ = try inbox.read([letter])[0].get()
            } throws: { error in
                guard case SpoolError.malformed = error else { return false }
                return true
            }
        }
    }

    @Test func `of many letters each is read and removed, whatever becomes of the others`() throws {
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        let count = SpoolLimits.filesWorthThreads * 3 + 1
        for index in 0..<count {
            let attempt = Turn(token: ArrayToken(bits: 7), index: index, epoch: 0)
            let word = Message(attempt: attempt, sequence: 0, time: 0, body: .waiting(secondsLeft: nil))
            try inbox.put([word])
        }
        var letters = try inbox.letters(limit: count)
        try Files.system.unlink(letters[count / 2].path)
        let found = inbox.read(letters)
        #expect(found.count == count)
        for (index, (letter, content)) in zip(letters, found).enumerated() {
            guard index != count / 2 else {
                #expect(throws: SpoolError.self) { try content.get() }
                continue
            }
            guard case .messages(let messages) = try content.get() else { throw CancellationError() }
            #expect(letter.path.hasSuffix("/\(messages[0].attempt).0"))
        }
        let last = letters.removeLast()
        #expect(inbox.remove(letters).isEmpty)
        #expect(try inbox.letters(limit: count) == [last])
    }

    @Test func `a full inbox refuses letters, and says what to do`() throws {
        let place = try SpoolPlace()
        for number in 0..<SpoolLimits.lettersPerShard {
            let path = "\(place.study.inbox)/3/new/\(number)"
            close(open(path, O_CREAT | O_WRONLY, 0o600))
        }
        #expect {
            try Inbox(place.study).put([message(0, .checkpoint(resource: Resource(1)))])
        } throws: { error in
            let words = (error as? SpoolError)?.description ?? ""
            return words.contains("the inbox is full") && words.contains("stune run")
        }
    }
}

import Foundation
import Testing
import Tuning

@testable import Spool

/// What the spool knows about a task that the cluster starts again.
@Suite struct RestartTests {
    private let token = ArrayToken(bits: 7)

    private func started(_ epoch: Int, turn: Int = 0, from resume: Message.Started.Resume) -> Message {
        Message(
            attempt: Turn(token: token, index: 3, epoch: epoch, turn: turn), sequence: 0, time: 1,
            body: .started(Message.Started(array: 9, host: "n1", process: 4, resume: resume)))
    }

    private func resume(_ epoch: Int, _ resource: Int) -> Message.Started.Resume {
        Message.Started.Resume(epoch: epoch, resource: Resource(resource))
    }

    @Test func `a letter says which checkpoint of which start another goes on from`() throws {
        let message = started(2, from: resume(1, 10))
        let line = String(decoding: message.line, as: UTF8.self)
        #expect(line.contains(#""resume":{"epoch":1,"resource":10}"#), "\(line)")
        let place = try SpoolPlace()
        let inbox = Inbox(place.study)
        try inbox.put([message])
        #expect(try inbox.read(inbox.letters(limit: 2)).map { try $0.get() } == [.messages([message])])
    }

    @Test func `what is no earlier start is refused`() throws {
        for message in [
            started(1, from: resume(1, 10)), started(1, from: resume(2, 10)),
            started(1, from: resume(-1, 10)),
            started(1, turn: 1, from: resume(0, 10)), started(1, from: resume(0, -1)),
        ] {
            #expect(throws: DecodingError.self) {
                _ = try SpoolJSON.decode(Message.self, from: message.line)
            }
        }
    }

    @Test func `the name of an attempt is read as it was written, and nothing else is a name`() {
        for attempt in [
            Turn(token: token, index: 17, epoch: 0),
            Turn(token: token, index: 0, epoch: 12),
            Turn(token: token, index: 1, epoch: 2, turn: 3),
        ] {
            #expect(Turn(attempt.description) == attempt)
            for layout in [StudyDirectory.Layout.nested, .flat] {
                var study = StudyDirectory("/study")
                study.layout = layout
                let path = study.checkpoint(attempt, of: TrialID(4_321), at: Resource(9))
                #expect(StudyDirectory.attempt(ofCheckpoint: path) == attempt, "\(path)")
                let outputs = study.outputs(of: attempt, TrialID(4_321))
                #expect(StudyDirectory.trial(ofOutputs: outputs) == 4_321, "\(outputs)")
            }
        }
        for name in [
            "", "\(token)", "\(token).1", "\(token).1.-1", "\(token).1.x", "abc.1.2", "\(token).1.2.3.4",
        ] {
            #expect(Turn(name) == nil, "\(name)")
        }
        #expect(StudyDirectory.attempt(ofCheckpoint: "logs/1/2/\(token).1.2") == nil)
        #expect(StudyDirectory.attempt(ofCheckpoint: "trials/0/2") == nil)
    }

    @Test func `a later start is known once it has claimed its lane, also behind one that never did`()
        throws
    {
        let place = try SpoolPlace()
        let first = Turn(token: token, index: 3, epoch: 0)
        #expect(try !Claim.hasLater(than: first, in: place.study))
        try Files.system.createDirectory(place.study.claims(token))
        #expect(try !Claim.hasLater(than: first, in: place.study))
        let claim = Claim(array: 9, host: "n1", process: 4)
        #expect(try claim.take(first, in: place.study) == nil)
        #expect(try !Claim.hasLater(than: first, in: place.study))
        let third = Turn(token: token, index: 3, epoch: 2)
        #expect(try Claim(array: 9, host: "n2", process: 5).take(third, in: place.study) == nil)
        #expect(try Claim.hasLater(than: first, in: place.study))
        #expect(try !Claim.hasLater(than: third, in: place.study))
        let other = Turn(token: token, index: 33, epoch: 0)
        #expect(try !Claim.hasLater(than: other, in: place.study))
    }

    @Test(arguments: [0o600, 0o644, 0o640, 0o400])
    func `a file of one's own is believed`(_ mode: Int) throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/file"
        try Files.system.publish([1], at: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(try Files.system.readOwn(path, limit: 9) == [1])
    }

    @Test(arguments: [0o660, 0o602, 0o666, 0o620])
    func `a file that others may write is not`(_ mode: Int) throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/file"
        try Files.system.publish([1], at: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect {
            _ = try Files.system.readOwn(path, limit: 9)
        } throws: { error in
            guard let error = error as? FileError else { return false }
            return error.breaksTrust && !error.mayPass
                && error.description.contains("cannot trust '\(path)'")
        }
        #expect(try Files.system.read(path, limit: 9) == [1])
    }
}

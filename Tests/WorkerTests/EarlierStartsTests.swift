import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

/// Where a task begins that the cluster starts again.
@Suite struct EarlierStartsTests {
    /// A study in a temporary directory, with checkpoints of earlier starts of one lane.
    private final class Place {
        let study: StudyDirectory
        let token = ArrayToken(bits: 7)
        let lane = Manifest.Entry(
            index: 3, trial: TrialID(5), rung: 1, configuration: Configuration(), from: Resource(1),
            to: Resource(9), resume: "trials/0/5/before/checkpoints/1")

        init() throws {
            let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
            study = StudyDirectory(place.path(percentEncoded: false))
            try study.create()
        }

        deinit { try? FileManager.default.removeItem(atPath: study.path) }

        func path(_ epoch: Int, _ name: String) -> String {
            let attempt = Turn(token: token, index: 3, epoch: epoch)
            return "\(study.path)/\(study.checkpoints(of: attempt, lane.trial))/\(name)"
        }

        func save(_ epoch: Int, _ name: String) throws {
            try Files.system.createDirectory(path(epoch, name))
            try Files.system.publish([1], at: "\(path(epoch, name))/weights")
        }

        /// The assignment of a start: where it begins, and from which start's checkpoint.
        func begin(_ epoch: Int, turn: Int = 0) async throws -> (from: Int, epoch: Int?, path: String?) {
            let attempt = Turn(token: token, index: 3, epoch: epoch, turn: turn)
            let found = try await EarlierStarts(study) { _ in }.resume(lane, as: attempt)
            #expect(found.resume?.resource ?? lane.from == found.entry.from)
            #expect(found.entry.to == lane.to && found.entry.index == lane.index)
            return (found.entry.from.units, found.resume?.epoch, found.entry.resume)
        }
    }

    @Test func `it is the newest checkpoint that any earlier start has published`() async throws {
        let place = try Place()
        try place.save(0, "3")
        try place.save(0, "6")
        try place.save(2, "5")
        #expect(try await place.begin(1) == (6, 0, "trials/0/5.\(place.token).3.0/6"))
        #expect(try await place.begin(3) == (6, 0, "trials/0/5.\(place.token).3.0/6"))
        try place.save(2, "6")
        #expect(try await place.begin(3) == (6, 2, "trials/0/5.\(place.token).3.2/6"))
    }

    @Test func `the first start, and work that is given later, begin as they were planned`() async throws {
        let place = try Place()
        try place.save(0, "6")
        #expect(try await place.begin(0) == (1, nil, place.lane.resume))
        #expect(try await place.begin(1, turn: 1) == (1, nil, place.lane.resume))
    }

    @Test func `what is at the target, behind the begin, half written or no number does not count`()
        async throws
    {
        let place = try Place()
        for name in ["9", "12", "1", "0", "tmp.7", "7.old", "-4"] { try place.save(0, name) }
        #expect(try await place.begin(1) == (1, nil, place.lane.resume))
        try place.save(0, "8")
        #expect(try await place.begin(1).from == 8)
    }

    @Test func `a link, and what everybody may write, is not loaded`() async throws {
        let place = try Place()
        try place.save(0, "4")
        try place.save(0, "6")
        try FileManager.default.createSymbolicLink(
            atPath: place.path(0, "8"), withDestinationPath: place.path(0, "6"))
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: place.path(0, "6"))
        #expect(try await place.begin(1).from == 4)
    }
}

import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

@Suite struct CheckpointBytesTests {
    @Test func `the bytes of a checkpoint are those of its files`() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let study = StudyDirectory(place.path(percentEncoded: false))
        let attempt = Turn(token: ArrayToken(bits: 7), index: 3, epoch: 0)
        let files = AttemptFiles(attempt, of: TrialID(3), in: study)
        try Files.system.createDirectory("\(files.checkpoints)/2/shards")
        try Files.system.publish([1, 2, 3], at: "\(files.checkpoints)/1")
        try Files.system.publish([1, 2], at: "\(files.checkpoints)/2/shards/0")
        try Files.system.publish([1, 2, 3, 4], at: "\(files.checkpoints)/2/.metadata")
        #expect(files.bytes(ofCheckpoint: Resource(1)) == 3)
        #expect(files.bytes(ofCheckpoint: Resource(2)) == 6)
        #expect(files.bytes(ofCheckpoint: Resource(3)) == nil)
    }
}

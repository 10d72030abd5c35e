import Clusters
import Foundation
import GRDB
import Logging
import Spool
import Store
import StudyFile
import Synchronization
import Testing
import Tuning

@testable import Controller

/// A store that is missing, shorter than before, or from another study.
@Suite struct StoreLossTests {
    /// A study as a crash leaves it after its first trials, as a copy of its directory.
    private func crashed(passes: Int = 3) async throws -> StudyFixture {
        let fixture = try StudyFixture(trials: 9, parallel: 2)
        var controller = try await fixture.controller(InstantCluster(fixture.directory))
        for _ in 0..<passes { _ = try await controller.pass() }
        let image = try StudyFixture(trials: 9, parallel: 2)
        try FileManager.default.removeItem(atPath: image.directory.path)
        try FileManager.default.copyItem(atPath: fixture.directory.path, toPath: image.directory.path)
        try controller.finish()
        // Its process has ended.
        let lease = "\(image.directory.leases)/1"
        let gone = Lease.Holder(host: Host.name, process: 1, startTicks: 1, job: nil)
        try Data(SpoolJSON.encode(gone)).write(to: URL(filePath: lease))
        return image
    }

    static let losses: [(String, @Sendable (StudyDirectory) throws -> Void)] = [
        ("the log beside it is gone", { try FileManager.default.removeItem(atPath: $0.store(0) + "-wal") }),
        (
            "all of it is gone",
            {
                for part in ["", "-wal"] { try FileManager.default.removeItem(atPath: $0.store(0) + part) }
            }
        ),
        (
            "it is empty",
            {
                try FileManager.default.removeItem(atPath: $0.store(0) + "-wal")
                try Data().write(to: URL(filePath: $0.store(0)))
            }
        ),
        (
            "it is another program's",
            {
                try FileManager.default.removeItem(atPath: $0.store(0) + "-wal")
                try Data("not a database, whatever it may be".utf8).write(to: URL(filePath: $0.store(0)))
            }
        ),
        (
            "it is a pipe",
            {
                for part in ["", "-wal"] { try FileManager.default.removeItem(atPath: $0.store(0) + part) }
                #expect(mkfifo($0.store(0), 0o600) == 0)
            }
        ),
    ]

    @Test(arguments: losses.indices)
    func `a study whose store is not what it was is refused, and goes on from its snapshot when told to`(
        _ index: Int
    ) async throws {
        let (what, lose) = Self.losses[index]
        let study = try await crashed()
        let before = try study.read { try $0.eventCount() }
        try lose(study.directory)
        let cluster = InstantCluster(study.directory)
        await #expect(throws: StoreError.self, "\(what)") { _ = try await study.controller(cluster) }
        // The existing store is unchanged.
        #expect(try study.read { try $0.eventCount() } == before)
        study.restores = true
        try FileManager.default.removeItem(atPath: study.directory.leases)
        try study.directory.create()
        #expect(try await study.run(cluster) == .completed, "\(what)")
        #expect(try study.read { try Replay($0) }.difference == nil)
        #expect(try study.read { try $0.trialCounts() }.values.reduce(0, +) == 9)
        #expect(try study.read { try $0.eventCount() } > before)
    }

    @Test func `where no study has been, a study begins, also after a start that came to nothing`()
        async throws
    {
        let fixture = try StudyFixture(trials: 3)
        let dead = Lease.Holder(host: Host.name, process: 1, startTicks: 1, job: nil)
        _ = try await Lease.take(
            of: fixture.directory, by: dead, takeOver: false, asking: InstantCluster(fixture.directory))
        try Data().write(to: URL(filePath: fixture.directory.store(0)))
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
    }

    @Test func `an event that was altered is named when the study is opened`() async throws {
        let study = try await crashed()
        let queue = try DatabaseQueue(path: study.directory.store(0))
        try await queue.write { try $0.execute(sql: "UPDATE log SET time = time + 1 WHERE last >= 2") }
        try queue.close()
        let error = await #expect(throws: StoreError.self) {
            _ = try await study.controller(InstantCluster(study.directory))
        }
        #expect(error?.description.contains("event 2 was altered") == true, "\(String(describing: error))")
    }

    @Test(arguments: [false, true])
    func `results that came after the copy are taken in again from what commands have written`(
        isPacked: Bool
    ) async throws {
        let study = try await crashed(passes: 1)
        let work = try #require(try study.read { try $0.openTasks() }.first)
        let attempt = Turn(token: work.token, index: work.index, epoch: 0)
        let outputs = study.directory.outputs(of: attempt, work.trial)
        let directory = "\(study.directory.path)/\(outputs)"
        let checkpoint = study.directory.checkpoint(attempt, of: work.trial, at: Resource(1))
        for path in [directory, "\(study.directory.path)/\(Files.parent(of: checkpoint))"] {
            try Files.system.createDirectory(path)
        }
        try Files.system.publish([1, 2, 3], at: "\(study.directory.path)/\(checkpoint)")
        try Files.appendLine(Array("{\"checkpoint\":1}".utf8), to: "\(directory)/reports.jsonl")
        try Files.appendLine(
            Array("{\"resource\":1,\"metrics\":{\"loss\":0.125}}".utf8), to: "\(directory)/reports.jsonl")
        if isPacked { try OutputPacks(study.directory).pack(process: outputs, checkpoints: []) }
        // Its letter was read and is lost with the store.
        for shard in Inbox(study.directory).directories {
            for name in try Files.system.list(shard) { try Files.system.remove("\(shard)/\(name)") }
        }
        for part in ["", "-wal"] { try Files.system.remove(study.directory.store(0) + part) }
        study.restores = true
        try FileManager.default.removeItem(atPath: study.directory.leases)
        try study.directory.create()
        let controller = try await study.controller(InstantCluster(study.directory) { _ in .waits })
        let reports = try controller.store.read { try $0.reports(of: work.trial) }
        #expect(reports.map(\.value) == [0.125])
        #expect(try controller.store.read { try $0.checkpoint(of: work.trial) }?.resource == Resource(1))
        #expect(!controller.study.isInFlight(work.assignment))
    }
}

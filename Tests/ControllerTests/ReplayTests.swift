import Foundation
import GRDB
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// A log that was altered by hand.
@Suite struct ReplayTests {
    /// A study of 200 trials that is over.
    private func study() async throws -> StudyFixture {
        let fixture = try StudyFixture(trials: 200, parallel: 16)
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        return fixture
    }

    /// The result of replaying a study with an altered store; the next alteration starts from the original.
    private func replay(_ study: StudyFixture, after sql: String) throws -> Replay {
        let path = try Lease.store(of: study.directory)
        try FileManager.default.copyItem(atPath: path, toPath: path + ".true")
        defer {
            for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
            try? FileManager.default.moveItem(atPath: path + ".true", toPath: path)
        }
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        let store = try Store(path: path)
        defer { try? store.close() }
        return try store.read { try Replay($0) }
    }

    static let alterations: [(String, String)] = [
        (
            "UPDATE log SET body = replace(body, '{\"loss\":', '{\"loss\":1') WHERE last = ("
                + "SELECT min(last) FROM log WHERE last >= (SELECT max(event) FROM reports))", "altered"
        ),
        (
            "UPDATE reports SET value = value + 1 WHERE event = (SELECT max(event) FROM reports)",
            "table of reports"
        ),
        (
            "UPDATE reports SET metrics = x'0000000000000000' WHERE event = (SELECT min(event) FROM reports)",
            "table of reports"
        ),
        ("DELETE FROM reports WHERE event = (SELECT min(event) FROM reports)", "lacks"),
        ("UPDATE log SET body = replace(body, '[\"paused\"', '[\"stopped\"')", "decision"),
        ("UPDATE log SET time = time + 1 WHERE last > 30", "altered"),
        // Which task ran what, and where.
        (
            "UPDATE assignments SET \"index\" = 999 WHERE id = (SELECT max(id) FROM assignments)",
            "and is derived at"
        ),
        ("UPDATE assignments SET out_of_memory = 1 WHERE id = 150", "and is derived at"),
        (
            "UPDATE dispatches SET body = replace(body, 'settled', 'gone') WHERE id = 3",
            "cannot be read"
        ),
    ]

    @Test func `an alteration is found, and its event named`() async throws {
        let study = try await study()
        for (sql, words) in Self.alterations {
            let difference = try #require(try replay(study, after: sql).difference, "\(sql)")
            #expect(difference.event > 0)
            #expect(difference.what.contains(words), "\(sql): \(difference.what)")
        }
    }

    @Test func `a change of the study that was altered is found`() async throws {
        let study = try StudyFixture(trials: 4, parallel: 4)
        #expect(try await study.run(InstantCluster(study.directory)) == .completed)
        var setup = study.setup
        setup.reopening = .ifUnfinished
        setup.spec.plan.trials = 9
        var controller = try await study.controller(InstantCluster(study.directory), setup)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
        #expect(try replay(study, after: "SELECT 1").difference == nil)
        let altered = try replay(
            study, after: #"UPDATE log SET body = replace(body, '"trials":9', '"trials":8')"#)
        #expect(altered.difference?.what.contains("altered") == true, "\(altered)")
    }

    /// A study of a searcher that learns, which begins with three prior results.
    private func studyWithPriors() async throws -> StudyFixture {
        let study = try StudyFixture(trials: 12, parallel: 4)
        study.spec.plan.searcher = .tpe(TPEPlan(seed: 7, startupTrials: 3))
        let trials = [0.1, 0.5, 0.9].map { value in
            PriorTrial(
                configuration: Configuration(["lr": .float(value)]),
                results: [PriorResult(resource: nil, metrics: ["loss": value])])
        }
        var setup = study.setup
        setup.priors = { [PriorResults(source: "old.stune", trials: trials)] }
        var controller = try await study.controller(InstantCluster(study.directory), setup)
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(.completed) = end else { throw ControllerError.unusable("\(end)") }
        return study
    }

    @Test func `a replay needs the log alone, and finds a prior result that was altered`() async throws {
        let study = try await studyWithPriors()
        let replayed = try replay(study, after: "SELECT 1")
        #expect(replayed.difference == nil && replayed.trials == 12)
        #expect(try study.read { try $0.criteria()?.objectives.map(\.metric) ?? [] } == ["loss"])
        let altered = try replay(
            study, after: #"UPDATE log SET body = replace(body, '"lr":0.5', '"lr":0.25')"#)
        #expect(altered.difference?.event == 1)
        #expect(altered.difference?.what.contains("altered") == true, "\(altered)")
    }

    @Test func `a study that has begun reads its prior results never again`() async throws {
        let study = try await studyWithPriors()
        var setup = study.setup
        setup.priors = { throw ControllerError.unusable("they are gone") }
        setup.reopening = .ifUnfinished
        setup.spec.plan.trials = 15
        var controller = try await study.controller(InstantCluster(study.directory), setup)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
        let replayed = try replay(study, after: "SELECT 1")
        #expect(replayed.difference == nil && replayed.trials == 15)
    }

    @Test func `an untouched log agrees`() async throws {
        let replay = try replay(await study(), after: "SELECT 1")
        #expect(replay.difference == nil)
        #expect(replay.trials == 200)
        #expect(replay.decisions >= 400)
        #expect(replay.coversPlacements)
    }

    @Test func `an entry of the dispatcher that was altered is found, and its event named`() async throws {
        let study = try await study()
        // The token of an array, which its assignments contain.
        let difference = try #require(
            try replay(
                study,
                after:
                    "UPDATE dispatches SET body = replace(body, '+', '+') || ' +0000000000000001' WHERE id = 1"
            ).difference)
        #expect(difference.what == "it placed other arrays than were recorded")
    }

    @Test func `a study whose placements were not recorded replays without them`() async throws {
        // For a study that another version began, only later entries were recorded.
        let study = try await study()
        for sql in ["DELETE FROM dispatches", "DELETE FROM dispatches WHERE id = 1"] {
            let replay = try replay(study, after: sql)
            #expect(replay.difference == nil)
            #expect(!replay.coversPlacements && replay.trials == 200)
        }
    }
}

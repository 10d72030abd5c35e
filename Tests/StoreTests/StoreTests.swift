import Dispatching
import Foundation
import GRDB
import Synchronization
import Testing
import Tuning
import Wire

@testable import Store

/// A place for a store, removed with this object.
final class StorePlace {
    let path: String
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        path = directory.appending(path: "study.db").path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [] }
}

@Suite struct StoreTests {
    private let plan = Plan(
        objective: Objective(metric: "loss", goal: .minimize),
        space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear))]),
        searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(3)), trials: 2, parallel: 1)

    private func begin(_ store: Store) throws {
        var study = Study()
        let decisions = study.apply(.accepted(plan))
        try store.write { transaction in
            try transaction.createStudy(name: "s", spec: "{}", time: 0)
            try transaction.append(.accepted(plan), decisions, time: 0)
            let tasks = decisions.compactMap { decision -> PlannedArray.Lane? in
                guard case .evaluate(let assignment) = decision else { return nil }
                return PlannedArray.Lane(index: assignment.trial.number, assignment: assignment)
            }
            let token = ArrayToken(bits: 0x0123_4567_89ab_cdef)
            try transaction.record(.submit(PlannedArray(token: token, name: "s.rung0", lanes: tasks)))
        }
    }

    @Test func `what was committed is there when the store is opened again`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.close()
        let again = try Store(path: place.path)
        #expect(try again.read { try $0.eventCount() } == 1)
        #expect(
            try again.read { try $0.openIntents() }.map(\.intent) == [
                .submit(token: ArrayToken(bits: 0x0123_4567_89ab_cdef))
            ])
        #expect(try again.read { try $0.openTasks() }.map(\.trial) == [TrialID(0)])
        #expect(try again.read { try $0.objective() } == "loss")
    }

    @Test func `a store in memory writes no file, keeps the same promises, and can be copied for readers`()
        throws
    {
        struct Abort: Error {}
        let place = try StorePlace()
        let store = try Store(path: place.path, isInMemory: true)
        try begin(store)
        #expect(throws: StoreError.self) {
            try store.write { transaction in
                try transaction.append(.cancelled, [], time: 1)
                throw Abort()
            }
        }
        #expect(try store.read { try $0.eventCount() } == 1)
        #expect(!FileManager.default.fileExists(atPath: place.path))
        let copy = place.path + ".copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try store.publishSnapshot(at: copy)
        #expect(try Store.openSnapshot(copy).read { try $0.objective() } == "loss")
    }

    @Test func `a transaction that fails leaves nothing behind`() throws {
        struct Abort: Error {}
        let place = try StorePlace()
        let store = try Store(path: place.path)
        #expect(throws: StoreError.self) {
            try store.write { transaction in
                try transaction.createStudy(name: "s", spec: "{}", time: 0)
                throw Abort()
            }
        }
        #expect(try store.read { try $0.study() } == nil)
    }

    @Test func `an assignment cannot have two tasks, and a trial not two results in a rung`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        let task = try #require(try store.read { try $0.openTasks() }.first)
        let assignment = Assignment(
            id: task.assignment, trial: task.trial, rung: 0, from: .none, to: Resource(3), start: nil,
            reason: .new)
        #expect(throws: StoreError.self) {
            try store.write {
                let lane = PlannedArray.Lane(index: 0, assignment: assignment)
                try $0.record(.submit(PlannedArray(token: ArrayToken(bits: 1), name: "n", lanes: [lane])))
            }
        }
        #expect(try store.read { try $0.openIntents() }.count == 1)
    }

    @Test func `the snapshot is one consistent file, and reading it leaves no file beside it`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        let target = place.path + ".snapshot"
        try store.publishSnapshot(at: target)
        let snapshot = try Store.openSnapshot(target)
        #expect(try snapshot.read { try $0.trials() }.map(\.trial) == [TrialID(0)])
        try store.publishSnapshot(at: target)
        #expect(try snapshot.read { try $0.study() }?.name == "s")
        #expect(place.names.filter { $0.hasPrefix("study.db.snapshot") } == ["study.db.snapshot"])
        #expect(!place.names.contains("study.db-shm"), "the WAL's index stays in memory")
    }

    @Test func `a file of another program is refused, and left as it is`() throws {
        let place = try StorePlace()
        let other = try DatabaseQueue(path: place.path)
        try other.write { try $0.execute(sql: "CREATE TABLE notes (text)") }
        try other.close()
        #expect {
            _ = try Store(path: place.path)
        } throws: { error in
            guard case StoreError.foreign = error else { return false }
            return true
        }
    }

    @Test func `a file that is no database is refused in words`() throws {
        let place = try StorePlace()
        try Data(repeating: 65, count: 10_000).write(to: URL(filePath: place.path))
        #expect {
            _ = try Store(path: place.path)
        } throws: { error in
            (error as? StoreError)?.description.contains("is not a store of stune") ?? false
        }
    }

    @Test func `a value of a wrong type is refused in words`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.publishSnapshot(at: place.path + ".snapshot")
        let queue = try DatabaseQueue(path: place.path + ".snapshot")
        try queue.write { try $0.execute(sql: "UPDATE trials SET rung = 'first'") }
        try queue.close()
        let snapshot = try Store.openSnapshot(place.path + ".snapshot")
        #expect {
            _ = try snapshot.read { try $0.trials() }
        } throws: { error in
            guard case StoreError.damaged(_, let why) = error else { return false }
            return why.contains("rung")
        }
    }

    @Test(arguments: [
        "UPDATE assignments SET rung = x'00'", "UPDATE assignments SET \"to\" = 'far'",
        "UPDATE assignments SET start = x'FF'", "UPDATE assignments SET turn = 0.5",
        "UPDATE arrays SET job = 1 << 40", "UPDATE log SET body = x'00'",
        "UPDATE log SET checks = 7",
        "UPDATE intents SET body = x'00'", "UPDATE trials SET configuration = x'00'",
        "INSERT INTO idle VALUES ('0123456789abcdef', 0, 0, 'x', NULL, 0, NULL)",
        "INSERT INTO idle VALUES ('0123456789abcdef', 0, 0, 0, 'soon', 0, NULL)",
        "INSERT INTO attempts (assignment, epoch, next) VALUES (0, 0, 'x')",
    ])
    func `what the controller reads is of its type, or the store is damaged`(_ damage: String) throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.close()
        let queue = try DatabaseQueue(path: place.path)
        try queue.write { try $0.execute(sql: "PRAGMA ignore_check_constraints = ON; \(damage)") }
        try queue.close()
        let again = try Store(path: place.path)
        #expect {
            _ = try again.read { reader in
                _ = try reader.openTasks()
                _ = try reader.openIntents()
                _ = try reader.dispatchMemory(now: .zero)
                try reader.forEachFact { _ in }
                _ = try reader.configuration(of: TrialID(0))
                _ = try reader.takenMessages(of: AttemptID(assignment: AssignmentID(0), epoch: 0))
            }
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
    }

    static let intents: [Intent] = {
        let turn = Turn(token: ArrayToken(bits: 0x0123_4567_89ab_cdef), index: 17, epoch: 2, turn: 3)
        return [
            .submit(token: ArrayToken(bits: 0x0123_4567_89ab_cdef)),
            .cancel([PlannedTask(token: ArrayToken(bits: 0x0123_4567_89ab_cdef), index: 3)]),
            .removeCheckpoint(path: "trials/0/4/a/checkpoints/\u{e9}"),
            .removeCheckpoint(path: "a\"b\\/\n"),
            .take(AssignmentID(5), for: turn), .answer(turn, .goOn), .answer(turn, .next),
            .answer(turn, .leave), .answer(turn, .release(save: true)),
            .answer(turn, .release(save: false)),
        ]
    }()

    @Test(arguments: intents)
    func `an intent is written and read as Codable does it, or left to Codable`(intent: Intent) throws {
        let text = try StoreJSON.text(intent)
        var writer = JSONWriter()
        let isWritten = writer.write(intent)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == (isWritten ? text : ""))
        let read = Array(text.utf8).withUnsafeBufferPointer { Intent(plain: $0) }
        if case .cancel = intent { #expect(!isWritten) } else { #expect(isWritten) }
        #expect(read == (isWritten ? intent : nil))
        #expect(try StoreJSON.value(from: text) == intent)
    }

    @Test func `in a store of a time before tasks had lanes each lane is its own task`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.close()
        let queue = try DatabaseQueue(path: place.path)
        try queue.write { database in
            try database.execute(
                sql: """
                    DROP INDEX assignments_of_lanes;
                    CREATE INDEX open_assignments ON assignments (open) WHERE open = 1;
                    ALTER TABLE assignments DROP COLUMN task;
                    DELETE FROM grdb_migrations WHERE identifier IN ('5-lanes', '8-quick-rows');
                    UPDATE assignments SET "index" = 41;
                    """)
        }
        try queue.close()
        let tasks = try Store(path: place.path).read { try $0.openTasks() }
        #expect(tasks.map { [$0.index, $0.task] } == [[41, 41]])
    }

    @Test func `a store of a time before rows were written quickly keeps its trials and reports`() throws {
        let place = try StorePlace()
        let queue = try DatabaseQueue(path: place.path)
        try Schema.migrator.migrate(queue, upTo: "7-parents")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO events VALUES (1, 0, '{}', ''), (2, 0, '{}', '');
                    INSERT INTO trials (id, configuration, state, rung, resource, value, parent)
                    VALUES (0, '{"lr":0.1}', 'paused', 0, 3, 0.5, NULL), (1, '{}', 'running', 1, NULL, NULL, 0);
                    INSERT INTO arrays VALUES ('0123456789abcdef', 7, 'a');
                    INSERT INTO assignments (id, trial, rung, "from", "to", reason, token, "index")
                    VALUES (0, 0, 0, 0, 3, '{}', '0123456789abcdef', 0);
                    INSERT INTO reports VALUES (1, 0, 0, 3, 1, 0.5, '{"loss":0.5}'), (2, 0, 1, 3, 0, NULL, '{}');
                    """)
        }
        try queue.close()
        // An old snapshot can still be read, and stays unchanged.
        let snapshot = try Store.openSnapshot(place.path).read { (try $0.trials(), try $0.reports()) }
        let store = try Store(path: place.path)
        let (trials, reports) = try store.read { (try $0.trials(), try $0.reports()) }
        #expect(snapshot == (trials, reports))
        #expect(trials.map(\.state) == ["paused", "running"])
        #expect(trials.map(\.value) == [0.5, nil])
        #expect(trials.map(\.parent) == [nil, TrialID(0)])
        #expect(reports.map(\.event) == [1, 2])
        #expect(reports.map(\.isCurrent) == [true, false])
        #expect(reports.map(\.metrics) == [["loss": 0.5], [:]])
        #expect(reports.map(\.attempt.epoch) == [0, 1])
    }

    @Test func `in a store of a time before trials could be stopped they can be, and all are still there`()
        throws
    {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.close()
        let queue = try DatabaseQueue(path: place.path)
        try queue.write {
            try $0.execute(
                sql: """
                    ALTER TABLE results DROP COLUMN violation;
                    ALTER TABLE trials DROP COLUMN violation;
                    DELETE FROM grdb_migrations WHERE identifier IN ('6-stopped-trials', '19-violations');
                    """)
        }
        try queue.close()
        let again = try Store(path: place.path)
        #expect(try again.read { try $0.trials().map(\.trial) } == [TrialID(0)])
        let report = Report(
            attempt: AttemptID(assignment: AssignmentID(0), epoch: 0), resource: Resource(3),
            metrics: ["loss": 0.5])
        try again.write { transaction in
            try transaction.append(.reported(report), [], time: 1)
            try transaction.append(
                .waited(report.attempt), [.conclude(trial: TrialID(0), .stopped(rung: 0))], time: 2)
        }
        #expect(try again.read { try $0.trialCounts() } == ["stopped": 1])
        #expect(try again.read { try $0.trials().map(\.value) } == [0.5])
    }

    @Test func `tasks count from their first start to their last end, and while they run until now`() throws
    {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        #expect(try store.read { try $0.taskSeconds(now: 100) } == 0)
        let attempts = [0, 1].map { AttemptID(assignment: AssignmentID(0), epoch: $0) }
        let start = { (attempt: AttemptID, time: Double) in
            try store.write { transaction in
                let fact = AttemptStarted(attempt: attempt, task: "1_0", host: "n", directory: "d")
                transaction.record(TakenMessages(), of: attempt)
                try transaction.append(.started(fact), [], time: time)
            }
        }
        try start(attempts[0], 10)
        #expect(try store.read { try $0.taskSeconds(now: 100) } == 90)
        // The cluster has run the task again; the first start is known only until its beginning.
        try start(attempts[1], 40)
        #expect(try store.read { try $0.taskSeconds(now: 100) } == 60)
        try store.write { transaction in
            let fact = AttemptEnded(attempt: attempts[1], ending: .finished)
            try transaction.append(.ended(fact), [], landed: [AssignmentID(0)], time: 65)
        }
        #expect(try store.read { try $0.taskSeconds(now: 100) } == 25)
    }

    @Test func `a store of a newer version is refused`() throws {
        let place = try StorePlace()
        try Store(path: place.path).close()
        let queue = try DatabaseQueue(path: place.path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9-future')") }
        try queue.close()
        #expect(throws: StoreError.newer(path: place.path)) { _ = try Store(path: place.path) }
    }

    @Test func `a writer that was left behind writes into a file that nobody reads`() throws {
        let place = try StorePlace()
        let ghost = try Store(path: place.path)
        try begin(ghost)
        try ghost.write { try $0.notice("who", "the ghost", time: 1) }
        #expect(throws: StoreError.self) { _ = try Store(path: place.path) }

        let own = place.path + ".2"
        try Store.copy(place.path, to: own)
        let heir = try Store(path: own)
        #expect(try heir.read { try $0.notices().map(\.text) } == ["the ghost"])
        try heir.write { try $0.notice("who", "the heir", time: 2) }
        try ghost.write { try $0.notice("who", "the ghost again", time: 3) }
        #expect(try heir.read { try $0.notices().map(\.text) } == ["the heir"])
        try heir.close()
        try ghost.close()
        #expect(try Store(path: own).read { try $0.notices().map(\.text) } == ["the heir"])
    }

    @Test func `only their owner may read the store's files`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try begin(store)
        try store.publishSnapshot(at: place.path + ".snapshot")
        for part in ["", "-wal", ".snapshot"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.path + part)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(part)")
        }
    }

    @Test func `nothing is committed beyond the fence`() throws {
        let place = try StorePlace()
        let mayWrite = Mutex(true)
        let store = try Store(path: place.path) { mayWrite.withLock { $0 } }
        try begin(store)
        mayWrite.withLock { $0 = false }
        #expect(throws: StoreError.fenced(path: place.path)) {
            try store.write { try $0.notice("who", "nobody", time: 1) }
        }
        #expect(try store.read { try $0.notices().isEmpty })
    }

    @Test func `notices are one line a topic, and can be taken back`() throws {
        let place = try StorePlace()
        let store = try Store(path: place.path)
        try store.write { transaction in
            try transaction.notice("waiting", "a", time: 1)
            try transaction.notice("waiting", "b", time: 2)
            try transaction.notice("other", "c", time: 3)
            try transaction.notice("other", nil, time: 4)
        }
        #expect(try store.read { try $0.notices() }.map(\.text) == ["b"])
    }
}

import Clusters
import Foundation
import GRDB
import Simulated
import Spool
import Store
import StudyFile
import Tuning
import Worker

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One study from its start to its end on a hostile cluster, as a function of a seed.
///
/// The controller, the store, the spool and the worker's protocol are the program's own code. The cluster, the clock,
/// the view of the file system and the training code are simulated.
package final class Simulation: @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    let world: World
    let server = FileServer()
    let storeFiles: StoreFiles
    private(set) lazy var cluster = SimulatedCluster(world: world, trials: trials) {
        [unowned self] identity, process in
        let code = await SimulatedTask(world: world, server: server, identity: identity, process: process)
            .run()
        world.ledger.gone(process)
        return code
    }
    var isOver = false
    /// How many requests the user has made, and by how many trials more the study was to have.
    var (asked, trialsAsked) = (0, 0)
    /// The ladder that the user has asked for last.
    lazy var schedulerAsked = world.scenario.plan.scheduler
    private var live: [ObjectIdentifier: SimulatedController] = [:]
    private var wasLimited = false

    /// The result of a simulation.
    package struct Result: Sendable {
        /// The violated guarantees, in words.
        package var violations: [String]
        /// How often each fault was injected.
        package var faults: [Fault: Int]
        /// How many checks were made.
        package var checks: Int
        /// What happened, if a trace was requested.
        package var trace: [String]
        /// The virtual time that it took.
        package var seconds: Double
        /// The decisions of the study's log.
        var decisions: [String] = []
    }

    /// Runs the simulation of a scenario.
    ///
    /// - Parameter directory: a real directory for the store, which is emptied.
    package static func run(
        _ scenario: Scenario, mutation: Mutation? = nil, in directory: String, isTracing: Bool = false
    ) throws -> Result {
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let simulation = Simulation(scenario, mutation, directory, isTracing)
        try simulation.run()
        var result = simulation.result()
        if scenario.isComparable {
            let calm = try run(scenario.calm, in: directory)
            if calm.decisions != result.decisions {
                let index = zip(calm.decisions, result.decisions).enumerated().first { $1.0 != $1.1 }?
                    .offset
                let place = index ?? min(calm.decisions.count, result.decisions.count)
                result.violations.append(
                    "decision \(place) differs from a calm run: "
                        + "\(result.decisions.dropFirst(place).first ?? "none") instead of "
                        + "\(calm.decisions.dropFirst(place).first ?? "none")")
            }
            result.checks += 1
        }
        return result
    }

    private init(_ scenario: Scenario, _ mutation: Mutation?, _ directory: String, _ isTracing: Bool) {
        world = World(scenario, mutation: mutation, isTracing: isTracing)
        storeFiles = StoreFiles(directory: directory)
    }

    /// The present or planned trials of a task's lanes, from the manifest on the server.
    private func trials(_ token: ArrayToken, _ task: Int) -> [TrialID] {
        let path = StudyDirectory(Scenario.directory).manifest(token)
        guard let entry = server.entry(path), let inode = server.inodes[entry.inode],
            let manifest = try? SpoolJSON.decode(Manifest.self, from: inode.bytes)
        else { return [] }
        return manifest.lanes(of: task).map { lane in
            world.ledger.current[Ledger.SpoolTask(token: token, index: lane.index)] ?? lane.trial
        }
    }

    /// The study as from its file.
    func spec() throws -> StudySpec {
        var plan = world.scenario.plan
        if world.mutation == .replicateLeftOut { plan.replicates?.count -= 1 }
        if world.mutation == .worstReplicateCounts { plan.replicates?.aggregate = .worst }
        if world.mutation == .promotesTooMany { plan.scheduler = plan.scheduler.promotingMore }
        var spec = StudySpec(
            name: "simulated", plan: plan, command: try CommandTemplate(["train"]),
            execution: world.scenario.execution, saveEvery: world.scenario.saveEvery,
            settleSeconds: Int(Scenario.settle.components.seconds), stop: world.scenario.stop)
        if world.scenario.splitsPartitions {
            spec.batch.choices.values["partition"] = .rungs(
                0...0, then: .text(Promises.partition(ofRung: 0)),
                else: .text(Promises.partition(ofRung: 1)))
        }
        return spec
    }

    // MARK: The course of a simulation

    /// A study of a dozen trials ends within hours, or never.
    private static let longest = Duration.seconds(100_000)

    private func run() throws {
        let (plan, execution) = (world.scenario.plan, world.scenario.execution)
        world.note("\(plan.trials) trials, \(plan.searcher), \(plan.scheduler)")
        world.note("\(execution), training code \(world.scenario.habit)")
        let founder = world.newProcess("user")
        let files = SimulatedFiles(server: server, process: founder, world: world)
        for directory in ["/study", "/work"] {
            server.add(directory, kind: .directory, by: "", visibleAt: .zero)
        }
        try retrying { try StudyDirectory(Scenario.directory, on: files).create() }
        startController()
        planDiskFull()
        planMischief()
        world.time.run(until: { isOver || world.time.now > Simulation.longest })
        world.ledger.check(isOver, "the study does not end: after \(world.time.now) it still runs")
        guard isOver else { return }
        drain()
    }

    /// Lets everything come to rest, then runs one more controller without faults to read late messages.
    private func drain() {
        world.calm()
        setDiskFull(false)
        var hasRested = false
        world.time.after(.seconds(1_200)) { hasRested = true }
        world.time.run(until: { hasRested })
        for controller in live.values { controller.process.kill() }
        isOver = false
        world.note("the last controller takes in what came late")
        startController()
        let end = world.time.now + .seconds(3_600)
        world.time.run(until: { isOver || world.time.now > end })
        world.ledger.check(isOver, "a controller that comes after the end does not come to its own")
    }

    private func startController() {
        world.ledger.controllers += 1
        let controller = SimulatedController(self)
        live[ObjectIdentifier(controller)] = controller
        world.time.start { await controller.run() }
    }

    /// A controller has ended, or was declared dead: another starts.
    func ended(_ controller: SimulatedController) {
        guard live[ObjectIdentifier(controller)] != nil else { return }
        live[ObjectIdentifier(controller)] = nil
        // Kept until it wakes and notices that it is dead.
        if controller.isPaused { paused.append(controller) }
        guard !isOver, live.isEmpty else { return }
        let wait = world.strikes(.noController) ? world.seconds(200, 900) : world.seconds(1, 20)
        world.time.after(wait) { [self] in
            if !isOver, live.isEmpty { startController() }
        }
    }

    private var paused: [SimulatedController] = []

    private func planDiskFull() {
        guard world.strikes(.diskFull) else { return }
        world.time.after(world.seconds(1, 200)) { [self] in
            setDiskFull(true)
            world.time.after(world.seconds(5, 100)) { [self] in
                setDiskFull(false)
                planDiskFull()
            }
        }
    }

    /// The simulated disk is full, and the real one allows SQLite only a few thousand bytes more than its log has now,
    /// so it fails in the middle of a commit.
    private func setDiskFull(_ isFull: Bool) {
        guard isFull != server.isFull else { return }
        world.note(isFull ? "the disk is full" : "the disk has space")
        server.isFull = isFull
        world.isDiskFull = isFull
        FileSizeLimit.set(isFull ? storeFiles.logSize + world.below(6_000) : nil)
    }

    /// Faults at random moments while the study runs.
    private func planMischief() {
        world.time.after(world.seconds(2, 20)) { [self] in
            guard !isOver else { return }
            if world.strikes(.secondController) {
                let second = SimulatedController(self)
                world.time.start { await second.run() }
            }
            if world.strikes(.tornLetter) { putTornLetter() }
            if world.strikes(.repeatedLetter) { repeatLetter() }
            meddle()
            if world.mutation == .tornSnapshot { tearSnapshot() } else { checkSnapshot() }
            planMischief()
        }
    }

    private func putTornLetter() {
        let shard = world.below(SpoolLimits.inboxShards)
        let name = "\(Scenario.directory)/spool/inbox/\(shard)/new/torn\(world.below(1_000_000))"
        var bytes: [UInt8] = []
        if let key = world.ledger.published.keys.sorted(by: { "\($0)" < "\($1)" }).first,
            let message = world.ledger.published[key]?.message
        {
            bytes = SpoolJSON.encode(message)
            bytes.removeLast(world.below(bytes.count))
        }
        server.add(name, kind: world.below(8) == 0 ? .link : .file, bytes: bytes, by: "", visibleAt: .zero)
    }

    /// A letter that was read appears again, as after a server's crash.
    private func repeatLetter() {
        let all = world.ledger.published.keys.sorted { "\($0)" < "\($1)" }
        guard !all.isEmpty else { return }
        let key = all[world.below(all.count)]
        guard let message = world.ledger.published[key]?.message else { return }
        let shard = key.attempt.index % SpoolLimits.inboxShards
        let path = "\(Scenario.directory)/spool/inbox/\(shard)/new/\(key.attempt).\(message.sequence)"
        guard server.entry(path) == nil else { return }
        let line = SpoolJSON.encode(message) + [UInt8(ascii: "\n")]
        server.add(path, kind: .file, bytes: line, by: "", visibleAt: .zero)
    }

    private func checkSnapshot() {
        guard Files.size(storeFiles.snapshot) != nil, world.below(10) == 0 else { return }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let snapshot = try DatabaseQueue(path: storeFiles.snapshot, configuration: configuration)
            let word = try snapshot.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            world.ledger.check(word == "ok", "the snapshot is not a whole database: \(word ?? "")")
        } catch {
            world.ledger.check(false, "the snapshot is not a whole database: \(error)")
        }
    }

    private func tearSnapshot() {
        guard let size = Files.size(storeFiles.snapshot) else { return }
        truncate(storeFiles.snapshot, off_t(size / 2))
        checkSnapshot()
    }

    /// Tables rebuilt from the log must equal those written while the study ran.
    private func checkTables() throws {
        let before = try StoreTables(at: storeFiles.store)
        world.ledger.check(before.broken.isEmpty, "rows of \(before.broken) refer to nothing")
        let store = try Store(path: storeFiles.store)
        _ = try store.rebuild()
        try store.close()
        let difference = try before.difference(from: StoreTables(at: storeFiles.store))
        world.ledger.check(difference == nil, "a table built anew is another: \(difference ?? "")")
    }

    /// Alters the record, as a mutation requires.
    private func alterRecord() throws {
        let queue = try DatabaseQueue(path: storeFiles.store)
        try queue.write { database in
            switch world.mutation {
            case .alteredDecision:
                try database.execute(
                    sql: """
                        UPDATE log SET body = replace(body, ',"new"]', ',["unstopped",2]]')
                        WHERE last = (SELECT min(last) FROM log)
                        """)
            case .alteredChange:
                try database.execute(
                    // Prior results have lists of that name.
                    sql: #"""
                        UPDATE log SET body = replace(body, '"trials":', '"trials":1')
                        WHERE last > 1 AND body NOT LIKE '%"trials":[%'
                        """#)
            case .turnGivenTwice:
                try database.execute(
                    sql: """
                        UPDATE assignments SET (token, "index", turn, epoch, task) = (
                          SELECT token, "index", turn, epoch, task FROM assignments WHERE id = 0)
                        WHERE id = 1
                        """)
            case .workGivenWithoutTime:
                try alterEntries(in: database) { $0[0] == "idle" ? $0.dropLast() + [$0[2]] : $0 }
            case .idleWorkersKept:
                try alterEntries(in: database) { $0[0] == "looked" ? $0.dropLast() + ["1"] : $0 }
            case .begunWorkTaken:
                try alterEntries(in: database) {
                    $0[0] == "claimed" ? Array($0[..<8]) + ["1"] + $0[9...] : $0
                }
            default: break
            }
        }
        try queue.close()
    }

    /// Alters the dispatcher's recorded events.
    private func alterEntries(
        in database: Database, _ change: ([String]) -> [String]
    ) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, body FROM dispatches") {
            let (id, body): (Int, String) = (row["id"], row["body"])
            let lines = body.split(separator: "\n").map { line in
                change(line.split(separator: " ").map(String.init)).joined(separator: " ")
            }
            try database.execute(
                sql: "UPDATE dispatches SET body = ? WHERE id = ?",
                arguments: [lines.joined(separator: "\n"), id])
        }
    }

    private func retrying(_ body: () throws -> Void) throws {
        for _ in 0..<50 {
            do { return try body() } catch {}
        }
        try body()
    }

    private func result() -> Result {
        defer { FileSizeLimit.set(nil) }
        var decisions: [String] = []
        do {
            if world.mutation != nil { try alterRecord() }
            let store = try Store(path: storeFiles.store)
            try store.read { reader in
                let promises = try Promises(reader: reader, world: world, simulation: self)
                try promises.check()
                decisions = try promises.decisions()
            }
            try store.close()
            try checkTables()
        } catch {
            world.ledger.check(false, "the store cannot be read: \(error)")
        }
        return Result(
            violations: world.ledger.violations, faults: world.counts, checks: world.ledger.checks,
            trace: world.trace, seconds: world.time.now.seconds, decisions: decisions)
    }
}

import Clusters
import Curves
import Foundation
import Simulated
import Spool
import StudyFile
import Testing
import Tuning

/// Studies from their start to their end in virtual time.
@Suite struct StudyRunTests {
    /// A table of this many configurations: the loss is the configuration's number plus 1 / resource, and each step
    /// takes 10 s.
    static func table(_ count: Int, levels: ClosedRange<Int> = 1...9, plan: Plan) throws -> CurveTable {
        var text = "config,lr,resource,loss,seconds\n"
        for config in 0..<count {
            for level in levels {
                text +=
                    "\(config),\(Double(config) / 1_000),\(level),\(Double(config) + 1 / Double(level)),10\n"
            }
        }
        return try CurveTable.read(Array(text.utf8), file: "t.csv", for: plan)
    }

    static func plan(
        _ scheduler: SchedulerPlan, trials: Int, parallel: Int, goal: Objective.Goal = .minimize
    ) -> Plan {
        Plan(
            objective: Objective(metric: "loss", goal: goal),
            space: SearchSpace([Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear))]),
            searcher: .random(seed: 1), scheduler: scheduler, trials: trials, parallel: parallel)
    }

    static let asha = SchedulerPlan.asha(
        ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3))

    static func run(
        _ plan: Plan, over landscape: any Landscape, searcher: SearcherPlan? = nil, slots: Int? = nil,
        wait: QueueWait = .constant(0), startup: Double = 0, seed: UInt64 = 1,
        batch: BatchOptions = BatchOptions(), mode: Execution.Mode = Defaults.mode, top: Int? = nil
    ) throws -> StudyRun.Record {
        var plan = plan
        if let searcher { plan.searcher = searcher }
        let spec = StudySpec(
            name: "t", plan: plan, command: try CommandTemplate(["true"]), batch: batch,
            execution: Execution(mode: mode))
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        var run = StudyRun(
            spec: spec, landscape: landscape, slots: slots ?? plan.parallel, wait: wait,
            startupSeconds: startup,
            seed: seed)
        run.top = top
        return try run.run(in: place.path(percentEncoded: false))
    }

    static func run(
        _ plan: Plan, _ table: CurveTable, slots: Int? = nil, wait: QueueWait = .constant(0),
        startup: Double = 0, seed: UInt64 = 1, batch: BatchOptions = BatchOptions(),
        mode: Execution.Mode = Defaults.mode, top: Int? = nil
    ) throws -> StudyRun.Record {
        let draw = table.drawn(seed: seed)
        return try run(
            plan, over: draw, searcher: draw.searcher, slots: slots, wait: wait, startup: startup,
            seed: seed, batch: batch, mode: mode, top: top)
    }

    @Test(arguments: Execution.Mode.allCases)
    func `lanes that share a task share its wait, and it counts once`(mode: Execution.Mode) throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 12, parallel: 4)
        let table = try Self.table(12, plan: plan)
        let records = try [1, 4].map { slots in
            let draw = table.drawn(seed: 1)
            var plan = plan
            (plan.together, plan.searcher) = (slots, draw.searcher)
            let spec = StudySpec(
                name: "t", plan: plan, command: try CommandTemplate(["true"]),
                execution: Execution(mode: mode, slotsPerTask: slots))
            let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
            return try StudyRun(
                spec: spec, landscape: draw, slots: 4, wait: .constant(100), startupSeconds: 1, seed: 1
            ).run(in: place.path(percentEncoded: false))
        }
        #expect(records.map(\.trials) == [12, 12])
        let (alone, packed) = (records[0].usage, records[1].usage)
        #expect(packed.tasks * 4 == alone.tasks, "\(packed.tasks) and \(alone.tasks) tasks")
        // All trials take the same time.
        #expect(packed.slotSeconds < alone.slotSeconds * 0.3)
    }

    @Test func `one worker climbs the ladder as the ladder implies`() throws {
        let plan = Self.plan(Self.asha, trials: 9, parallel: 1)
        let record = try Self.run(plan, try Self.table(9, plan: plan), mode: .rung)
        // With all nine drawn, at least three are promoted to 3 and one to 9; each step is trained once.
        #expect(record.outcome == .completed)
        #expect(record.trials == 9)
        #expect(record.usage.tasks >= 13)
        #expect(record.usage.tasks == record.usage.arrays)
        let steps = record.usage.slotSeconds / 10
        let promotions = record.usage.tasks - 9
        // A promotion to 3 trains two steps, one to 9 six.
        #expect(steps == steps.rounded())
        #expect((9 + 2 * promotions...9 + 6 * promotions).contains(Int(steps)))
        // With one worker, the study takes the time of its tasks plus the controller's looks between them.
        #expect(record.seconds >= record.usage.slotSeconds)
        #expect(record.seconds < record.usage.slotSeconds + 0.6 * Double(record.usage.tasks))
        #expect(record.usage.waitSeconds == 0)
        // The best configuration is the first, and its best value that of the top rung.
        #expect(record.improvements.last?.value == 1.0 / 9)
    }

    @Test func `without a scheduler each trial runs to the end once`() throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 6, parallel: 3)
        let record = try Self.run(plan, try Self.table(9, plan: plan), mode: .rung)
        #expect(record.usage.tasks == 6)
        #expect(record.usage.slotSeconds == 6 * 90)
        #expect(record.seconds >= 180 && record.seconds < 182)
    }

    @Test func `each allocation pays its queue wait and its startup once`() throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 4, parallel: 4)
        let table = try Self.table(9, plan: plan)
        let record = try Self.run(plan, table, wait: .constant(60), startup: 5, mode: .rung)
        #expect(record.usage.waitSeconds == 4 * 60)
        #expect(record.usage.slotSeconds == 4 * 95)
        #expect(record.seconds >= 155 && record.seconds < 156)
        #expect(record.improvements.first?.seconds == 75)
    }

    @Test func `who finds no free slot waits for one`() throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 4, parallel: 4)
        let record = try Self.run(plan, try Self.table(9, plan: plan), slots: 2, mode: .rung)
        #expect(record.usage.waitSeconds == 2 * 90)
        #expect(record.seconds >= 180 && record.seconds < 181)
    }

    @Test func `a table that is exhausted ends the study early`() throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 50, parallel: 4)
        let record = try Self.run(plan, try Self.table(7, plan: plan))
        #expect(record.outcome == .completed)
        #expect(record.trials == 7)
    }

    @Test func `what diverges is never found, and ends no study`() throws {
        let plan = Self.plan(Self.asha, trials: 30, parallel: 4)
        var text = "config,lr,resource,loss,seconds\n"
        for config in 0..<30 {
            for level in 1...9 {
                let loss = config < 20 ? ["inf", "nan", "", "-inf"][config % 4] : "\(config)"
                text += "\(config),0.5,\(level),\(loss),1\n"
            }
        }
        let table = try CurveTable.read(Array(text.utf8), file: "t.csv", for: plan)
        let record = try Self.run(plan, table)
        #expect(record.outcome == .completed)
        #expect(record.trials == 30)
        #expect(record.improvements.last?.value == 20)
    }

    @Test func `where greater is better the greatest is found`() throws {
        let plan = Self.plan(.none(maxResource: Resource(1)), trials: 9, parallel: 3, goal: .maximize)
        let record = try Self.run(plan, try Self.table(9, plan: plan))
        #expect(record.improvements.last?.value == 9)
        #expect(
            zip(record.improvements, record.improvements.dropFirst()).allSatisfy { $0.value < $1.value })
    }

    @Test func `a task that does not fit into its time limit goes on in another`() throws {
        let plan = Self.plan(.none(maxResource: Resource(9)), trials: 1, parallel: 1)
        var batch = BatchOptions()
        // Asked to leave after 40 of 60 s, so four of nine steps fit into each task.
        batch.timeMinutes = 1
        batch.leaveSeconds = 20
        let record = try Self.run(plan, try Self.table(1, plan: plan), batch: batch, mode: .rung)
        #expect(record.outcome == .completed)
        #expect(record.usage.tasks == 3)
        #expect(record.usage.slotSeconds == 40 + 40 + 10)
        #expect(record.improvements.last?.value == 1.0 / 9)
    }

    @Test func `a function is measured where it is true`() throws {
        var plan = Self.plan(Self.asha, trials: 20, parallel: 4)
        plan.space = SearchSpace(
            (1...3).map { Parameter(name: "x\($0)", domain: .float(min: 0, max: 1, scale: .linear)) })
        let function = Hartmann(dimensions: 3, quality: .terrible)
        let training = try HartmannTraining(function, for: plan, top: Resource(9), seed: 1)
        let record = try Self.run(plan, over: training)
        #expect(record.outcome == .completed)
        #expect(!record.improvements.isEmpty)
        #expect(record.improvements.allSatisfy { $0.value >= function.minimum })
    }

    @Test(arguments: [QueueWait.constant(0), .exponential(mean: 30), .trace([1, 50, 3])])
    func `the same seed is the same run, and another is another`(wait: QueueWait) throws {
        let plan = Self.plan(Self.asha, trials: 20, parallel: 5)
        let table = try Self.table(40, plan: plan)
        let first = try Self.run(plan, table, wait: wait, seed: 5)
        #expect(try Self.run(plan, table, wait: wait, seed: 5) == first)
        #expect(try Self.run(plan, table, wait: wait, seed: 6) != first)
    }

    @Test(arguments: 1...8, Execution.Mode.allCases)
    func `whatever the seed, the books balance`(seed: UInt64, mode: Execution.Mode) throws {
        let plan = Self.plan(Self.asha, trials: 27, parallel: 4)
        let record = try Self.run(
            plan, try Self.table(40, plan: plan), slots: 3, wait: .exponential(mean: 20), startup: 2,
            seed: seed, mode: mode)
        #expect(record.outcome == .completed)
        #expect(record.trials == 27)
        // No slot is held twice at the same time, and nothing is found after the end.
        #expect(record.usage.slotSeconds <= 3 * record.seconds)
        #expect(record.improvements.allSatisfy { $0.seconds <= record.seconds })
        #expect(
            zip(record.improvements, record.improvements.dropFirst()).allSatisfy { $0.value > $1.value })
        // At least nine of 27 are promoted, and three of these.
        if mode == .rung { #expect(record.usage.tasks >= 27 + 9 + 3) }
    }

    @Test func `what is left to stune holds the nodes hardly longer than a task for each rung`() throws {
        // The last trials train for long, while most workers have nothing to do.
        let plan = Self.plan(Self.asha, trials: 40, parallel: 16)
        let table = try Self.table(60, plan: plan)
        let hours = try [Execution.Mode.rung, .reuse, .auto].map {
            try Self.run(plan, table, wait: .constant(8), mode: $0).usage.slotSeconds
        }
        #expect(hours[2] < hours[0] * 1.1, "\(hours)")
        #expect(hours[1] > hours[0] * 1.2, "\(hours)")
    }
}

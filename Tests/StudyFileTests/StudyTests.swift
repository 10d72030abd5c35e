import Foundation
import Spool
import StudyFile
import Testing
import Tuning

struct StudyTests {
    @Test func `the example is accepted as it stands`() throws {
        let parsed = try StudyFile.read(text: fixture("digits.yaml"), file: "digits.yaml")
        let spec = parsed.spec
        #expect(parsed.notes.isEmpty)
        #expect(spec.name == "digits")
        #expect(spec.plan.objective == Objective(metric: "val_loss", goal: .minimize))
        #expect(
            spec.plan.space
                == SearchSpace([
                    Parameter(name: "lr", domain: .float(min: 1e-4, max: 0.1, scale: .log)),
                    Parameter(name: "hidden", domain: .int(min: 16, max: 256, scale: .log)),
                    Parameter(
                        name: "batch_size", domain: .choice([.int(16), .int(32), .int(64), .int(128)])),
                    Parameter(name: "optimizer", domain: .choice([.string("sgd"), .string("adam")])),
                    Parameter(
                        name: "momentum", domain: .float(min: 0, max: 0.99, scale: .linear),
                        conditions: [Condition(parent: "optimizer", values: [.string("sgd")])]),
                ]))
        #expect(spec.plan.searcher == .random(seed: 7))
        #expect(
            spec.plan.scheduler
                == .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(27), reductionFactor: 3)))
        #expect(spec.plan.trials == 64)
        #expect(spec.plan.parallel == 16)
        #expect(spec.command == (try CommandTemplate(["python3", "train.py", "--lr", "{lr}"])))
        var batch = BatchOptions()
        batch.timeMinutes = 10
        batch.cpusPerTask = 1
        batch.memoryMiB = 500
        #expect(spec.batch == batch)
    }

    @Test func `what is left out has its default`() throws {
        let spec = try spec([
            "searcher": "", "parallel": "", "slurm": "", "scheduler": "scheduler: {max_resource: 9}",
        ])
        #expect(spec.plan.searcher == .tpe(SearcherTests.auto(0)))
        #expect(spec.plan.parallel == 4)
        #expect(spec.plan.maxRetries == 1)
        #expect(spec.plan.maxFailures == 8)
        #expect(spec.settleSeconds == 60)
        #expect(spec.batch == BatchOptions())
        #expect(
            spec.plan.scheduler
                == .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)))
    }

    static let ladder = ASHAPlan(
        minResource: Resource(2), maxResource: Resource(50), reductionFactor: 4, earlyStoppingRate: 1)

    /// `LADDER` is replaced by the fields of `ladder`.
    static let schedulers: [(String, SchedulerPlan)] = [
        (
            "{type: asha, LADDER, delay: 5, max_pending: 7}",
            .asha(
                ASHAPlan(
                    minResource: Resource(2), maxResource: Resource(50), reductionFactor: 4,
                    earlyStoppingRate: 1, delay: 5, maxPending: 7))
        ),
        ("{type: async_hyperband, LADDER}", .asyncHyperband(AsyncHyperbandPlan(asha: ladder))),
        (
            "{type: async_hyperband, LADDER, brackets: 2, seed: 9}",
            .asyncHyperband(AsyncHyperbandPlan(asha: ladder, brackets: 2, seed: 9))
        ),
        ("{type: asha_stopping, LADDER}", .ashaStopping(ladder)),
        ("{type: successive_halving, LADDER}", .successiveHalving(SuccessiveHalvingPlan(ladder: ladder))),
        (
            "{type: successive_halving, LADDER, configurations: 16}",
            .successiveHalving(SuccessiveHalvingPlan(ladder: ladder, configurations: 16))
        ),
        (
            "{type: hyperband, max_resource: 81}",
            .hyperband(
                HyperbandPlan(minResource: Resource(1), maxResource: Resource(81), reductionFactor: 3))
        ),
        (
            "{type: pasha, max_resource: 64, reduction_factor: 2}",
            .pasha(ASHAPlan(minResource: Resource(1), maxResource: Resource(64), reductionFactor: 2))
        ),
        (
            "{type: median_stopping, max_resource: 81, interval: 9}",
            .medianStopping(
                MedianStoppingPlan(
                    minResource: Resource(1), maxResource: Resource(81), interval: 9, minTrials: 3))
        ),
        (
            "{type: pbt, population: 20, max_resource: 100, interval: 5}",
            .pbt(PBTPlan(population: 20, maxResource: Resource(100), interval: 5))
        ),
        (
            "{type: pbt, population: 8, max_resource: 9, interval: 2, exploit: tournament, explore: resample, "
                + "resample_percent: 50, seed: 3}",
            .pbt(
                PBTPlan(
                    population: 8, maxResource: Resource(9), interval: 2, exploit: .tournament,
                    explore: .resample, resamplePercent: 50, seed: 3))
        ),
        (
            "{type: pbt, population: 8, max_resource: 9, interval: 2, truncation_percent: 40, perturb_percent: 30}",
            .pbt(
                PBTPlan(
                    population: 8, maxResource: Resource(9), interval: 2, exploit: .truncation(percent: 40),
                    explore: .perturb(percent: 30)))
        ),
        ("{type: none, max_resource: 81}", .none(maxResource: Resource(81))),
    ]

    @Test(arguments: schedulers)
    func `each scheduler is read with its fields`(text: String, plan: SchedulerPlan) throws {
        let fields =
            "min_resource: 2, max_resource: 50, reduction_factor: 4, early_stopping_rate: 1, rungs: paper"
        let read = try spec(["scheduler": "scheduler: " + text.replacing("LADDER", with: fields)])
        #expect(read.plan.scheduler == plan)
        let stored = try JSONEncoder().encode(read)
        #expect(try JSONDecoder().decode(StudySpec.self, from: stored) == read)
    }

    @Test func `training code of a population saves at each level`() throws {
        let scheduler = "scheduler: {type: pbt, population: 8, max_resource: 30, interval: 6}"
        #expect(try spec().saveEvery == nil)
        #expect(try spec(["scheduler": scheduler]).saveEvery == 6)
        #expect(try spec(["scheduler": scheduler, "zzz": "checkpoints: {every: 3}"]).saveEvery == 3)
    }

    @Test func `replicates are those of the top rung, unless the file says more`() throws {
        let top = try spec(["zzz": "replicates: {count: 3}"])
        let rungs = top.plan.scheduler.levels.count
        #expect(top.plan.replicates == ReplicatePlan(count: 3, fromRung: rungs - 1, aggregate: .mean))
        let all = try spec(["zzz": "replicates: {count: 5, from_rung: 0, aggregate: worst}"])
        #expect(all.plan.replicates == ReplicatePlan(count: 5, fromRung: 0, aggregate: .worst))
        let stored = try JSONEncoder().encode(all)
        #expect(try JSONDecoder().decode(StudySpec.self, from: stored) == all)
        #expect(try spec().plan.replicates == nil)
    }

    @Test(arguments: [
        ("1M", 1 << 20), ("20G", 20 << 30), ("20gb", 20 << 30), ("20GiB", 20 << 30), ("1024K", 1 << 20),
        ("'3T'", 3 << 40), ("1048576T", 1 << 60),
    ])
    func `a quota is in bytes`(text: String, bytes: Int) throws {
        let read = try spec(["zzz": "checkpoints: {quota: \(text)}"])
        #expect(read.plan.quota == bytes)
        let stored = try JSONEncoder().encode(read)
        #expect(try JSONDecoder().decode(StudySpec.self, from: stored) == read)
        #expect(try spec().plan.quota == nil)
    }

    @Test(arguments: [
        (0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1K"), (1_536, "1.5K"), ((1 << 20) - 1, "1023.9K"),
        (20 << 30, "20G"), (22_011_707_392, "20.5G"), (5 << 50, "5120T"), (Int.max, "8388607.9T"),
    ])
    func `bytes are told in the greatest unit`(bytes: Int, words: String) {
        #expect(ByteSize.words(bytes) == words)
    }

    @Test func `what stops a study goes to the core, or to the controller`() throws {
        let stop = "stop: {target: 0.1, no_improvement: 30, wall_time: \"2:00:00\", node_hours: 12.5}"
        let read = try spec(["stop": stop])
        #expect(read.plan.stop == StopPlan(target: 0.1, noImprovement: 30))
        #expect(read.stop == StopLimits(wallMinutes: 120, nodeHours: 12.5))
        #expect(try spec().plan.stop == nil)
        #expect(try spec().stop == nil)
        let stored = try JSONEncoder().encode(read)
        #expect(try JSONDecoder().decode(StudySpec.self, from: stored) == read)
    }

    @Test func `hours are those of what a task asks for`() throws {
        let slurm =
            "slurm: {nodes: \"2\", ntasks_per_node: 3, cpus_per_task: 4, gpus_per_node: \"a100:2,t4:1\"}"
        let read = try spec(["stop": "stop: {cpu_hours: 48, gpu_hours: 13, node_hours: 5}", "slurm": slurm])
        let limits = try #require(read.stop)
        let reached = { (hours: Double) in
            limits.reached(wallSeconds: 1e9, read.batch) { hours * 3_600 }
        }
        // 24 processors, 6 GPUs and 2 nodes.
        #expect(reached(1.99) == nil)
        #expect(reached(2) == .hours(.cpu, spent: 48))
        let others = StopLimits(nodeHours: 5, gpuHours: 13)
        #expect(others.reached(wallSeconds: 0, read.batch) { 8_100 } == .hours(.gpu, spent: 13.5))
        #expect(
            StopLimits(nodeHours: 5).reached(wallSeconds: 0, read.batch) { 9_000 }
                == .hours(.node, spent: 5))
        #expect(StopLimits(nodeHours: 5).reached(wallSeconds: 0, read.batch) { 8_999 } == nil)
        #expect(StopLimits(wallMinutes: 2).reached(wallSeconds: 119, read.batch) { 1e9 } == nil)
        #expect(
            StopLimits(wallMinutes: 2).reached(wallSeconds: 120, read.batch) { 0 }
                == .wallTime(seconds: 120))
    }

    @Test(arguments: [
        ("scheduler: {type: hyperband, max_resource: 27}", "trials: 98", []),
        (
            "scheduler: {type: hyperband, max_resource: 27}", "trials: 9",
            [
                "the brackets have 27, 12, 6, 4 trials, 49 in all: with 9 the last one is cut short",
                "a bracket of 9 trials ends at resource 9: no trial reaches 27",
            ]
        ),
        (
            "scheduler: {type: successive_halving, max_resource: 27, configurations: 9}", "trials: 90",
            ["a bracket of 9 trials ends at resource 9: no trial reaches 27"]
        ),
        (
            "scheduler: {type: asha_stopping, max_resource: 9}", "trials: 9",
            [
                "trials never wait here, but each of the 3 levels takes its own task; with "
                    + "'execution: {mode: continue}' a trial goes on in its process"
            ]
        ),
        (
            "scheduler: {type: pasha, max_resource: 9}", "trials: 2",
            ["with fewer trials than the reduction factor, 3, none is ever promoted"]
        ),
    ])
    func `what may not be meant is noted`(scheduler: String, trials: String, notes: [String]) throws {
        let text = try example([
            ("scheduler", scheduler), ("trials", trials), ("parallel", "parallel: 2"),
            ("execution", "execution: {mode: rung}"),
        ])
        let found = try StudyFile.read(text: text, file: "s").notes.map { "\($0)" }
        #expect(found.count == notes.count)
        for note in notes { #expect(found.contains { $0.hasSuffix(note) }, "\(found)") }
    }

    @Test func `a task has one slot, unless the file says more`() throws {
        #expect(try spec().execution == Execution(mode: .auto))
        #expect(try spec().plan.together == 1)
        let packed = try spec(["execution": "execution: {mode: reuse, slots_per_task: 8}"])
        #expect(packed.execution == Execution(mode: .reuse, slotsPerTask: 8))
        #expect(packed.plan.together == 8)
        #expect(
            try notes(["execution": "execution: {slots_per_task: 17}"]) == [
                "15:29: note: execution.slots_per_task: 17 is more than 'parallel', 16: not all slots are used"
            ])
    }

    @Test func `whether the file names a mode is known`() throws {
        func namesMode(_ execution: String) throws -> Bool {
            try StudyFile.read(text: example([("execution", execution)]), file: "s").named.has(
                "execution.mode")
        }
        #expect(try !namesMode("") && !namesMode("execution: {linger_seconds: 5}"))
        #expect(try namesMode("execution: {mode: auto}") && namesMode("execution: {mode: rung}"))
    }

    @Test func `a study of a time before there were modes has a task for each rung`() throws {
        let text = String(decoding: SpoolJSON.encode(try spec()), as: UTF8.self)
        let old = text.replacing(
            #""execution":{"lingerSeconds":60,"mode":"auto","slotsPerTask":1},"#, with: "")
        #expect(old != text, "\(text)")
        let execution = try SpoolJSON.decode(StudySpec.self, from: Array(old.utf8)).execution
        #expect(execution == Execution(mode: .rung))
    }

    @Test func `a study of a time before there were slots is read, and is the same`() throws {
        let spec = try spec(["execution": "execution: {mode: continue}"])
        let text = String(decoding: SpoolJSON.encode(spec), as: UTF8.self)
        let old = text.replacing(#","slotsPerTask":1"#, with: "")
        #expect(old != text)
        #expect(try SpoolJSON.decode(StudySpec.self, from: Array(old.utf8)) == spec)
    }

    @Test func `the other fields are read`() throws {
        let spec = try spec([
            "metric": "metric: {name: acc, goal: maximize}",
            "scheduler": "scheduler: {type: none, max_resource: 12}",
            "max_retries": "max_retries: 0", "max_failures": "max_failures: 3",
            "settle_seconds": "settle_seconds: 5",
        ])
        #expect(spec.plan.objective.goal == .maximize)
        #expect(spec.plan.scheduler == .none(maxResource: Resource(12)))
        #expect(spec.plan.maxRetries == 0)
        #expect(spec.plan.maxFailures == 3)
        #expect(spec.settleSeconds == 5)
    }

    @Test func `a study goes through JSON unchanged`() throws {
        let spec = try spec(["command": "command: [a, [--momentum, '{momentum}'], '{{}}']"])
        let decoded = try JSONDecoder().decode(StudySpec.self, from: JSONEncoder().encode(spec))
        #expect(decoded == spec)
    }

    @Test(arguments: [
        "{type: float, min: 1e-4, max: 1}", "{type: float, min: 1.0e-4, max: 1.}",
        "{type: float, min: +.0001, max: 1E0}", "{max: 1, min: 0.0001, type: float}",
    ])
    func `a float may be written in every way of writing decimal numbers`(text: String) throws {
        let spec = try spec(["lr": "  lr: \(text)"])
        #expect(spec.plan.space.parameters[0].domain == .float(min: 1e-4, max: 1, scale: .linear))
    }

    @Test(arguments: [
        ("'a b\";$(touch x)'''", ParameterValue.string("a b\";$(touch x)'")),
        ("\"\\u00e4\\t\"", .string("ä\t")), ("\"\"", .string("")), ("yes", .string("yes")),
        ("true", .bool(true)), ("\"true\"", .string("true")), ("7", .int(7)), ("-7", .int(-7)),
        ("'7'", .string("7")), ("!!str 7", .string("7")), ("1e-4", .float(1e-4)), ("1.5", .float(1.5)),
        ("1:30", .string("1:30")), ("2024-01-01", .string("2024-01-01")), ("e4", .string("e4")),
        ("'-'", .string("-")), ("1.2.3", .string("1.2.3")), ("\"null\"", .string("null")),
        ("nan", .string("nan")), ("${HOME}", .string("${HOME}")),
    ])
    func `the values of a choice are kept as they are written`(text: String, value: ParameterValue) throws {
        let block = "  lr:\n    type: choice\n    values:\n      - \(text)"
        #expect(try spec(["lr": block]).plan.space.parameters[0].domain == .choice([value]))
    }

    @Test func `values of every kind may stand together`() throws {
        let spec = try spec(["lr": "  lr: {type: choice, values: [1, '1', 1.5, true, 'true', none]}"])
        #expect(
            spec.plan.space.parameters[0].domain
                == .choice([
                    .int(1), .string("1"), .float(1.5), .bool(true), .string("true"), .string("none"),
                ]))
    }

    @Test(arguments: ["lr.decay", "a b", "weight-decay", "größe", "学習率", "1", "yes", "<", "a:b", "\"#\""])
    func `odd names are names`(name: String) throws {
        let spec = try spec(["hidden": "  \(name): {type: int, min: 1, max: 2}"])
        #expect(spec.plan.space.parameters[1].name == name.trimmingCharacters(in: ["\""]))
    }

    @Test func `a condition may name one value, and whole numbers of an int`() throws {
        let spec = try spec([
            "momentum":
                "  momentum: {type: int, min: 0, max: 1, when: {optimizer: sgd, hidden: [16, 32.0]}}"
        ])
        #expect(
            spec.plan.space.parameters[4].conditions == [
                Condition(parent: "optimizer", values: [.string("sgd")]),
                Condition(parent: "hidden", values: [.int(16), .float(32)]),
            ])
    }

    @Test func `aliases are followed`() throws {
        let spec = try spec([
            "batch_size": "  batch_size: {type: choice, values: &sizes [1, 2]}",
            "optimizer": "  optimizer: {type: choice, values: *sizes}",
            "momentum": "  momentum: {type: float, min: 0, max: 1, when: {optimizer: 1}}",
        ])
        #expect(spec.plan.space.parameters[3].domain == .choice([.int(1), .int(2)]))
    }

    @Test(arguments: ["\u{FEFF}", "---\n", "# a comment\n\n", "%YAML 1.2\n---\n"])
    func `what YAML allows before the first field is allowed`(start: String) throws {
        #expect(try mistakes(start + example()) == [])
    }

    @Test func `lines may end as on Windows`() throws {
        #expect(try mistakes(example().replacing("\n", with: "\r\n")) == [])
    }

    @Test func `numbers in a command are arguments as they are written`() throws {
        let spec = try spec(["command": "command: [train, 1.0e-4, 007, true, [--lr, '{lr}']]"])
        let facts = CommandTemplate.Facts(
            study: "s", trial: TrialID(0), from: .none, to: Resource(1), resume: nil, directory: "/d",
            home: "/h")
        #expect(
            spec.command.render(configuration: Configuration(["lr": .float(0.5)]), facts: facts)
                == ["train", "1.0e-4", "007", "true", "--lr", "0.5"])
    }

    @Test(arguments: [
        (
            "scheduler: {max_resource: 100, min_resource: 1, rungs: paper}",
            "10:27: note: scheduler.max_resource: the rungs are 1, 3, 9, 27, 81: no trial gets more than 81 "
                + "of max_resource 100"
        ),
        (
            "scheduler: {max_resource: 2}",
            "10:27: note: scheduler.max_resource: there is one rung, at 2: every trial runs to it, and none "
                + "is stopped before"
        ),
    ])
    func `a ladder that is perhaps not meant is noted`(line: String, note: String) throws {
        #expect(try notes(["scheduler": line, "trials": "trials: 243"]) == [note])
    }

    @Test func `other things that are perhaps not meant are noted`() throws {
        #expect(
            try notes(["parallel": "parallel: 65", "command": "command: [a, [b]]"]) == [
                "12:11: note: parallel: 65 is more than the 64 trials: not all slots are used",
                "13:14: note: command[1]: the group has no placeholder, so it is never left out",
            ])
        #expect(
            try notes(["optimizer": "  optimizer: {type: choice, values: [no, sgd]}"]) == [
                "7:38: note: parameters.optimizer.values[0]: no is taken as text; write true or false for a "
                    + "boolean, or quote the text"
            ])
        #expect(
            try notes(["trials": "trials: 2", "parallel": "parallel: 1"]) == [
                "11:9: note: trials: with fewer trials than the reduction factor, 3, none is ever promoted"
            ])
    }
}

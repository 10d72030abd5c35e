import Foundation
import Store
import Testing
import Tuning

/// Two studies on one Slurm, of which everything is killed and brought back repeatedly.
@Suite(.enabled(if: Chaos.isWanted, "'make chaos' runs it"))
struct ChaosTests {
    @Test(.timeLimit(.minutes(10)))
    func `whatever is killed and requeued, nothing is lost, doubled, or decided otherwise`() async throws {
        let seed = Chaos.seed
        Chaos.say("seed \(seed); the same plan again: STUNE_CHAOS_SEED=\(seed) make chaos")
        let single = try ChaosStudy(trials: 27, gated: 1, parallel: 1)
        let crowd = try ChaosStudy(trials: 60, gated: 16, parallel: 4)
        defer { [single, crowd].forEach { $0.abandon() } }
        let undisturbed = try await Chaos.undisturbed(single)
        Chaos.say("the undisturbed study made \(try undisturbed.essence().count) decisions")

        var chaos = Chaos(single: single, crowd: crowd)
        try await chaos.cause(ChaosPlan(seed: seed))
        try await chaos.awaitEnd()

        #expect(try StudyLog(single.place).essence() == undisturbed.essence())
        #expect(try StudyLog(single.place).results() == undisturbed.results())
        for study in [single, crowd] {
            let ledger = try ChaosLedger(study.place)
            ledger.check()
            let replay = try await study.place.stune("replay", study.place.study)
            #expect(replay.code == 0, "\(replay.output)\(replay.errors)")
            #expect(study.surprises.isEmpty, "controllers gave up by themselves")
            Chaos.say("\(ledger.summary); replay \(replay.output.trimmingCharacters(in: .newlines))")
        }
        let cancelled = try StudyLog(crowd.place).read { try $0.trialCounts() }["cancelled"]
        #expect(cancelled ?? 0 <= chaos.counts["scancel of a running task"] ?? 0)
        chaos.sayCounts()
        #expect(chaos.counts["controller killed"] ?? 0 >= 20)
        #expect(chaos.counts["slurmctld killed"] == 3)
        #expect(chaos.counts["slurmd killed"] == 2)
        #expect(chaos.counts["second controller refused"] ?? 0 >= 1)
        #expect(chaos.counts["scontrol requeue of a running task"] ?? 0 >= 2)
        #expect(chaos.counts["scancel of a running task"] ?? 0 >= 1)
        #expect(chaos.counts["worker killed"] ?? 0 >= 4)
        #expect(chaos.counts["training killed"] ?? 0 >= 4)
    }
}

/// Carries out a plan, and prints what it does and when.
struct Chaos {
    /// Whether `make chaos` asks for it.
    static let isWanted =
        Tool.hasSlurm && ProcessInfo.processInfo.environment["STUNE_CHAOS"] == "1"
    /// The seed: given or random.
    static let seed =
        ProcessInfo.processInfo.environment["STUNE_CHAOS_SEED"].flatMap(UInt64.init)
        ?? UInt64.random(in: 0..<1_000_000)
    /// The directory of the throwaway Slurm.
    private static let directory =
        URL(filePath: ProcessInfo.processInfo.environment["SLURM_CONF"] ?? "")
        .deletingLastPathComponent().path
    private static let start = Date.now

    private let single, crowd: ChaosStudy
    /// How often each thing was done.
    private(set) var counts: [String: Int] = [:]
    /// The daemons that are down.
    private var down: Set<String> = []

    init(single: ChaosStudy, crowd: ChaosStudy) {
        (self.single, self.crowd) = (single, crowd)
    }

    /// Prints a line with the time since the start.
    static func say(_ text: String) {
        let time = String(format: "%6.1f s  ", max(0, Date.now.timeIntervalSince(start)))
        FileHandle.standardOutput.write(Data((time + text + "\n").utf8))
    }

    /// The same study without faults.
    static func undisturbed(_ study: ChaosStudy) async throws -> StudyLog {
        let place = try Workplace()
        for name in ["study.yaml", "train.sh"] {
            try FileManager.default.copyItem(
                atPath: "\(study.place.path)/\(name)", toPath: "\(place.path)/\(name)")
        }
        try place.openGate()
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local",
            environment: ["STUNE_CHAOS_NAP": "0"])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try StudyLog(place)
    }

    /// Starts both studies and carries out the plan. Faults that could not happen at their time happen at the end.
    mutating func cause(_ plan: ChaosPlan) async throws {
        for study in [single, crowd] { try study.start() }
        var postponed: [ChaosPlan.Fault] = []
        for step in plan.steps {
            try await Task.sleep(for: step.pause)
            try lookAfterControllers()
            try await operate()
            if try await !carryOut(step.fault) { postponed.append(step.fault) }
        }
        for fault in postponed {
            try lookAfterControllers()
            _ = try await carryOut(fault)
        }
    }

    /// Opens the gates, and waits until both studies are complete.
    mutating func awaitEnd() async throws {
        for study in [single, crowd] { try study.place.openGate() }
        Chaos.say("all faults are done; the last trials may go on")
        let deadline = Date.now.addingTimeInterval(240)
        while try !lookAfterControllers() {
            try #require(Date.now < deadline, "the studies do not end")
            try await operate()
            try await Task.sleep(for: .milliseconds(500))
        }
        Chaos.say("both studies are complete")
    }

    /// Prints how often each thing was done.
    func sayCounts() {
        Chaos.say("controllers were started \(single.starts + crowd.starts) times")
        for (fault, count) in counts.sorted(by: { $0.key < $1.key }) {
            Chaos.say("\(fault): \(count) ×")
        }
    }

    // MARK: Faults

    /// - Returns: whether it succeeded.
    private mutating func carryOut(_ fault: ChaosPlan.Fault) async throws -> Bool {
        switch fault {
        case .killController(let target):
            guard let process = try await study(target).killController() else { return false }
            count("controller killed", "controller of '\(target.rawValue)' killed, process \(process)")
            try study(target).start()
        case .secondController(let target): return try await startSecond(target)
        case .killDaemon(let name):
            try await throwaway("kill", name)
            down.insert(name)
            count("\(name.count == 2 ? "slurmd" : name) killed", "\(name) killed")
        case .respawnDaemon(let name):
            try await throwaway("respawn", name)
            down.remove(name)
            Chaos.say("\(name) is back")
        case .requeue(let target):
            guard let task = try await runningTask(of: target, telling: ["scontrol", "requeue"]) else {
                return false
            }
            count("scontrol requeue of a running task", "task \(task) of '\(target.rawValue)' requeued")
        case .killWorker(let target): return try await killOne("worker", of: target) { $0.killWorker() }
        case .killTraining(let target):
            return try await killOne("training", of: target) { $0.killTraining() }
        case .cancel:
            guard let task = try await runningTask(of: .crowd, telling: ["scancel"]) else { return false }
            count("scancel of a running task", "task \(task) of 'crowd' cancelled")
        }
        return true
    }

    /// Kills a process of a study with SIGKILL, as soon as there is one.
    private mutating func killOne(
        _ what: String, of target: ChaosPlan.Target, _ kill: (ChaosStudy) -> Int32?
    ) async throws -> Bool {
        for _ in 0..<60 {
            if let process = kill(study(target)) {
                count("\(what) killed", "\(what) of '\(target.rawValue)' killed, process \(process)")
                return true
            }
            try await operate()
            try await Task.sleep(for: .milliseconds(250))
        }
        Chaos.say("no \(what) of '\(target.rawValue)' runs; it is killed later")
        return false
    }

    private func study(_ target: ChaosPlan.Target) -> ChaosStudy {
        switch target {
        case .single: single
        case .crowd: crowd
        }
    }

    private mutating func count(_ fault: String, _ text: String) {
        counts[fault, default: 0] += 1
        Chaos.say(text)
    }

    /// Restarts controllers that gave up.
    ///
    /// - Returns: whether both studies are complete.
    @discardableResult private func lookAfterControllers() throws -> Bool {
        var isOver = true
        for study in [single, crowd] {
            let state = try study.look()
            isOver = isOver && state.isOver
            if let news = state.news { Chaos.say("SURPRISE: \(news)") }
        }
        return isOver
    }

    private mutating func startSecond(_ target: ChaosPlan.Target) async throws -> Bool {
        let study = study(target)
        guard try await Tool.wait(seconds: 20, until: { study.isControlled }) else { return false }
        let place = study.place
        let second = try await place.stune("run", "study.yaml", "--dir", place.study)
        #expect(second.code == 4, "a second controller: \(second.errors)")
        count(
            "second controller refused", "a second controller of '\(target.rawValue)': code \(second.code)")
        return true
    }

    /// Makes a request to Slurm about a running task.
    ///
    /// - Returns: the task; `nil` if none ran for a while.
    private mutating func runningTask(
        of target: ChaosPlan.Target, telling command: [String]
    ) async throws -> String? {
        for _ in 0..<60 {
            if let task = try await study(target).runningTasks().first,
                try await Tool.run(["timeout", "10"] + command + [task], in: "/tmp").code == 0
            {
                return task
            }
            try await operate()
            try await Task.sleep(for: .milliseconds(250))
        }
        Chaos.say("no task of '\(target.rawValue)' runs; '\(command.joined(separator: " "))' comes later")
        return nil
    }

    /// Does what an operator does after trouble: releases requeued tasks before their two minutes, releases held tasks
    /// that could not be launched, and resumes drained nodes.
    private mutating func operate() async throws {
        guard down.isDisjoint(with: ["slurmctld", "munged"]) else { return }
        for line in try await Chaos.slurm("squeue", "-r", "-h", "-t", "PD", "-o", "%i %r") {
            let task = String(line.prefix { $0 != " " })
            if line.hasSuffix(" BeginTime") {
                _ = try await Chaos.slurm("scontrol", "update", "JobId=\(task)", "StartTime=now")
            } else if line.hasSuffix(" launch failed requeued held") {
                _ = try await Chaos.slurm("scontrol", "release", task)
                count("launch failed, task held by Slurm, released", "task \(task) released")
            }
        }
        for node in try await Chaos.slurm("sinfo", "-h", "-N", "-t", "drain", "-o", "%N")
        where !down.contains(node) {
            _ = try await Chaos.slurm("scontrol", "update", "NodeName=\(node)", "State=RESUME")
            count("node drained by Slurm, resumed", "\(node) resumed")
        }
    }

    /// The output of a Slurm command, in lines.
    private static func slurm(_ command: String...) async throws -> [String] {
        try await Tool.run(["timeout", "10"] + command, in: "/tmp").output.split(separator: "\n")
            .map(String.init)
    }

    private func throwaway(_ verb: String, _ name: String) async throws {
        let outcome = try await Tool.run(
            ["\(Tool.repository)/sbatch/throwaway-slurm", verb, Chaos.directory, name], in: "/tmp")
        try #require(outcome.code == 0, "\(outcome.errors)")
    }
}

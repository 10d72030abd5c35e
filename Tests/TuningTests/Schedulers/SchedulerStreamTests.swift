import Chance
import Oracles
import Testing
import Tuning

/// Every scheduler on random streams of reports, each answer compared with its oracle's.
@Suite struct SchedulerStreamTests {
    @Test func `on random streams every answer is the oracle's`() {
        for seed in Seeds.upTo(2_000) {
            var stream = SchedulerStream(seed: seed)
            while stream.step() {}
            guard stream.difference == nil else {
                Issue.record(
                    "\(stream.difference ?? ""); \(stream.plan); \(Seeds.replay(seed, in: Self.self))")
                return
            }
        }
    }

    @Test(arguments: [2, 3])
    func `with several metrics every answer is the oracle's`(objectives: Int) {
        var seen: [String: Set<String>] = [:]
        for seed in Seeds.upTo(160) {
            var stream = SchedulerStream(seed: seed, objectives: objectives)
            while stream.step() {}
            guard stream.difference == nil else {
                Issue.record(
                    "\(stream.difference ?? ""); \(stream.plan); \(Seeds.replay(seed, in: Self.self))")
                return
            }
            seen[stream.kind, default: []].formUnion(stream.seen)
        }
        guard Seeds.upTo(2).count == 2 else { return }
        let kinds = ["asha", "ashaStopping", "asyncHyperband", "hyperband", "successiveHalving"]
        for kind in kinds { #expect(seen[kind]?.contains("promoted") == true, "\(kind)") }
        #expect(seen["ashaStopping"]?.contains("stopped") == true)
    }

    @Test(arguments: [1, 2])
    func `with bounds every answer is the oracle's`(objectives: Int) {
        var seen: [String: Set<String>] = [:]
        for seed in Seeds.upTo(objectives == 1 ? 400 : 120) {
            var stream = SchedulerStream(seed: seed, objectives: objectives, hasBounds: true)
            while stream.step() {}
            guard stream.difference == nil else {
                Issue.record(
                    "\(stream.difference ?? ""); \(stream.plan); \(Seeds.replay(seed, in: Self.self))")
                return
            }
            seen[stream.kind, default: []].formUnion(stream.seen)
        }
        guard Seeds.upTo(2).count == 2 else { return }
        for kind in ["asha", "ashaStopping", "asyncHyperband", "hyperband", "successiveHalving"] {
            #expect(seen[kind]?.isSuperset(of: ["promoted", "breaks bounds"]) == true, "\(kind)")
        }
    }

    @Test func `the streams promote, stop and fill brackets in every kind of scheduler`() {
        guard Seeds.upTo(2).count == 2 else { return }
        var seen: [String: Set<String>] = [:]
        for seed in Seeds.upTo(1_000) {
            var stream = SchedulerStream(seed: seed)
            while stream.step() {}
            seen[stream.kind, default: []].formUnion(stream.seen)
        }
        for (kind, words) in seen where kind != "none" {
            #expect(words.isSuperset(of: ["promoted", "promoted in place", "cancelled"]), "\(kind)")
        }
        let stopping = seen.filter { $0.value.contains("stopped") }.keys.sorted()
        #expect(stopping == ["ashaStopping", "medianStopping"])
        let higher = seen.filter { $0.value.contains("higher entry") }.keys.sorted()
        #expect(higher == ["asyncHyperband", "hyperband"])
        #expect(seen["pbt"]?.isSuperset(of: ["kept", "replaced", "child of the best"]) == true)
    }
}

extension SchedulerPlan {
    /// Whether a study with several metrics, or with bounds, may use it.
    fileprivate var knowsSeveralMetrics: Bool {
        switch self {
        case .pasha, .medianStopping, .pbt: false
        default: true
        }
    }
}

/// A random history of a scheduler and its oracle: workers ask, report in any order, wait for the answer, are
/// cancelled, and some trials cannot continue for a while.
struct SchedulerStream {
    let plan: SchedulerPlan
    /// The first difference between the two.
    private(set) var difference: String?
    /// The kinds of events that have happened.
    private(set) var seen: Set<String> = []
    private var scheduler: any Scheduler
    private var oracle: any SchedulerOracle
    private var dice: Dice
    private var running: [(trial: Int, rung: Int)] = []
    private var held: Set<Int> = []
    private var trialCount = 0
    private let trials: Int
    private let places: Int
    private let distinctLosses: Int
    private let infiniteOneIn: Int
    /// The number of metrics.
    private let objectives: Int
    /// Whether results may break bounds.
    private let hasBounds: Bool

    /// - Parameters:
    ///   - objectives: the number of metrics; with several, a scheduler that supports only one is replaced.
    ///   - hasBounds: whether results may break bounds; if so, a scheduler that knows none is replaced.
    init(seed: UInt64, objectives: Int = 1, hasBounds: Bool = false) {
        var dice = Dice(seed: seed)
        var plan = SchedulerPlan.random(&dice)
        while objectives > 1 || hasBounds, !plan.knowsSeveralMetrics { plan = .random(&dice) }
        self.plan = plan
        (self.objectives, self.hasBounds) = (objectives, hasBounds)
        scheduler = plan.scheduler(objectives: objectives)
        oracle = plan.oracle
        // The oracle of several metrics takes time.
        trials = dice.roll(1...(objectives > 1 ? 25 : 60))
        places = dice.roll(1...12)
        distinctLosses = dice.pick([1, 3, 10, 1_000_000])
        infiniteOneIn = dice.pick([2, 8, 1_000_000])
        self.dice = dice
    }

    /// The kind of scheduler.
    var kind: String { String("\(plan)".prefix { $0 != "(" }) }

    /// Makes one thing happen.
    ///
    /// - Returns: whether more can happen.
    mutating func step() -> Bool {
        if running.count < places, ask() { return difference == nil }
        guard !running.isEmpty else {
            if held.isEmpty { return false }
            held = []
            return difference == nil
        }
        if dice.oneIn(4) { held = [] }
        finish()
        return difference == nil
    }

    /// A free worker asks.
    private mutating func ask() -> Bool {
        let held = held
        let promoted = scheduler.promote { held.contains($0.number) }.map(Promoted.init)
        compare("who goes on", promoted, oracle.getJob(except: held))
        if let promoted {
            seen.insert("promoted")
            running.append((promoted.trial, promoted.rung))
            return true
        }
        let entry = trialCount < trials ? scheduler.entry(of: TrialID(trialCount)) : nil
        guard trialCount < trials else { return false }
        compare("where a new trial starts", entry, oracle.entry(trialCount))
        guard let entry else { return false }
        if let parent = population?.exploited(byNew: TrialID(trialCount)), dice.oneIn(2) {
            seen.insert("child of the best")
            let child = TrialID(trialCount)
            population?.admit(child, exploiting: parent)
            compare("whose child trial \(trialCount) is", parent.number, oracle.bear(trialCount))
            begin(at: entry)
            return true
        }
        if entry > 0 { seen.insert("higher entry") }
        scheduler.admit(TrialID(trialCount))
        oracle.admit(trialCount)
        running.append((trialCount, entry))
        trialCount += 1
        if trialCount == trials {
            scheduler.close()
            oracle.close()
        }
        return true
    }

    /// A result, or the end of a trial without one.
    private mutating func finish() {
        let (trial, rung) = running.remove(at: dice.roll(0...running.count - 1))
        if dice.oneIn(15) {
            seen.insert("cancelled")
            scheduler.withdraw(TrialID(trial), rung: rung)
            oracle.withdraw(trial, rung: rung)
            return
        }
        reportBelow(scheduler.levels[rung].units, trial)
        let loss = dice.oneIn(infiniteOneIn) ? .infinity : Double(dice.roll(1...distinctLosses))
        let further = (1..<objectives).map { _ in Double(dice.roll(1...distinctLosses)) }
        let violation = hasBounds && loss.isFinite ? Double(dice.roll(0...3)) : 0
        if violation > 0 { seen.insert("breaks bounds") }
        let verdict = scheduler.record(
            TrialID(trial), rung: rung, loss: Loss(value: loss, further: further, violation: violation))
        let stops = oracle.update(
            trial, rung: rung, losses: loss.isFinite ? [loss] + further : [loss], violation: violation)
        compare("whom trial \(trial) exploits", verdict.exploited, oracle.successor)
        if let better = verdict.exploited { return exploit(trial, rung, better) }
        guard loss.isFinite, rung + 1 < scheduler.levels.count else { return }
        compare("whether trial \(trial) stops", verdict == .stops, stops)
        if stops { seen.insert("stopped") }
        guard !stops, dice.oneIn(2) else { return }
        let promoted = scheduler.promote(TrialID(trial), from: rung).map(Promoted.init)
        compare("whether trial \(trial) goes on in place", promoted, oracle.promote(trial, from: rung))
        if let promoted {
            seen.insert("promoted in place")
            running.append((trial, promoted.rung))
        } else {
            held.insert(trial)
        }
    }

    /// A child takes a trial's place, or cannot.
    private mutating func exploit(_ trial: Int, _ rung: Int, _ better: Int) {
        guard trialCount < trials, !dice.oneIn(4) else {
            seen.insert("kept")
            population?.goOn(TrialID(trial), from: rung, insteadOf: TrialID(better))
            oracle.keep(trial, rung: rung)
            return
        }
        seen.insert("replaced")
        population?.exploit(TrialID(better), inPlaceOf: TrialID(trial))
        oracle.replace(trial)
        let child = TrialID(trialCount)
        population?.join(child)
        compare("whose child trial \(trialCount) is", better, oracle.bear(trialCount))
        begin(at: dice.roll(rung...scheduler.levels.count - 1))
    }

    /// The scheduler, if it has a population.
    private var population: (any PopulationScheduler)? {
        get { scheduler as? any PopulationScheduler }
        set { if let newValue { scheduler = newValue } }
    }

    /// A child starts.
    private mutating func begin(at rung: Int) {
        running.append((trialCount, rung))
        trialCount += 1
        if trialCount == trials {
            scheduler.close()
            oracle.close()
        }
    }

    /// What is reported on the way to a target, some of it twice.
    private mutating func reportBelow(_ target: Int, _ trial: Int) {
        while target > 1, dice.oneIn(2) {
            let resource = dice.roll(1...target - 1)
            let loss = dice.oneIn(infiniteOneIn) ? .infinity : Double(dice.roll(1...distinctLosses))
            scheduler.observe(TrialID(trial), at: Resource(resource), loss: Loss(value: loss))
            oracle.observe(trial, at: resource, loss: loss)
        }
    }

    private mutating func compare<Answer: Equatable>(_ what: String, _ own: Answer, _ oracle: Answer) {
        guard own != oracle, difference == nil else { return }
        difference = "\(what): \(own), and the oracle has \(oracle)"
    }
}

extension Verdict {
    /// The member that the trial exploits.
    fileprivate var exploited: Int? {
        if case .exploits(let better) = self { better.number } else { nil }
    }
}

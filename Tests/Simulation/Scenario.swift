import Spool
package import StudyFile
import Tuning

/// What a seed means: a small study, and how often which faults occur.
package struct Scenario: Sendable {
    /// The seed, from which all else follows.
    package let seed: UInt64
    /// The study's directory on the simulated file system.
    static let directory = "/study"

    var rates: [Fault: Double] = [:]
    private(set) var plan: Plan
    /// What the study begins with: in a third of all studies, the results of others.
    private(set) var priors: [PriorResults] = []
    let pollSeconds: Int
    let minJobAge: Duration
    let maxArraySize: Int
    let maxJobs: Int
    let step: Duration
    let savesEachStep: Bool
    let execution: Execution
    /// At which multiples of the resource training code saves besides; `nil`: only when it has to.
    private(set) var saveEvery: Int?
    /// What the study may use of time; `nil`: whatever it needs.
    let stop: StopLimits?
    /// Whether the first rung runs in another partition than the others.
    let splitsPartitions: Bool
    /// What the controllers may ask of the cluster; `nil`: anything.
    private(set) var limits: RequestLimits?
    /// Whether a step takes so little time that workers have work ahead.
    let isQuick: Bool
    /// Dice of its own leave the other draws of a seed as they were.
    private static func splitsPartitions(_ seed: UInt64) -> Bool {
        var dice = Tuning.Random(seed: seed, stream: 1)
        return dice.unit() < 0.25
    }

    /// What training code does when it is told to go on.
    private(set) var habit = Habit.goesOn
    /// Whether only faults of the controller and its requests are on, and trials run one at a time. Then the decisions
    /// are those of a run without faults.
    var isComparable: Bool

    /// How long a last message may take; longer than any file is invisible.
    static let settle = Duration.seconds(75)

    /// How often a fault occurs at each opportunity, if it is on.
    private static let likelihood: [Fault: Double] = [
        .controllerCrash: 3e-4, .crashInCommit: 0.03, .crashAtStart: 0.004, .controllerStopped: 0.002,
        .controllerPaused: 2e-4, .secondController: 0.01, .noController: 0.3,
        .replyLost: 0.15, .requestLost: 0.15, .busy: 0.2, .overLimit: 1, .clusterAway: 0.2,
        .nameRewritten: 0.3, .earlyStart: 0.5, .lateStart: 0.15, .heldTask: 0.08, .doubleStart: 0.15,
        .launchFailed: 0.1, .nodeFailure: 0.1, .requeue: 0.1, .requeueGhost: 0.1, .outOfMemory: 0.08,
        .timeLimit: 0.08, .preemption: 0.1, .taskCancelled: 0.2, .arrayCancelled: 0.3, .forgotten: 1,
        .invisible: 0.2, .staleListing: 0.1, .transientError: 4e-4, .diskFull: 0.8, .commitRefused: 1,
        .linkLies: 0.2, .renameLies: 0.05, .repeatedLetter: 0.1, .tornLetter: 0.05, .clockSkew: 1,
        .crashingCode: 0.05, .silentCode: 0.04, .badMetric: 0.15,
    ]

    /// The faults in a run whose decisions are compared with those of a run without faults.
    private static let harmless: Set<Fault> = [
        .controllerCrash, .crashInCommit, .crashAtStart, .controllerStopped, .controllerPaused,
        .secondController, .noController, .replyLost, .requestLost, .busy, .clusterAway, .nameRewritten,
        .earlyStart, .lateStart, .doubleStart, .invisible, .staleListing, .linkLies, .renameLies,
        .repeatedLetter, .tornLetter, .clockSkew, .badMetric,
    ]

    /// The scenario of a seed.
    package init(seed: UInt64) {
        self.seed = seed
        var dice = Tuning.Random(seed: seed, stream: 0)
        isComparable = dice.unit() < 0.2
        splitsPartitions = Scenario.splitsPartitions(seed)
        rates = Scenario.rates(isComparable ? Scenario.harmless : Set(Fault.allCases), &dice)
        let trials = 3 + Int(dice.below(10))
        let asha = ASHAPlan(
            minResource: Resource(1), maxResource: Resource(9), reductionFactor: 2 + Int(dice.below(2)))
        let scheduler: SchedulerPlan = dice.unit() < 0.85 ? .asha(asha) : .none(maxResource: Resource(4))
        let parallel = isComparable ? 1 : 1 + Int(dice.below(6))
        let space = SearchSpace([Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear))])
        var plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize), space: space,
            searcher: .random(seed: seed), scheduler: scheduler, trials: trials, parallel: parallel,
            maxRetries: Int(dice.below(3)), maxFailures: 1_000)
        pollSeconds = 2 + Int(dice.below(10))
        minJobAge = .seconds(20 + Int(dice.below(200)))
        maxArraySize = [2, 4, 1_001][Int(dice.below(3))]
        maxJobs = rates[.overLimit] == nil ? 1_000_000 : max(2, parallel - 1)
        let slowStep = Duration.milliseconds(500 + Int(dice.below(4_000)))
        savesEachStep = dice.unit() < 0.5
        // A worker that stops waiting changes the course of a study.
        let modes: [Execution.Mode] = isComparable ? [.rung] : [.rung, .continue, .reuse, .auto]
        var execution = Execution(
            mode: modes[Int(dice.below(UInt64(modes.count)))], lingerSeconds: 2 + Int(dice.below(90)))
        isQuick = execution.stay?.reuse == true && dice.unit() < 0.5
        step = isQuick ? .milliseconds(1 + Int(dice.below(20))) : slowStep
        if isQuick { (plan.trials, plan.parallel) = (plan.trials * 8, min(plan.parallel, 2)) }
        // Draws at the end leave the earlier draws of a seed unchanged.
        if !isComparable, dice.unit() < 1 / 3.0 {
            execution.slotsPerTask = 1 + Int(dice.below(3))
            plan.together = execution.slotsPerTask
        }
        plan.searcher = Scenario.searcher(seed, &dice)
        let isStraight = if case .none = scheduler { true } else { false }
        if !isStraight, dice.unit() < 0.75 { plan.scheduler = Scenario.scheduler(asha, &dice) }
        if dice.unit() < 0.1 {
            plan.stop =
                dice.unit() < 0.5
                ? StopPlan(noImprovement: 2 + Int(dice.below(6)))
                : StopPlan(resource: 5 + Int(dice.below(40)))
        }
        if dice.unit() < 0.5 { plan.grow(&dice) }
        stop =
            !isComparable && dice.unit() < 0.05 ? StopLimits(wallMinutes: 1 + Int(dice.below(20))) : nil
        saveEvery = dice.unit() < 0.15 ? Scenario.populate(&plan, &dice) : nil
        if dice.unit() < 0.25 { plan.compareBySeveral(seed) }
        if dice.unit() < 0.3 { plan.limitCheckpoints(&dice) }
        if execution.stay != nil, dice.unit() < 0.3 {
            habit = Habit.allCases[1 + Int(dice.below(UInt64(Habit.allCases.count - 1)))]
        }
        if !isComparable, dice.unit() < 0.2 { limits = Scenario.limits(&dice) }
        self.execution = execution
        self.plan = plan
        letProgramDecide()
        refine()
        priors = Scenario.priors(plan, seed)
        unsettle()
    }

    private mutating func refine() {
        trainReplicates()
        boundMetrics()
    }

    /// In a quarter of all studies whose scheduler knows bounds, trials are to keep one. The draws are a stream of their own.
    private mutating func boundMetrics() {
        plan.bounds = []
        var dice = Tuning.Random(seed: seed, stream: 9)
        guard plan.scheduler.ranksWholeResults, dice.unit() < 0.25 else { return }
        // Some trials keep it, some break it by different shares, and some break it by as much as others.
        plan.bounds = [MetricBound(metric: "cost", .atMost, Double(1 + dice.below(3)))]
    }

    /// In a fifth of all studies but populations, trials that came far are trained several times. The draws are a stream of
    /// their own.
    private mutating func trainReplicates() {
        plan.replicates = nil
        var dice = Tuning.Random(seed: seed, stream: 11)
        guard !plan.scheduler.hasChildren, dice.unit() < 0.2 else { return }
        let (count, rungs) = (2 + Int(dice.below(3)), UInt64(plan.scheduler.levels.count))
        let rules = ReplicatePlan.Aggregate.allCases
        plan.replicates = ReplicatePlan(
            count: count, fromRung: Int(dice.below(rungs)),
            aggregate: rules[Int(dice.below(UInt64(rules.count)))])
    }

    /// In half of all studies the user changes and mends things. The draws are a stream of their own.
    private mutating func letUserMeddle() {
        for fault in Fault.ofUser { rates[fault] = nil }
        var dice = Tuning.Random(seed: seed, stream: 7)
        guard !isComparable, dice.unit() < 0.5 else { return }
        for fault in Fault.ofUser.sorted(by: { $0.rawValue < $1.rawValue }) where dice.unit() < 0.6 {
            rates[fault] = 0.12
        }
        let isPopulation = plan.scheduler.hasChildren
        // Which checkpoints go depends on how many trials there will be at most.
        if isPopulation || plan.quota != nil { (rates[.userExtends], rates[.userAdds]) = (nil, nil) }
        if case .external = plan.searcher { rates[.userAdds] = nil }
        if !plan.points.isEmpty || plan.space.parameters.map(\.name) != ["lr"] { rates[.userAdds] = nil }
        if plan.quota != nil { (rates[.userRaises], rates[.userKeepsOthers]) = (nil, nil) }
        if plan.scheduler.isASHA != true { rates[.userRaises] = nil }
        // The best of several or bounded metrics are ranked in ways that the account does not have.
        if !plan.scheduler.isPromoting || !plan.others.isEmpty || !plan.bounds.isEmpty {
            rates[.userFinishes] = nil
        }
        if isPopulation || plan.searcher.external != nil {
            (rates[.userReplacesSearcher], rates[.userReshapes]) = (nil, nil)
        }
        if !plan.points.isEmpty { rates[.userReshapes] = nil }
        // A ladder can grow once or twice only, and few studies can.
        rates[.userRaises] = rates[.userRaises].map { $0 * 4 }
        // Few studies may be asked for these.
        for fault in [Fault.userAdds, .userFinishes] { rates[fault] = rates[fault].map { $0 * 2 } }
    }

    /// Limits that a small study meets.
    private static func limits(_ dice: inout Tuning.Random) -> RequestLimits {
        RequestLimits(
            submissionsPerHour: 12 + Int(dice.below(40)),
            queuedTasks: dice.unit() < 0.3 ? 1 + Int(dice.below(4)) : nil,
            requestsPerMinute: 20 + Int(dice.below(100)), taskMinutes: dice.unit() < 0.5 ? 0 : 30)
    }

    /// What training code does when it is told to go on.
    enum Habit: CaseIterable {
        /// It continues, if it waits for the answer.
        case goesOn
        /// It read its target when it began, and ends there with code 0. It saves nothing.
        case ends
        /// The same, and it saves before it reports.
        case savesAndEnds
        /// The same, and it saves after the answer.
        case endsAndSaves
        /// The same as `ends`, with another code.
        case crashes

        /// Whether it saves before its report at the target, and whether after the answer.
        var saves: (before: Bool, after: Bool) { (self == .savesAndEnds, self == .endsAndSaves) }
    }

    /// The scenario of a seed, with the searcher and the scheduler of a study file instead of those that it draws.
    package init(seed: UInt64, as study: StudySpec) {
        self.init(seed: seed)
        plan.searcher = study.plan.searcher
        plan.scheduler = study.plan.scheduler
        plan.others = []
        saveEvery = study.saveEvery ?? saveEvery
        refine()
        unsettle()
    }

    /// Which of these faults are on, and how often they strike.
    private static func rates(_ allowed: Set<Fault>, _ dice: inout Tuning.Random) -> [Fault: Double] {
        let share = [0.1, 0.3, 0.6][Int(dice.below(3))]
        var rates: [Fault: Double] = [:]
        // Faults that depend on later draws are drawn later, so that the draws of a seed stay the same.
        for fault in Fault.allCases where !Fault.drawnElsewhere.contains(fault) {
            let isOn = dice.unit() < share
            if isOn, allowed.contains(fault) { rates[fault] = Scenario.likelihood[fault] }
        }
        return rates
    }

    private mutating func unsettle() {
        letProgramsFail()
        letUserMeddle()
    }

    private mutating func letProgramsFail() {
        rates[.searcherFails] = plan.searcher.external == nil ? nil : 0.1
        // ASHA in its place decides otherwise.
        rates[.schedulerFails] = plan.scheduler.external == nil || isComparable ? nil : 0.1
    }

    /// In a tenth of all studies with ASHA a program decides who goes on. The draws are a stream of their own.
    private mutating func letProgramDecide() {
        var dice = Tuning.Random(seed: seed, stream: 13)
        guard !isComparable, case .asha(let asha) = plan.scheduler, plan.others.isEmpty, dice.unit() < 0.2
        else { return }
        plan.scheduler = .external(
            ExternalSchedulerPlan(
                program: ExternalPlan(command: ["schedule"], seed: seed), asha: asha,
                step: dice.unit() < 0.7 ? 1 + Int(dice.below(4)) : nil))
    }

    /// A scheduler other than ASHA with its defaults.
    private static func scheduler(_ ladder: ASHAPlan, _ dice: inout Tuning.Random) -> SchedulerPlan {
        var asha = ladder
        switch dice.below(8) {
        case 0:
            asha.delay = 1 + Int(dice.below(6))
            asha.maxPending = 1 + Int(dice.below(4))
            return .asha(asha)
        case 1: return .asyncHyperband(AsyncHyperbandPlan(asha: asha, seed: dice.below(100)))
        case 2: return .ashaStopping(asha)
        case 3:
            let size = dice.unit() < 0.5 ? 1 + Int(dice.below(9)) : nil
            return .successiveHalving(SuccessiveHalvingPlan(ladder: asha, configurations: size))
        case 4: return .pasha(asha)
        case 5:
            return .medianStopping(
                MedianStoppingPlan(
                    minResource: Resource(1), maxResource: asha.maxResource,
                    interval: 2 + Int(dice.below(3)), minTrials: 1 + Int(dice.below(3))))
        default:
            return .hyperband(
                HyperbandPlan(
                    minResource: asha.minResource, maxResource: asha.maxResource,
                    reductionFactor: asha.reductionFactor))
        }
    }

    /// Makes some of the trials a population.
    ///
    /// - Returns: the multiple of the resource at which it saves.
    private static func populate(_ plan: inout Plan, _ dice: inout Tuning.Random) -> Int? {
        let pbt = PBTPlan(
            population: 1 + Int(dice.below(UInt64(min(plan.trials, 6)))), maxResource: Resource(9),
            interval: 1 + Int(dice.below(4)),
            exploit: dice.unit() < 0.5 ? .truncation(percent: 20 + Int(dice.below(31))) : .tournament,
            explore: dice.unit() < 0.7 ? .perturb(percent: 20) : .resample, seed: dice.below(100))
        plan.scheduler = .pbt(pbt)
        return dice.unit() < 0.9 ? pbt.interval : nil
    }

    /// Any searcher, with settings that let it learn from few results; random search in half of the studies.
    private static func searcher(_ seed: UInt64, _ dice: inout Tuning.Random) -> SearcherPlan {
        switch dice.below(11) {
        case 0: .grid(GridPlan(resolution: 4 + Int(dice.below(100))))
        case 1: .sobol(SobolPlan(seed: seed, scramble: dice.unit() < 0.5))
        case 2: .tpe(TPEPlan(seed: seed, startupTrials: 2, randomFraction: 0.2))
        case 3: .bohb(BOHBPlan(seed: seed))
        case 4: .evolution(EvolutionPlan(seed: seed, population: 3, sample: 2))
        case 10: .priorband(PriorBandPlan(seed: seed))
        case 5: .external(ExternalPlan(command: ["search"], seed: seed))
        default: .random(seed: seed)
        }
    }

    /// The same study without faults.
    var calm: Scenario {
        var calm = self
        calm.isComparable = false
        calm.rates = calm.rates.filter { $0.key == .badMetric }
        return calm
    }
}

extension SchedulerPlan {
    /// Whether its ladder may grow at the top.
    fileprivate var isASHA: Bool { if case .asha = self { true } else { false } }

    /// Whether it sends trials on one by one, so that the user may send one past the others.
    fileprivate var isPromoting: Bool {
        switch self {
        case .asha, .asyncHyperband, .external: true
        case .pasha, .ashaStopping, .successiveHalving, .hyperband, .medianStopping, .pbt, .none: false
        }
    }
}

extension Plan {
    /// Gives checkpoints a quota: for none of them, for one of each trial, or for some.
    fileprivate mutating func limitCheckpoints(_ dice: inout Tuning.Random) {
        quota = 1 + SimulatedTask.weights.count * Int(dice.below(UInt64(trials + 1)))
        if dice.unit() < 0.3 { keep = 1 + Int(dice.below(3)) }
    }

    /// Gives the study a second metric, if its scheduler supports two; a searcher that supports only one is replaced.
    fileprivate mutating func compareBySeveral(_ seed: UInt64) {
        switch scheduler {
        case .pasha, .medianStopping, .pbt, .external: return
        case .asha, .asyncHyperband, .ashaStopping, .successiveHalving, .hyperband, .none: break
        }
        switch searcher {
        case .tpe, .bohb, .priorband, .evolution, .external: searcher = .random(seed: seed)
        case .random, .list, .nearest, .grid, .sobol: break
        }
        stop?.noImprovement = nil
        others = [Objective(metric: "gain", goal: .maximize)]
    }
}

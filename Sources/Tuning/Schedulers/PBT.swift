import DequeModule

/// Population Based Training: Jaderberg, Dalibard, Osindero, Czarnecki, Donahue, Razavi, Vinyals, Green, Dunning,
/// Simonyan, Fernando, Kavukcuoglu, "Population Based Training of Neural Networks", arXiv 1711.09846, Algorithm 1.
///
/// A population of members trains side by side. Whenever a member is ready, which is at each multiple of an interval,
/// it is compared with the newest result of each other member, and goes on or exploits: a child of a better member takes
/// its place, with that one's newest checkpoint, and hyperparameters that are explored from that one's.
///
/// Deviations:
/// - The paper's member copies weights and hyperparameters and stays who it is. Here it ends, and its child is a trial of
///   its own, so that a trial has one configuration.
/// - Nobody exploits before each member has a first result. The paper leaves the beginning open.
/// - Who has reached the top is compared with others, and nobody is left to train of it: a child of it is refused, as is
///   one of a trial without a checkpoint, and one for which no trial is left. Then the member goes on as it is.
/// - The paper has no failures. In place of a member that fails, or whose result is not a finite number, a child starts of
///   one of the best, drawn as in truncation selection; where that has no checkpoint, and before all have a first result,
///   a new configuration. One that the user cancels is not replaced.
/// - Where fewer may be in flight than there are members, those go on first that are behind.
/// - Results that are equal are ranked by the trial's number; the paper leaves ties open.
public struct PBT: PopulationScheduler {
    /// The resource at which members are compared, from the lowest up.
    public let levels: [Resource]
    private let plan: PBTPlan
    /// How many members have yet to begin with a configuration of the searcher.
    private var vacancies: Int
    /// The members without a result.
    private var unproven: Set<TrialID> = []
    /// The newest result of each other member; that of a child is its parent's until it has one.
    private var newest: [TrialID: Loss] = [:]
    /// Whether each member has had a first result.
    private var hasBegun = false
    private var isClosed = false
    private var onward = WaitingPromotions(.lowestFirst)
    /// What the children that are to start have from the members they come from, in order.
    private var inherited: Deque<Loss?> = []

    /// Population Based Training with these settings.
    public init(_ plan: PBTPlan) {
        levels = plan.levels
        self.plan = plan
        vacancies = plan.population
    }

    /// The lowest level, as long as the population is not complete.
    public func entry(of trial: TrialID) -> Int? { vacancies > 0 ? 0 : nil }

    /// A new member begins.
    public mutating func admit(_ trial: TrialID) {
        vacancies -= 1
        unproven.insert(trial)
    }

    /// One of the best, once all have a first result.
    public func exploited(byNew trial: TrialID) -> TrialID? {
        var random = plan.random(exploiting: trial, at: levels.count)
        return hasBegun ? best.randomElement(&random) : nil
    }

    /// A child fills a free place, and has what the better member has shown.
    public mutating func admit(_ child: TrialID, exploiting better: TrialID) {
        vacancies -= 1
        newest[child] = newest[better]
    }

    /// The population stays as it is.
    public mutating func close() {
        isClosed = true
        vacancies = 0
    }

    /// A member is ready.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        unproven.remove(trial)
        guard loss.isFinite else {
            newest[trial] = nil
            if !isClosed { vacancies += 1 }
            return .waits
        }
        newest[trial] = loss
        if vacancies == 0 && unproven.isEmpty { hasBegun = true }
        if rung == levels.count - 1 { return .waits }
        if hasBegun, !isClosed, let better = exploited(by: trial, at: rung) { return .exploits(better) }
        goOn(trial, from: rung, .unstopped)
        return .waits
    }

    /// The member ends. What the better one has shown is kept for the child: that one may be gone when the child starts.
    public mutating func exploit(_ better: TrialID, inPlaceOf member: TrialID) {
        inherited.append(newest[better])
        newest[member] = nil
    }

    /// The child has what the better member had shown.
    public mutating func join(_ child: TrialID) { newest[child] = inherited.popFirst() ?? nil }

    /// The member goes on, and the log says why.
    public mutating func goOn(_ member: TrialID, from rung: Int, insteadOf better: TrialID) {
        goOn(member, from: rung, .insteadOfExploiting(better))
    }

    /// The member is gone.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        unproven.remove(trial)
        newest[trial] = nil
    }

    /// The next of those that go on, once all members have begun.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        vacancies > 0 ? nil : onward.next(except: isHeld)
    }

    /// Whether it goes on, which it does unless others wait for a place that are behind it.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        guard vacancies == 0, onward.lowestRung.map({ $0 > rung }) != false else { return nil }
        return onward.take(trial)
    }

    private mutating func goOn(_ member: TrialID, from rung: Int, _ ground: Promotion.Ground) {
        onward.add(Promotion(trial: member, rung: rung + 1, results: newest.count, ground: ground))
    }

    // MARK: Exploit

    /// The member that one with a result exploits; `nil`: it goes on as it is.
    private func exploited(by trial: TrialID, at rung: Int) -> TrialID? {
        var random = plan.random(exploiting: trial, at: rung)
        switch plan.exploit {
        case .truncation(let percent):
            guard newest.count > 1 else { return nil }
            let count = max(1, newest.count * percent / 100)
            return ranking.suffix(count).contains(trial) ? best.randomElement(&random) : nil
        case .tournament:
            let others = newest.keys.filter { $0 != trial }.sorted()
            guard let rival = others.randomElement(&random) else { return nil }
            return newest[rival] ?? .worst < newest[trial] ?? .worst ? rival : nil
        }
    }

    /// The members with a result, the best first.
    private var ranking: [TrialID] {
        newest.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    /// The best of them, at least one if there is any.
    private var best: [TrialID] {
        let percent =
            if case .truncation(let percent) = plan.exploit { percent } else { PBTPlan.truncation }
        return Array(ranking.prefix(max(1, newest.count * percent / 100)))
    }
}

extension [TrialID] {
    /// One of them, all equally likely; `nil` of none.
    fileprivate func randomElement(_ random: inout Random) -> TrialID? {
        isEmpty ? nil : self[Int(random.below(UInt64(count)))]
    }
}

/// The settings of Population Based Training.
public struct PBTPlan: Hashable, Codable, Sendable {
    /// How a member finds a better one.
    public enum Exploit: Hashable, Codable, Sendable {
        /// One that is among the worst so many percent, from 1 to 50, copies one drawn from the best so many.
        case truncation(percent: Int)
        /// One copies another that is drawn from all, if that is better: the paper's binary tournament.
        case tournament
    }

    /// How the hyperparameters of a child are made of its parent's.
    public enum Explore: Hashable, Codable, Sendable {
        /// Numbers are multiplied by 1 + or − so many percent, from 1 to 99.
        case perturb(percent: Int)
        /// Each is drawn anew, with the plan's probability.
        case resample
    }

    /// How many members there are; at least 1.
    public var population: Int
    /// The resource at which a member is complete; at least 1.
    public var maxResource: Resource
    /// Members are ready at each multiple of it; at least 1.
    public var interval: Int
    /// How a member finds a better one.
    public var exploit: Exploit
    /// How a child's hyperparameters are made.
    public var explore: Explore
    /// How likely, in percent, what is not perturbed is drawn anew: a choice, or each hyperparameter; 0 to 100.
    public var resamplePercent: Int
    /// What is drawn.
    public var seed: UInt64

    /// How many percent the paper's truncation selection takes for the best.
    public static let truncation = 20
    /// By how many percent the paper's perturbation changes a number.
    public static let perturbation = 20
    /// How many percent are drawn anew where nothing else is said.
    public static let resampling = 25

    /// The settings of Population Based Training.
    public init(
        population: Int, maxResource: Resource, interval: Int,
        exploit: Exploit = .truncation(percent: PBTPlan.truncation),
        explore: Explore = .perturb(percent: PBTPlan.perturbation),
        resamplePercent: Int = PBTPlan.resampling, seed: UInt64 = 0
    ) {
        self.population = population
        self.maxResource = maxResource
        self.interval = interval
        self.exploit = exploit
        self.explore = explore
        self.resamplePercent = resamplePercent
        self.seed = seed
    }

    /// The multiples of the interval below `maxResource`, and that.
    public var levels: [Resource] {
        stride(from: interval, to: maxResource.units, by: interval).map { Resource($0) } + [maxResource]
    }

    /// What a member draws at a level: the streams are none of a searcher's, whatever the seed.
    func random(exploiting trial: TrialID, at rung: Int) -> Random {
        Random(seed: seed, stream: PBTPlan.stream(trial) | UInt64(rung + 1))
    }

    /// What is drawn for a child's hyperparameters.
    func random(exploring child: TrialID) -> Random {
        Random(seed: seed, stream: PBTPlan.stream(child))
    }

    /// The first of a trial's streams: 2^63 + n·2^20, of which the last 20 bits say the level.
    private static func stream(_ trial: TrialID) -> UInt64 { 1 << 63 | UInt64(trial.number) << 20 }
}

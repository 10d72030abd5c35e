import DequeModule

/// Population Based Training: Jaderberg, Dalibard, Osindero, Czarnecki, Donahue, Razavi, Vinyals, Green, Dunning,
/// Simonyan, Fernando, Kavukcuoglu, "Population Based Training of Neural Networks", arXiv 1711.09846, Algorithm 1.
///
/// A population of members trains side by side. A member is ready at each multiple of an interval. It is then compared
/// with the other members that have a result at the same resource, and continues or exploits. If it exploits, a child
/// of a better member takes its place, with that member's newest checkpoint and hyperparameters explored from that
/// member's.
///
/// Deviations:
/// - The paper's member copies weights and hyperparameters and keeps its identity. Here it ends, and its child is a new
///   trial, so that a trial has one configuration.
/// - The paper compares members when they are ready, and does not say whether they have trained equally long. Here they
///   have: a member that is behind is not compared yet, and one that is ahead counts with its result at this resource.
///   Until a child has its own result in a rung, it has that of the member it comes from, because it had the same
///   weights there. A study of an older version compares newest results, whatever the resource (`PBTPlan.Comparison`).
/// - No member exploits before every member has a first result. The paper leaves the beginning open.
/// - A member at the top is compared with others, but a child of it would have nothing to train and cannot start. Nor
///   can a child of a trial without a checkpoint, or one for which no trial is left. Then the member continues as it
///   is.
/// - The paper has no failures. If a member fails or its result is not a finite number, its place goes to a child of
///   one of the best, drawn as in truncation selection in the highest rung that half of the members have reached. The
///   place goes to a new configuration if that one has no checkpoint, and before all have a first result. A member
///   cancelled by the user is not replaced.
/// - If fewer may run than there are members, those that are behind continue first.
/// - Equal results are ranked by the trial's number; the paper leaves ties open.
public struct PBT: PopulationScheduler {
    /// The resources at which members are compared, from the lowest up.
    public let levels: [Resource]
    private let plan: PBTPlan
    /// How many members have yet to begin with a configuration from the searcher.
    private var vacancies: Int
    /// The members without a result.
    private var unproven: Set<TrialID> = []
    /// The results of each other member. A child begins with those of the member it comes from.
    private var curves: [TrialID: Curve] = [:]
    /// Whether every member has had a first result.
    private var hasBegun = false
    private var isClosed = false
    private var onward = WaitingPromotions(.lowestFirst)
    /// The results that children yet to start take from the members they come from, in order.
    private var inherited: Deque<Curve?> = []

    /// The results of a member.
    private struct Curve: Sendable {
        /// Its last result.
        var newest: Loss
        /// Its results by rung.
        var losses: [Int: Loss] = [:]
    }

    /// Population Based Training with these settings.
    public init(_ plan: PBTPlan) {
        levels = plan.levels
        self.plan = plan
        vacancies = plan.population
    }

    /// The lowest level, while the population is incomplete.
    public func entry(of trial: TrialID) -> Int? { vacancies > 0 ? 0 : nil }

    /// A new member begins.
    public mutating func admit(_ trial: TrialID) {
        vacancies -= 1
        unproven.insert(trial)
    }

    /// One of the best, once all have a first result.
    public func exploited(byNew trial: TrialID) -> TrialID? {
        var random = plan.random(exploiting: trial, at: levels.count)
        return hasBegun ? best(of: ranking(at: sharedRung)).randomElement(&random) : nil
    }

    /// A child fills a free place and takes the better member's results.
    public mutating func admit(_ child: TrialID, exploiting better: TrialID) {
        vacancies -= 1
        curves[child] = curves[better]
    }

    /// Members that fail from now on are replaced again.
    public mutating func reopen() { isClosed = false }

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
            curves[trial] = nil
            if !isClosed { vacancies += 1 }
            return .waits
        }
        curves[trial, default: Curve(newest: loss)].newest = loss
        curves[trial]?.losses[rung] = loss
        if vacancies == 0 && unproven.isEmpty { hasBegun = true }
        if rung == levels.count - 1 { return .waits }
        if hasBegun, !isClosed, let better = exploited(by: trial, at: rung) { return .exploits(better) }
        goOn(trial, from: rung, .unstopped)
        return .waits
    }

    /// The member ends. The better member's results are kept for the child, because that member may have ended when the
    /// child starts.
    public mutating func exploit(_ better: TrialID, inPlaceOf member: TrialID) {
        inherited.append(curves[better])
        curves[member] = nil
    }

    /// The child takes the better member's results.
    public mutating func join(_ child: TrialID) { curves[child] = inherited.popFirst() ?? nil }

    /// The member continues, and the log says why.
    public mutating func goOn(_ member: TrialID, from rung: Int, insteadOf better: TrialID) {
        goOn(member, from: rung, .insteadOfExploiting(better))
    }

    /// The member has ended.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        unproven.remove(trial)
        curves[trial] = nil
    }

    /// The next member that continues, once all have begun.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        vacancies > 0 ? nil : onward.next(except: isHeld)
    }

    /// Whether it continues: always, unless members behind it wait for a place.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        guard vacancies == 0, onward.lowestRung.map({ $0 > rung }) != false else { return nil }
        return onward.take(trial)
    }

    private mutating func goOn(_ member: TrialID, from rung: Int, _ ground: Promotion.Ground) {
        let results = comparedCount(at: rung)
        onward.add(Promotion(trial: member, rung: rung + 1, results: results, ground: ground))
    }

    // MARK: Exploit

    /// The member that this one exploits; `nil` if it continues as it is.
    private func exploited(by trial: TrialID, at rung: Int) -> TrialID? {
        var random = plan.random(exploiting: trial, at: rung)
        let ranking = ranking(at: rung)
        switch plan.exploit {
        case .truncation(let percent):
            guard ranking.count > 1 else { return nil }
            let worst = ranking.suffix(max(1, ranking.count * percent / 100))
            return worst.contains { $0.trial == trial } ? best(of: ranking).randomElement(&random) : nil
        case .tournament:
            let others = ranking.map(\.trial).filter { $0 != trial }.sorted()
            guard let rival = others.randomElement(&random),
                let own = ranking.first(where: { $0.trial == trial }),
                let other = ranking.first(where: { $0.trial == rival })
            else { return nil }
            return other.loss < own.loss ? rival : nil
        }
    }

    /// The loss by which a member is compared in a rung; `nil` if it is not compared there.
    private func loss(in curve: Curve, at rung: Int) -> Loss? {
        switch plan.comparison {
        case .newest: curve.newest
        case .sameResource: curve.losses[rung]
        }
    }

    /// How many members are compared in a rung.
    private func comparedCount(at rung: Int) -> Int {
        plan.comparison == .newest ? curves.count : curves.values.count { $0.losses[rung] != nil }
    }

    /// The members compared in a rung, from the best.
    private func ranking(at rung: Int) -> [RankedResult] {
        curves.compactMap { member, curve in
            loss(in: curve, at: rung).map { RankedResult(loss: $0, trial: member) }
        }.sorted()
    }

    /// The best of a ranking, at least one unless it is empty.
    private func best(of ranking: [RankedResult]) -> [TrialID] {
        let percent =
            if case .truncation(let percent) = plan.exploit { percent } else { PBTPlan.truncation }
        return ranking.prefix(max(1, ranking.count * percent / 100)).map(\.trial)
    }

    /// The highest rung in which at least half of the members with results have a result.
    private var sharedRung: Int {
        levels.indices.last { rung in
            2 * comparedCount(at: rung) >= curves.count
        } ?? 0
    }
}

extension [TrialID] {
    /// One of them, all equally likely; `nil` if there are none.
    fileprivate func randomElement(_ random: inout Random) -> TrialID? {
        isEmpty ? nil : self[Int(random.below(UInt64(count)))]
    }
}

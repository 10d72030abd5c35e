package import Tuning

/// The oracle of Population Based Training: all that members have shown is one list of (trial, rung, loss), searched and
/// sorted for each question.
package struct PopulationRule: SchedulerOracle {
    private let plan: PBTPlan
    private let rungCount: Int
    /// The places of the population that a configuration of the searcher is to fill.
    private var free: Int
    /// The members that have shown nothing.
    private var silent: [Int] = []
    /// What the others have shown, in order.
    private var shown: [Shown] = []
    /// Whether all members have shown something at the same time, once.
    private var isOpen = false
    private var isClosed = false
    /// Who goes on, and to what.
    private var due: [Promoted] = []
    /// The children that are to start: the parents, and what they had shown.
    private var unborn: [(parent: Int, shown: [Shown])] = []
    /// The trial of which a child is to take the place of the one that was updated last.
    package private(set) var successor: Int?

    private struct Shown {
        var trial: Int
        var rung: Int
        var loss: Double
    }

    /// The rule with these settings.
    package init(_ plan: PBTPlan) {
        self.plan = plan
        free = plan.population
        rungCount = (plan.maxResource.units + plan.interval - 1) / plan.interval
    }

    /// The population has its size, whatever the study's trials.
    package var needsAllTrials: Bool { false }
    /// The lowest rung, while the population is not complete.
    package func entry(_ trial: Int) -> Int? { free > 0 ? 0 : nil }

    /// A member begins.
    package mutating func admit(_ trial: Int) {
        free -= 1
        silent.append(trial)
    }

    /// Nobody begins any more.
    package mutating func close() { (free, isClosed) = (0, true) }

    /// The place of a member that failed is free; of another its draw at the level says what becomes of it.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double]) -> Bool {
        let loss = losses[0]
        let before = shown
        forget(trial)
        successor = nil
        var draws = draws(trial, k)
        guard loss.isFinite else {
            if !isClosed { free += 1 }
            return false
        }
        shown = before + [Shown(trial: trial, rung: k, loss: loss)]
        if free == 0, silent.isEmpty { isOpen = true }
        guard k + 1 < rungCount else { return false }
        if isOpen, !isClosed { successor = better(than: trial, k, loss, &draws) }
        if successor == nil { goOn(trial, k) }
        return false
    }

    /// The results that are compared in a rung, one of each trial: those of that rung, or the last ones.
    private func compared(_ k: Int) -> [RungResult] {
        let trials = Set(shown.map(\.trial))
        return trials.compactMap { trial in
            let own = shown.filter { $0.trial == trial && (plan.comparison == .newest || $0.rung == k) }
            return own.last.map { RungResult(trial: trial, loss: $0.loss) }
        }
    }

    /// The highest rung that half of the trials have shown something in.
    private var common: Int {
        let trials = Set(shown.map(\.trial)).count
        var rung = 0
        for k in 0..<rungCount where Set(shown.filter { $0.rung == k }.map(\.trial)).count * 2 >= trials {
            rung = k
        }
        return rung
    }

    /// How many of so many the best are, and the worst.
    private func many(of count: Int) -> Int {
        guard case .truncation(let percent) = plan.exploit else { return max(1, count / 5) }
        return max(1, count * percent / 100)
    }

    private func better(than trial: Int, _ k: Int, _ loss: Double, _ draws: inout Random) -> Int? {
        let compared = compared(k)
        switch plan.exploit {
        case .truncation:
            let order = compared.sorted().map(\.trial)
            let isBad = order.reversed().prefix(many(of: order.count)).contains(trial)
            guard isBad && order.count > 1 else { return nil }
            return pick(Array(order.prefix(many(of: order.count))), &draws)
        case .tournament:
            let others = compared.filter { $0.trial != trial }.sorted { $0.trial < $1.trial }
            guard let name = pick(others.map(\.trial), &draws) else { return nil }
            return others.contains { $0.trial == name && $0.loss < loss } ? name : nil
        }
    }

    private func pick(_ some: [Int], _ draws: inout Random) -> Int? {
        some.isEmpty ? nil : some[Int(draws.below(UInt64(some.count)))]
    }

    /// The stream of a trial at a level.
    private func draws(_ trial: Int, _ k: Int) -> Random {
        let stream = 0x8000_0000_0000_0000 + UInt64(trial) * 1_048_576 + UInt64(k + 1)
        return Random(seed: plan.seed, stream: stream)
    }

    private mutating func goOn(_ trial: Int, _ k: Int) {
        due.append(
            Promoted(trial: trial, rung: k + 1, results: compared(k).count, kept: nil, despite: successor))
    }

    private mutating func forget(_ trial: Int) {
        silent.removeAll { $0 == trial }
        shown.removeAll { $0.trial == trial }
    }

    /// A child is to take the place of a trial.
    package mutating func replace(_ trial: Int) {
        if let successor { unborn.append((successor, shown.filter { $0.trial == successor })) }
        forget(trial)
    }

    /// It goes on.
    package mutating func keep(_ trial: Int, rung k: Int) { goOn(trial, k) }

    /// How many children are to start in another's place.
    package var unbornCount: Int { unborn.count }

    /// The child has what its parent had shown; in a place that is free its parent is one of the best.
    package mutating func bear(_ child: Int) -> Int? {
        if unborn.isEmpty {
            var draws = draws(child, rungCount)
            let ranked = compared(common).sorted().map(\.trial)
            guard isOpen, free > 0, let parent = pick(Array(ranked.prefix(many(of: ranked.count))), &draws)
            else {
                return nil
            }
            free -= 1
            unborn = [(parent, shown.filter { $0.trial == parent })]
        }
        let birth = unborn.removeFirst()
        shown += birth.shown.map { Shown(trial: child, rung: $0.rung, loss: $0.loss) }
        return birth.parent
    }

    /// It is not replaced.
    package mutating func withdraw(_ trial: Int, rung k: Int) { forget(trial) }

    /// Whoever is furthest behind goes on, once all have begun.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        guard free == 0 else { return nil }
        let next = due.filter { !held.contains($0.trial) }.min { ($0.rung, $0.trial) < ($1.rung, $1.trial) }
        due.removeAll { $0 == next }
        return next
    }

    /// It goes on where it is, if nobody is behind it that waits for a place.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        guard free == 0, !due.contains(where: { $0.rung <= k }) else { return nil }
        let own = due.first { $0.trial == trial }
        due.removeAll { $0.trial == trial }
        return own
    }
}

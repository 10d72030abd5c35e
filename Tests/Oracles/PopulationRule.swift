package import Tuning

/// The oracle for Population Based Training: one list of (trial, rung, loss) with all results, searched and sorted for
/// each question.
package struct PopulationRule: SchedulerOracle {
    private let plan: PBTPlan
    private let rungCount: Int
    /// How many places a configuration from the searcher is to fill.
    private var free: Int
    /// The members without a result.
    private var silent: [Int] = []
    /// The results of the others, in order.
    private var shown: [Shown] = []
    /// Whether all members have had a result at the same time, once.
    private var isOpen = false
    private var isClosed = false
    /// The members that may continue, and their next rungs.
    private var due: [Promoted] = []
    /// The children yet to start: their parents, and the parents' results.
    private var unborn: [(parent: Int, shown: [Shown])] = []
    /// The trial whose child is to take the place of the one updated last.
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

    /// The population has a fixed size, whatever the number of trials.
    package var needsAllTrials: Bool { false }
    /// The lowest rung, while the population is incomplete.
    package func entry(_ trial: Int) -> Int? { free > 0 ? 0 : nil }

    /// A member begins.
    package mutating func admit(_ trial: Int) {
        free -= 1
        silent.append(trial)
    }

    /// No further member begins.
    package mutating func close() { (free, isClosed) = (0, true) }

    /// A failed member's place is free. For others, the draw at the level decides.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
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

    /// The results compared in a rung, one for each trial: those of that rung, or the last ones.
    private func compared(_ k: Int) -> [RungResult] {
        let trials = Set(shown.map(\.trial))
        return trials.compactMap { trial in
            let own = shown.filter { $0.trial == trial && (plan.comparison == .newest || $0.rung == k) }
            return own.last.map { RungResult(trial: trial, loss: $0.loss) }
        }
    }

    /// The highest rung in which half of the trials have a result.
    private var common: Int {
        let trials = Set(shown.map(\.trial)).count
        var rung = 0
        for k in 0..<rungCount where Set(shown.filter { $0.rung == k }.map(\.trial)).count * 2 >= trials {
            rung = k
        }
        return rung
    }

    /// How many members of this many are the best, and the worst.
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

    /// The random stream of a trial at a level.
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

    /// The trial continues.
    package mutating func keep(_ trial: Int, rung k: Int) { goOn(trial, k) }

    /// How many children are to start in another trial's place.
    package var unbornCount: Int { unborn.count }

    /// The child takes its parent's results. In a free place, its parent is one of the best.
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

    /// The trial is not replaced.
    package mutating func withdraw(_ trial: Int, rung k: Int) { forget(trial) }

    /// The member that is furthest behind continues, once all have begun.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        guard free == 0 else { return nil }
        let next = due.filter { !held.contains($0.trial) }.min { ($0.rung, $0.trial) < ($1.rung, $1.trial) }
        due.removeAll { $0 == next }
        return next
    }

    /// It continues in place, unless a member behind it waits for a place.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        guard free == 0, !due.contains(where: { $0.rung <= k }) else { return nil }
        let own = due.first { $0.trial == trial }
        due.removeAll { $0.trial == trial }
        return own
    }
}

package import Tuning

/// The oracle for `ASHA`: `get_job` of arXiv 1810.05934, Algorithm 2, line by line. It sorts a whole rung at each call.
///
/// Where the paper is silent, it follows the deviations listed in ASHA.swift: ties are ranked by the trial's number,
/// and results that are not finite are not promoted.
package struct PaperRule: SchedulerOracle {
    /// η.
    let eta: Int
    private let delay: Int
    private let maxPending: Int?
    /// The results of each rung, in the order of arrival.
    private var rungs: [[RungResult]]
    /// The trials promoted from each rung.
    private var promoted: [Set<Int>]
    /// The trials on their way to the lowest rung.
    private var pending: Set<Int> = []

    /// The rule with these settings, on a ladder of so many rungs.
    package init(_ plan: ASHAPlan, rungCount: Int) {
        self.init(
            eta: plan.reductionFactor, rungCount: rungCount, delay: plan.delay, maxPending: plan.maxPending)
    }

    /// The rule for η, on a ladder with this many rungs.
    package init(eta: Int, rungCount: Int, delay: Int? = nil, maxPending: Int? = nil) {
        self.eta = eta
        self.delay = delay ?? 0
        self.maxPending = maxPending
        rungs = Array(repeating: [], count: rungCount)
        promoted = Array(repeating: [], count: rungCount)
    }

    /// The bottom rung, unless the limit of trials on their way to it is reached.
    package func entry(_ trial: Int) -> Int? {
        guard let maxPending else { return 0 }
        return pending.count < maxPending ? 0 : nil
    }

    /// It is on its way.
    package mutating func admit(_ trial: Int) { pending.insert(trial) }

    /// It is gone.
    package mutating func withdraw(_ trial: Int, rung k: Int) { pending.remove(trial) }

    /// A job completed.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        pending.remove(trial)
        rungs[k].append(RungResult(trial: trial, losses: losses, violation: violation))
        return false
    }

    /// The old top rung promotes like any other.
    package mutating func grow(toRungs count: Int) {
        rungs += Array(repeating: [], count: count - rungs.count)
        promoted += Array(repeating: [], count: count - promoted.count)
    }

    /// As if it were promoted.
    package mutating func release(_ trial: Int, from k: Int) { promoted[k].insert(trial) }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) {
        rungs[k].removeAll { $0.trial == trial }
        if k == 0 { pending.insert(trial) }
    }

    /// The promotion that `get_job` returns, had it not the trials that cannot go on; `nil` where it grows the
    /// bottom rung.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        for k in stride(from: rungs.count - 2, through: 0, by: -1) {
            if let promotion = getJob(from: k, except: held) { return promotion }
        }
        return nil
    }

    /// The same for one rung.
    mutating func getJob(from k: Int, except held: Set<Int>) -> Promoted? {
        let candidates = topK(k)
        let promotable = candidates.filter { !promoted[k].contains($0.trial) && $0.loss.isFinite }
        guard let first = promotable.first(where: { !held.contains($0.trial) }) else { return nil }
        promoted[k].insert(first.trial)
        return Promoted(
            trial: first.trial, rung: k + 1, results: rungs[k].count, kept: candidates.count)
    }

    /// Promotes one trial from a rung, if `get_job` might return it; `nil` otherwise.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        let candidates = topK(k)
        guard k + 1 < rungs.count, candidates.contains(where: { $0.trial == trial && $0.loss.isFinite }),
            promoted[k].insert(trial).inserted
        else { return nil }
        return Promoted(trial: trial, rung: k + 1, results: rungs[k].count, kept: candidates.count)
    }

    private func topK(_ k: Int) -> [RungResult] {
        let rung = rungs[k]
        return rung.count < max(delay, eta) ? [] : Array(rung.ranked().prefix(rung.count / eta))
    }
}

/// The oracle for asynchronous Hyperband: one `PaperRule` for each bracket.
package struct BracketsRule: SchedulerOracle {
    private var brackets: [PaperRule]
    private let rungCount: Int
    private let seed: UInt64

    /// The rule with these settings, on a ladder of so many rungs.
    package init(_ plan: AsyncHyperbandPlan, rungCount: Int) {
        brackets = (0..<min(plan.brackets ?? rungCount, rungCount)).map {
            PaperRule(plan.asha, rungCount: rungCount - $0)
        }
        self.rungCount = rungCount
        seed = plan.seed
    }

    /// Draws a number below the sum of all weights; returns the bracket whose part it falls into.
    private func bracket(of trial: Int) -> Int {
        var urn: [Int] = []
        for (s, rule) in brackets.enumerated() {
            let odds = hyperbandCount(s: rungCount - 1 - s, sMax: rungCount - 1, eta: rule.eta)
            urn += Array(repeating: s, count: odds)
        }
        var random = Random(seed: seed ^ 0x6272_6163_6B65_7473, stream: UInt64(trial))
        return urn[Int(random.below(UInt64(urn.count)))]
    }

    /// The lowest rung of its bracket.
    package func entry(_ trial: Int) -> Int? {
        let s = bracket(of: trial)
        return brackets[s].entry(trial).map { $0 + s }
    }

    /// It is on its way.
    package mutating func admit(_ trial: Int) { brackets[bracket(of: trial)].admit(trial) }

    /// It is gone.
    package mutating func withdraw(_ trial: Int, rung k: Int) {
        let s = bracket(of: trial)
        brackets[s].withdraw(trial, rung: k - s)
    }

    /// A job completed.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        let s = bracket(of: trial)
        return brackets[s].update(trial, rung: k - s, losses: losses, violation: violation)
    }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) {
        let s = bracket(of: trial)
        brackets[s].retract(trial, rung: k - s)
    }

    /// Its bracket lets it go.
    package mutating func release(_ trial: Int, from k: Int) {
        let s = bracket(of: trial)
        brackets[s].release(trial, from: k - s)
    }

    /// What any bracket promotes, to the highest rung first.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        for k in stride(from: rungCount - 2, through: 0, by: -1) {
            for s in brackets.indices where s <= k {
                if let promoted = brackets[s].getJob(from: k - s, except: held) {
                    return raised(promoted, by: s)
                }
            }
        }
        return nil
    }

    /// The answer of its bracket.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        let s = bracket(of: trial)
        return brackets[s].promote(trial, from: k - s).map { raised($0, by: s) }
    }

    private func raised(_ promoted: Promoted, by s: Int) -> Promoted {
        Promoted(
            trial: promoted.trial, rung: promoted.rung + s, results: promoted.results, kept: promoted.kept)
    }
}

/// ⌈(s_max + 1)·η^s/(s + 1)⌉, by counting up.
package func hyperbandCount(s: Int, sMax: Int, eta: Int) -> Int {
    var power = 1
    for _ in 0..<s { power *= eta }
    var count = (sMax + 1) * power / (s + 1)
    while count * (s + 1) < (sMax + 1) * power { count += 1 }
    return count
}

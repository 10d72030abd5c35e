package import Tuning

/// The oracle for PASHA: with each result it ranks the top rungs and compares all pairs of curves again.
package struct ProgressiveRule: SchedulerOracle {
    private let levels: [Int]
    private var asha: PaperRule
    private var top: Int
    private var curves: [Int: [Int: Double]] = [:]
    private var inRung: [Set<Int>]

    /// The rule with these settings, on a ladder of these levels.
    package init(_ plan: ASHAPlan, levels: [Int]) {
        self.levels = levels
        asha = PaperRule(eta: plan.reductionFactor, rungCount: levels.count)
        top = min(1, levels.count - 1)
        inRung = Array(repeating: [], count: levels.count)
    }

    /// A point of a curve, unless there is one.
    package mutating func observe(_ trial: Int, at resource: Int, loss: Double) {
        if loss.isFinite, curves[trial]?[resource] == nil { curves[trial, default: [:]][resource] = loss }
    }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) { asha.retract(trial, rung: k) }

    /// A result, and a new rung where the rankings disagree.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        let loss = losses[0]
        _ = asha.update(trial, rung: k, loss: loss)
        guard loss.isFinite else { return false }
        curves[trial, default: [:]][levels[k]] = loss
        inRung[k].insert(trial)
        if k == top, top < levels.count - 1, !agree() { top += 1 }
        return false
    }

    /// The promotion by ASHA on the rungs so far.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        for k in stride(from: top - 1, through: 0, by: -1) {
            if let promoted = asha.getJob(from: k, except: held) { return promoted }
        }
        return nil
    }

    /// The answer of ASHA on the rungs so far for one trial.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        k < top ? asha.promote(trial, from: k) : nil
    }

    private func agree() -> Bool {
        let value = { (trial: Int, rung: Int) in curves[trial]?[levels[rung]] ?? .infinity }
        let ranked = { (rung: Int) in
            inRung[top].map { RungResult(trial: $0, loss: value($0, rung)) }.sorted()
        }
        let (above, below) = (ranked(top), ranked(top - 1))
        let limit = epsilon()
        for (place, result) in above.enumerated() {
            let group = below.filter { abs($0.loss - below[place].loss) <= limit }
            if !group.contains(where: { $0.trial == result.trial }) { return false }
        }
        return true
    }

    /// The 90th percentile of the noise.
    private func epsilon() -> Double {
        var noise: [Double] = []
        let trials = inRung[top].sorted()
        for (number, one) in trials.enumerated() {
            for other in trials[(number + 1)...] where isNoise(one, other) {
                let (last, end) = (curves[one]?[levels[top]] ?? 0, curves[other]?[levels[top]] ?? 0)
                noise.append(abs(last - end))
            }
        }
        guard !noise.isEmpty else { return 0 }
        noise.sort()
        let position = 0.9 * Double(noise.count - 1)
        let low = Int(position.rounded(.down))
        let next = noise[min(low + 1, noise.count - 1)]
        return noise[low] + (next - noise[low]) * (position - Double(low))
    }

    /// Whether r > r′ > r″ exist where the order at r is reversed at r′ and the same at r″.
    private func isNoise(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (curves[one] ?? [:], curves[other] ?? [:])
        let common = Set(first.keys).intersection(second.keys).filter { $0 <= levels[top] }
        let above = common.filter { first[$0] ?? 0 > second[$0] ?? 0 }
        let below = common.filter { first[$0] ?? 0 < second[$0] ?? 0 }
        let r = levels[top]
        guard above.contains(r) || below.contains(r) else { return false }
        let (same, others) = above.contains(r) ? (above, below) : (below, above)
        return others.contains { middle in same.contains { $0 < middle } }
    }
}

/// Progressive ASHA: Bohdal, Balles, Wistuba, Ermiş, Archambeau, Zappella, "PASHA: Efficient HPO and NAS with
/// Progressive Resource Allocation", ICLR 2023, Algorithm 1. It is ASHA on the two lowest rungs at first. A rung is
/// added whenever the rankings of the two top rungs disagree, until they agree or the ladder ends.
///
/// Rankings agree (section 4.1, soft ranking) if, for each place in the top rung's ranking, the trial there and the
/// trial with the same place in the rung below have losses within ε in that rung, where both rungs rank the trials of
/// the top rung. ε (section 4.2) is the 90th percentile of the distances at the top between trials whose order has
/// changed twice on the way: such differences are noise.
///
/// Deviations, in addition to those of `ASHA`:
/// - Learning curves consist of the intermediate reports, if there are any; of repeated reports, the first counts.
/// - Without such a pair, ε is 0. The percentile is interpolated between neighbours.
public struct PASHA: Scheduler {
    /// The resource of each rung from the lowest up, including rungs that may never be added.
    public var levels: [Resource] { asha.levels }
    private var asha: ASHA
    /// K_t: the current highest rung.
    private var top: Int
    /// The losses of each trial by resource, until no further rung can be added.
    private var curves: [TrialID: [Resource: Double]] = [:]
    /// The trials with a finite result in the top rung.
    private var inTop: [TrialID] = []
    /// The distances at the top between pairs whose order has changed twice, ascending.
    private var noise: [Double] = []

    /// PASHA with r, R and η as in ASHA.
    public init(_ plan: ASHAPlan) {
        asha = ASHA(plan)
        top = min(1, asha.levels.count - 1)
    }

    /// Stores a point of a learning curve.
    public mutating func observe(_ trial: TrialID, at resource: Resource, loss: Loss) {
        guard top + 1 < levels.count, loss.isFinite, curves[trial]?[resource] == nil else { return }
        curves[trial, default: [:]][resource] = loss.value
    }

    /// Algorithm 1, a completed job: updates the configuration in its rung, and adds a rung if the rankings disagree.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        asha.record(trial, rung: rung, loss: loss)
        guard top + 1 < levels.count, loss.isFinite else { return .waits }
        curves[trial, default: [:]][levels[rung]] = loss.value
        guard rung == top else { return .waits }
        noteNoise(of: trial)
        inTop.append(trial)
        if !agree() {
            top += 1
            (inTop, noise) = ([], [])
            if top + 1 == levels.count { curves = [:] }
        }
        return .waits
    }

    /// As in ASHA.
    public mutating func release(_ trial: TrialID, from rung: Int) -> Bool {
        asha.release(trial, from: rung)
    }

    /// As in ASHA.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool { asha.retract(trial, rung: rung) }

    /// `get_job`: as in ASHA, below the current highest rung.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for k in (0..<top).reversed() {
            if let promotion = asha.promote(from: k, except: isHeld) { return promotion }
        }
        return nil
    }

    /// The same for one trial.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        rung < top ? asha.promote(trial, from: rung) : nil
    }

    /// As in ASHA, also for rungs from which no trial is promoted yet: they may be when a rung is added.
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? { asha.ruleOut(ofAtMost: trials) }

    // MARK: Soft ranking

    /// Whether the rankings of the two top rungs agree, up to ε.
    private func agree() -> Bool {
        let above = ranking(at: levels[top])
        let below = ranking(at: levels[top - 1])
        let epsilon = epsilon
        return zip(above, below).allSatisfy { own, other in
            guard let was = curves[own.trial]?[levels[top - 1]] else { return false }
            return abs(was - other.loss.value) <= epsilon
        }
    }

    /// The trials of the top rung, ranked by their losses at a level.
    private func ranking(at level: Resource) -> [RankedResult] {
        inTop.compactMap { trial in
            curves[trial]?[level].map { RankedResult(loss: Loss(value: $0), trial: trial) }
        }.sorted()
    }

    /// P_90 of the noise, interpolated between neighbours.
    private var epsilon: Double {
        guard !noise.isEmpty else { return 0 }
        let position = 0.9 * Double(noise.count - 1)
        let low = Int(position)
        let high = min(low + 1, noise.count - 1)
        return noise[low] + (noise[high] - noise[low]) * (position - Double(low))
    }

    /// Adds the distances between a new trial in the top rung and those whose order with it has changed twice.
    private mutating func noteNoise(of trial: TrialID) {
        guard let own = curves[trial], let last = own[levels[top]] else { return }
        let distances = inTop.compactMap { other -> Double? in
            guard let curve = curves[other], let end = curve[levels[top]],
                PASHA.changesTwice(own, curve, upTo: levels[top])
            else { return nil }
            return abs(last - end)
        }
        if !distances.isEmpty { noise = (noise + distances).sorted() }
    }

    /// Whether the order of two curves at a resource is reversed at a lower one, and reversed again at one below that.
    static func changesTwice(_ one: [Resource: Double], _ other: [Resource: Double], upTo top: Resource)
        -> Bool
    {
        let pairs = one.keys.filter { $0 <= top }.sorted(by: >).compactMap {
            resource -> (Double, Double)? in
            guard let first = one[resource], let second = other[resource] else { return nil }
            return (first, second)
        }
        guard let last = pairs.first, last.0 != last.1 else { return false }
        let isAbove = last.0 > last.1
        let turn = pairs.firstIndex { isAbove ? $0 < $1 : $0 > $1 }
        guard let turn else { return false }
        return pairs[turn...].contains { isAbove ? $0 > $1 : $0 < $1 }
    }
}

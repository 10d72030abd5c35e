package import Tuning

/// The oracle for synchronous Successive Halving and Hyperband: it keeps all events, and for each question finds out
/// again which rungs are complete and which trials are kept.
package struct HalvingRule: SchedulerOracle {
    private struct Bracket {
        let first: Int
        /// n; `nil` if not known yet.
        var size: Int?
        var members: [Int] = []
        var results: [Int: [RungResult]] = [:]
        var cancelled: [Int: Int] = [:]
        var gone: [Int: Set<Int>] = [:]
    }

    private let shapes: [(first: Int, size: Int?)]
    private let eta: Int
    private let rungCount: Int
    private var brackets: [Bracket] = []

    /// Brackets of these lowest rungs and sizes, in turn.
    package init(_ shapes: [(first: Int, size: Int?)], eta: Int, rungCount: Int) {
        self.shapes = shapes
        self.eta = eta
        self.rungCount = rungCount
    }

    /// Hyperband: brackets from s_max down to 0.
    package init(_ plan: HyperbandPlan, rungCount: Int) {
        let (sMax, eta) = (rungCount - 1, plan.reductionFactor)
        let shapes = stride(from: sMax, through: 0, by: -1).map { s in
            (first: sMax - s, size: Optional(hyperbandCount(s: s, sMax: sMax, eta: eta)))
        }
        self.init(shapes, eta: eta, rungCount: rungCount)
    }

    private var hasRoom: Bool { brackets.last.map { $0.members.count != $0.size } ?? false }

    /// The lowest rung of the bracket with free places, or of the next.
    package func entry(_ trial: Int) -> Int? {
        hasRoom ? brackets[brackets.count - 1].first : shapes[brackets.count % shapes.count].first
    }

    /// Adds the trial to that bracket.
    package mutating func admit(_ trial: Int) {
        if !hasRoom {
            let shape = shapes[brackets.count % shapes.count]
            brackets.append(Bracket(first: shape.first, size: shape.size))
        }
        brackets[brackets.count - 1].members.append(trial)
    }

    /// The last bracket gets no further members.
    package mutating func close() {
        guard let last = brackets.last else { return }
        brackets[brackets.count - 1].size = last.members.count
    }

    /// A result.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        for b in brackets.indices where brackets[b].members.contains(trial) {
            brackets[b].results[k, default: []].append(
                RungResult(trial: trial, losses: losses, violation: violation))
        }
        return false
    }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) {
        for b in brackets.indices { brackets[b].results[k]?.removeAll { $0.trial == trial } }
    }

    /// There will be no result.
    package mutating func withdraw(_ trial: Int, rung k: Int) {
        for b in brackets.indices where brackets[b].members.contains(trial) {
            brackets[b].cancelled[k, default: 0] += 1
        }
    }

    /// The first trial whose rung is complete and has kept it.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        for b in brackets.indices {
            for k in stride(from: rungCount - 2, through: brackets[b].first, by: -1) {
                let left = (kept(brackets[b], k) ?? []).filter { trial in
                    brackets[b].gone[k]?.contains(trial) != true && !held.contains(trial)
                }
                if let trial = left.first { return leave(trial, b, k) }
            }
        }
        return nil
    }

    /// Whether its rung is complete and has kept it.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        for b in brackets.indices where brackets[b].members.contains(trial) && k + 1 < rungCount {
            guard let kept = kept(brackets[b], k), kept.contains(trial),
                brackets[b].gone[k]?.contains(trial) != true
            else { return nil }
            return leave(trial, b, k)
        }
        return nil
    }

    private mutating func leave(_ trial: Int, _ b: Int, _ k: Int) -> Promoted {
        brackets[b].gone[k, default: []].insert(trial)
        let n = brackets[b].results[k, default: []].count
        return Promoted(trial: trial, rung: k + 1, results: n, kept: min(n, count(brackets[b], k + 1)))
    }

    /// n_i of the paper: the greatest number whose η^i-fold is at most n.
    private func count(_ bracket: Bracket, _ k: Int) -> Int {
        var power = 1
        for _ in bracket.first..<k { power *= eta }
        return (bracket.size ?? 0) / power
    }

    /// The trials that a rung has kept, from the best; `nil` if the rung is not complete.
    private func kept(_ bracket: Bracket, _ k: Int) -> [Int]? {
        let expected = k == bracket.first ? bracket.size : kept(bracket, k - 1)?.count
        let results = bracket.results[k, default: []]
        guard let expected, expected == results.count + bracket.cancelled[k, default: 0] else { return nil }
        return results.ranked().prefix(count(bracket, k + 1)).filter(\.loss.isFinite).map(\.trial)
    }
}

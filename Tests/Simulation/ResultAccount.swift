import Tuning

/// The last result of each trial, for finding the best anew: it sorts all of them for each question.
struct ResultAccount {
    private var results: [TrialID: (rung: Int, loss: Double)] = [:]

    /// A trial has its result in a rung; without losses it has none any more.
    mutating func note(_ trial: TrialID, rung: Int, _ losses: [Double]?) {
        results[trial] = losses.map { (rung, $0[0]) }
    }

    /// The rung of a trial's last result; the lowest if it has none.
    func rung(of trial: TrialID) -> Int { results[trial]?.rung ?? 0 }

    /// The best so many of the trials that train, rest or are complete: those that came furthest and, of these, with the
    /// smallest loss.
    func best(_ count: Int, _ conclusions: [TrialID: Conclusion]) -> Set<TrialID> {
        let usable = results.filter { trial, _ in
            switch conclusions[trial] {
            case nil, .completed, .paused: true
            case .failed, .cancelled, .diverged, .stopped, .replaced: false
            }
        }
        let ranked = usable.sorted { left, right in
            (-left.value.rung, left.value.loss, left.key) < (-right.value.rung, right.value.loss, right.key)
        }
        return Set(ranked.prefix(count).map(\.key))
    }
}

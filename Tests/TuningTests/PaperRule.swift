import Tuning

/// The oracle that `ASHA` is held against: `get_job` of arXiv 1810.05934, Algorithm 2, line for line, by
/// sorting a whole rung at each call. It shares no code with `ASHA` and `Rung`.
///
/// Where the paper is silent it follows the deviations listed in ASHA.swift: ties by the trial's number,
/// and no promotion of a result that is not finite.
struct PaperRule {
    struct Result: Hashable {
        var trial: Int
        var loss: Double
    }

    /// η.
    let eta: Int
    /// The results of each rung, in the order of arrival.
    private(set) var rungs: [[Result]]
    /// Who was promoted from each rung.
    private(set) var promoted: [Set<Int>]

    init(eta: Int, rungCount: Int) {
        self.eta = eta
        rungs = Array(repeating: [], count: rungCount)
        promoted = Array(repeating: [], count: rungCount)
    }

    /// A job completed.
    mutating func update(_ trial: Int, rung k: Int, loss: Double) {
        rungs[k].append(Result(trial: trial, loss: loss))
    }

    /// The promotion that `get_job` returns, had it not the trials that cannot go on; `nil` where it grows the
    /// bottom rung.
    mutating func getJob(except held: Set<Int> = []) -> Promoted? {
        for k in stride(from: rungs.count - 2, through: 0, by: -1) {
            let candidates = topK(rungs[k], rungs[k].count / eta)
            let promotable = candidates.filter { !promoted[k].contains($0.trial) && $0.loss.isFinite }
            if let first = promotable.first(where: { !held.contains($0.trial) }) {
                promoted[k].insert(first.trial)
                return Promoted(
                    trial: first.trial, rung: k + 1, results: rungs[k].count, kept: candidates.count)
            }
        }
        return nil
    }

    /// Promotes one trial from a rung, if `get_job` might return it; `nil` where not.
    mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        let candidates = topK(rungs[k], rungs[k].count / eta)
        guard k + 1 < rungs.count, candidates.contains(where: { $0.trial == trial && $0.loss.isFinite }),
            promoted[k].insert(trial).inserted
        else { return nil }
        return Promoted(trial: trial, rung: k + 1, results: rungs[k].count, kept: candidates.count)
    }

    private func topK(_ rung: [Result], _ k: Int) -> [Result] {
        if k == 0 { return [] }
        let sorted = rung.sorted { $0.loss == $1.loss ? $0.trial < $1.trial : $0.loss < $1.loss }
        return Array(sorted.prefix(k))
    }
}

/// A promotion in bare numbers, as tables hold it.
struct Promoted: Hashable {
    var trial: Int
    /// The rung it goes to.
    var rung: Int
    /// n, in the rung below.
    var results: Int
    /// ⌊n/η⌋.
    var kept: Int
}

extension Promoted {
    init(_ promotion: Promotion) {
        self.init(
            trial: promotion.trial.number, rung: promotion.rung, results: promotion.results,
            kept: promotion.kept)
    }
}

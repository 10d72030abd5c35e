import Algorithms

/// Finite results of several metrics, in fronts: first those that no other dominates, then those that only these
/// dominate, and so on (non-dominated sorting; Deb, Pratap, Agarwal, Meyarivan, "A Fast and Elitist Multiobjective
/// Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation 6-2, 2002, section III-A). Within a
/// front, the greater crowding distance goes first (section III-B); if equal, the lower trial number.
///
/// One result dominates another if it is no worse in any metric and better in one. Equal results do not dominate each
/// other. A result that breaks bounds of the study is dominated by all that break them by less (section VI-B).
///
/// A result is added as in the "efficient non-domination level update" (Li, Deb, Zhang, Kwong, IEEE Transactions on
/// Cybernetics 47-9, 2017): it finds its front; the results that it dominates there move to the next front, and so on.
/// That takes O(m·n) comparisons for m metrics in nearly all cases. The changed fronts are sorted again, in O(m·f·log
/// f) for f results in them.
struct ParetoFronts: Sendable {
    private var results: [RankedResult] = []
    /// The number of metrics.
    private var metrics = 0
    /// The losses of all results, with those of one result next to each other.
    private var losses: [Double] = []
    /// Indices into `results`, front by front, each in the order of crowding distances.
    private var fronts: [[Int]] = []

    /// The best front, in the order of crowding distances.
    var first: [RankedResult] { fronts.first.map { $0.map { results[$0] } } ?? [] }

    /// All results, from the best.
    var ranked: [RankedResult] { fronts.flatMap { $0.map { results[$0] } } }

    /// Of this many best results, the best wanted one; `nil` if none is.
    func best(of count: Int, where isWanted: (TrialID) -> Bool) -> TrialID? {
        var left = count
        for front in fronts {
            for index in front.prefix(max(0, left)) where isWanted(results[index].trial) {
                return results[index].trial
            }
            left -= front.count
            if left <= 0 { break }
        }
        return nil
    }

    /// Adds a finite result with as many metrics as those before.
    mutating func add(_ result: RankedResult) {
        metrics = 1 + result.loss.further.count
        let new = results.count
        results.append(result)
        losses.append(result.loss.value)
        losses += result.loss.further
        var arriving = [new]
        var level = level(of: new)
        while !arriving.isEmpty {
            guard level < fronts.count else { return fronts.append(ordered(arriving)) }
            let residents = fronts[level]
            let displaced = residents.filter { resident in arriving.contains { dominates($0, resident) } }
            if displaced.count == residents.count { return fronts.insert(ordered(arriving), at: level) }
            let isGone = Set(displaced)
            fronts[level] = ordered(residents.filter { !isGone.contains($0) } + arriving)
            arriving = displaced
            level += 1
        }
    }

    /// The first front in which no result dominates this one. A result dominated in a front is dominated in all better
    /// fronts.
    private func level(of new: Int) -> Int {
        fronts.partitioningIndex { front in !front.contains { dominates($0, new) } }
    }

    private func dominates(_ one: Int, _ other: Int) -> Bool {
        let violations = (results[one].loss.violation, results[other].loss.violation)
        if violations.0 != violations.1 { return violations.0 < violations.1 }
        var isBetter = false
        for metric in 0..<metrics {
            let (left, right) = (losses[one * metrics + metric], losses[other * metrics + metric])
            if left > right { return false }
            if left < right { isBetter = true }
        }
        return isBetter
    }

    // MARK: Crowding

    /// A front by crowding distance: for each metric, the distance between the two neighbours as a share of the front's
    /// range, infinite for the first and the last. Neighbours are ordered by value, equal ones by number. A metric with
    /// equal values, or with an infinite range, is ignored.
    private func ordered(_ front: [Int]) -> [Int] {
        guard front.count > 1 else { return front }
        var distances = [Double](repeating: 0, count: front.count)
        for metric in 0..<metrics {
            let column = front.map { losses[$0 * metrics + metric] }
            let order = front.indices.sorted { one, other in
                column[one] == column[other]
                    ? isBefore(front[one], front[other]) : column[one] < column[other]
            }
            let range = column[order[order.count - 1]] - column[order[0]]
            guard range > 0, range.isFinite else { continue }
            distances[order[0]] = .infinity
            distances[order[order.count - 1]] = .infinity
            for position in order.indices.dropFirst().dropLast() {
                let gap = column[order[position + 1]] - column[order[position - 1]]
                distances[order[position]] += gap / range
            }
        }
        return front.indices.sorted { one, other in
            distances[one] == distances[other]
                ? isBefore(front[one], front[other]) : distances[one] > distances[other]
        }.map { front[$0] }
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool { results[one].trial < results[other].trial }
}

extension [RankedResult] {
    /// The results, from the best: for one metric by loss, for several by front and crowding distance. Those that are
    /// not finite come last, by number.
    func ranked() -> [RankedResult] {
        guard contains(where: { !$0.loss.further.isEmpty }) else { return sorted() }
        var fronts = ParetoFronts()
        for result in self where result.loss.isFinite { fronts.add(result) }
        return fronts.ranked + filter { !$0.loss.isFinite }.sorted()
    }
}

/// The results of trials with several metrics that no other result dominates.
public struct ParetoSet: Sendable {
    /// The trials, by number.
    public let trials: [TrialID]

    /// The set of these results. A result that is not finite in all metrics is left out.
    public init(_ results: [(trial: TrialID, loss: Loss)]) {
        var fronts = ParetoFronts()
        for result in results where result.loss.isFinite {
            fronts.add(RankedResult(loss: result.loss, trial: result.trial))
        }
        trials = fronts.first.map(\.trial).sorted()
    }
}

import RealModule

/// How important each hyperparameter is: PED-ANOVA (Watanabe, Bansal, Hutter, "PED-ANOVA: Efficiently Quantifying
/// Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023, arXiv 2304.10255), Algorithm 1.
///
/// It compares how one parameter is spread over the best γ' of the trials with how it is spread over all of them (γ = 1). A
/// parameter that does not matter is spread alike in both. The densities are kernel density estimates on a grid of at most
/// 50 places, and the importance is γ'² times the Pearson divergence of one from the other (equation 16).
///
/// **Deviations from the paper**, all as in Optuna's evaluator, which `PEDANOVATests` compares with: the bandwidth follows
/// Scott's rule on counts, with a floor of half a place; a prior of one kernel covers the grid; a parameter that is not
/// active in all trials counts by its share of them (Conditional PED-ANOVA, arXiv 2601.20800).
public struct PEDANOVA: Sendable {
    /// The places that a parameter's values are counted in.
    public enum Axis: Hashable, Sendable {
        /// Numbers from `low` to `high`, on so many places at even steps; at least 1.
        case numbers(low: Double, high: Double, places: Int)
        /// Indices of so many values that have no order; at least 1.
        case choices(Int)
    }

    /// γ': the share of the trials that count as good; above 0 and below 1.
    private let targetQuantile: Double
    /// Which trials are good.
    private let isGood: [Bool]
    private let goodCount: Int

    /// The importances among trials with these losses, all finite; of equal losses all are good, or none.
    public init(losses: [Double], targetQuantile: Double = PEDANOVA.targetQuantile) {
        self.targetQuantile = targetQuantile
        guard !losses.isEmpty else {
            (isGood, goodCount) = ([], 0)
            return
        }
        let last = Int((targetQuantile * Double(losses.count)).rounded(.up)) - 1
        let worst = losses.sorted()[last]
        isGood = losses.map { $0 <= worst }
        goodCount = isGood.count { $0 }
    }

    /// The importance of a parameter, 0 or greater; 0 where there are fewer than two trials.
    ///
    /// - Parameters:
    ///   - axis: where its values may be.
    ///   - coordinates: its value in each trial, in the order of the losses: a number, or an index of a choice; `nan` where it
    ///     is not active.
    public func importance(_ axis: Axis, _ coordinates: [Double]) -> Double {
        guard isGood.count > 1, coordinates.count == isGood.count else { return 0 }
        var (all, good) = ([Int](repeating: 0, count: axis.count), [Int](repeating: 0, count: axis.count))
        for (coordinate, isGood) in zip(coordinates, isGood) where !coordinate.isNaN {
            let place = axis.place(of: coordinate)
            all[place] += 1
            if isGood { good[place] += 1 }
        }
        let (active, activeAndGood) = (all.reduce(0, +), good.reduce(0, +))
        guard axis.count > 1, active >= PEDANOVA.fewestTrials, activeAndGood > 0 else { return 0 }
        let among = (all: density(of: all, on: axis), good: density(of: good, on: axis))
        let divergence = zip(among.good, among.all).reduce(0) { sum, densities in
            let ratio = densities.0 / densities.1 - 1
            return sum + densities.1 * ratio * ratio
        }
        let count = Double(isGood.count)
        let shares = (good: Double(activeAndGood) / Double(goodCount), all: Double(active) / count)
        let quantile = Double(goodCount) / count
        return shares.good * shares.good / shares.all * divergence * quantile * quantile
    }

    /// γ' where nothing is said.
    public static let targetQuantile = 0.1
    /// How many places a grid has at most.
    public static let mostPlaces = 50
    private static let fewestTrials = 2
    /// What keeps a density above 0.
    private static let least = 1e-12

    private func density(of counts: [Int], on axis: Axis) -> [Double] {
        let densities =
            switch axis {
            case .numbers: PEDANOVA.normalDensity(counts)
            case .choices: PEDANOVA.choiceDensity(counts)
            }
        return densities.map { $0 + PEDANOVA.least }
    }

    /// A kernel for each value that occurs: itself, and a little of all others. One more is the prior.
    private static func choiceDensity(_ counts: [Int]) -> [Double] {
        let kernels = Double(counts.count { $0 > 0 } + 1)
        let total = Double(counts.reduce(0, +) + 1)
        let little = 1 / kernels
        let sum = 1 + Double(counts.count) * little
        return counts.indices.map { place in
            let own = counts.indices.reduce(1 / Double(counts.count)) { sum_, other in
                counts[other] == 0
                    ? sum_ : sum_ + Double(counts[other]) * ((other == place ? 1 : 0) + little) / sum
            }
            return own / total
        }
    }

    /// A normal kernel for each place that occurs, cut at the ends of the grid. One more, as wide as the grid, is the prior.
    private static func normalDensity(_ counts: [Int]) -> [Double] {
        let occupied = counts.indices.filter { counts[$0] > 0 }
        let total = counts.reduce(0, +)
        let width = bandwidth(counts, occupied, total)
        let top = Double(counts.count - 1)
        var kernels = occupied.map { (mean: Double($0), width: width, weight: Double(counts[$0])) }
        kernels.append((mean: top / 2, width: top + 1, weight: 1))
        return counts.indices.map { place in
            let x = Double(place)
            let sum = kernels.reduce(0) { sum, kernel in
                let whole = mass(-0.5, top + 0.5, kernel.mean, kernel.width)
                return sum + kernel.weight * mass(x - 0.5, x + 0.5, kernel.mean, kernel.width) / whole
            }
            return sum / Double(total + 1)
        }
    }

    /// Scott's rule on counts (Scott, "Multivariate Density Estimation", 1992).
    private static func bandwidth(_ counts: [Int], _ occupied: [Int], _ total: Int) -> Double {
        let weighted = occupied.map { (Double($0), Double(counts[$0])) }
        let mean = weighted.reduce(0) { $0 + $1.0 * $1.1 } / Double(total)
        let squares = weighted.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
        let deviation = (squares / Double(max(1, total - 1))).squareRoot()
        var sums: [Int] = []
        for place in occupied { sums.append((sums.last ?? 0) + counts[place]) }
        let first = sums.firstIndex { $0 >= total / 4 } ?? 0
        let third = sums.firstIndex { $0 > total * 3 / 4 } ?? sums.count
        let range = Double(occupied[min(occupied.count - 1, third)] - occupied[first])
        let scott = 1.059 * min(range / 1.34, deviation) * Double.pow(Double(total), -0.2)
        // 1.64 of it, which is 90 %, fit into a place.
        return max(scott, 0.5 / 1.64)
    }

    /// The mass of a normal distribution between two numbers, computed on the side where it is small.
    private static func mass(_ from: Double, _ to: Double, _ mean: Double, _ width: Double) -> Double {
        let (a, b) = ((from - mean) / width, (to - mean) / width)
        let root = 2.0.squareRoot()
        if a > 0 { return (Double.erfc(a / root) - Double.erfc(b / root)) / 2 }
        return (Double.erfc(-b / root) - Double.erfc(-a / root)) / 2
    }
}

extension PEDANOVA.Axis {
    /// How many places there are.
    var count: Int {
        switch self {
        case .numbers(_, _, let places): places
        case .choices(let count): count
        }
    }

    /// The place of a coordinate; the nearest one, and of two equally near ones the lower.
    func place(of coordinate: Double) -> Int {
        switch self {
        case .numbers(_, _, 1): return 0
        case .numbers(let low, let high, let places):
            let step = (high - low) / Double(places - 1)
            let index = ((coordinate - low) / step - 0.5).rounded(.up)
            return Int(min(max(index, 0), Double(places - 1)))
        case .choices(let count): return min(max(Int(coordinate), 0), count - 1)
        }
    }
}

extension Domain {
    /// The places that values of the domain are counted in; `nil`: there is one value only.
    ///
    /// Linear and log scales are as Optuna has them. All others, which it does not have, are counted on the places from 0
    /// to 1 along the scale.
    var importanceAxis: PEDANOVA.Axis? {
        let most = PEDANOVA.mostPlaces
        switch self {
        case .float(let min, let max, .linear, let step):
            let places = step.map { Swift.min(Int(((max - min) / $0).rounded(.toNearestOrEven)) + 1, most) }
            return .numbers(low: min, high: max, places: places ?? most)
        case .float(let min, let max, .log, nil):
            return .numbers(low: Double.log(min), high: Double.log(max), places: most)
        case .int(let min, let max, .linear, let step):
            let steps = (Double(max) - Double(min)) / Double(step ?? 1)
            return .numbers(
                low: Double(min), high: Double(max),
                places: Swift.min(Int(Swift.min(steps.rounded(.toNearestOrEven), 1e9)) + 1, most))
        case .int(let min, let max, .log, nil):
            let size = Double(max) - Double(min) + 1
            let places = Int((Double.log(size) / Double.log(2)).rounded(.up)) + 1
            return .numbers(
                low: Double.log(Double(min)), high: Double.log(Double(max)), places: Swift.min(places, most)
            )
        case .float, .int, .normal, .lognormal:
            return .numbers(low: 0, high: 1, places: Swift.min(cells ?? most, most))
        case .ordinal(let values):
            guard values.count > 1 else { return nil }
            return .numbers(low: 0, high: Double(values.count - 1), places: Swift.min(values.count, most))
        case .choice(let values): return values.count > 1 ? .choices(values.count) : nil
        case .constant: return nil
        }
    }

    /// Where a value is on the axis; `nan` where it is none of the domain.
    func importanceCoordinate(of value: ParameterValue) -> Double {
        switch self {
        case .float(_, _, .linear, _), .int(_, _, .linear, _): value.number ?? .nan
        case .float(_, _, .log, nil), .int(_, _, .log, nil): value.number.map { Double.log($0) } ?? .nan
        case .float, .int, .normal, .lognormal: unit(of: value) ?? .nan
        case .choice(let values), .ordinal(let values):
            values.firstIndex { $0.matches(value) }.map(Double.init) ?? .nan
        case .constant: 0
        }
    }
}

extension SearchSpace {
    /// How important each parameter is among trials with these finite losses, in the order of the parameters.
    public func importances(
        _ configurations: [Configuration], losses: [Double],
        targetQuantile: Double = PEDANOVA.targetQuantile
    ) -> [Double] {
        let rule = PEDANOVA(losses: losses, targetQuantile: targetQuantile)
        return parameters.map { parameter in
            guard let axis = parameter.domain.importanceAxis else { return 0 }
            let coordinates = configurations.map { configuration in
                configuration[parameter.name].map { parameter.domain.importanceCoordinate(of: $0) } ?? .nan
            }
            return rule.importance(axis, coordinates)
        }
    }
}

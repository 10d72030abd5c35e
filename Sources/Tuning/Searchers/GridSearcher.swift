/// Grid search: all combinations of some values of each parameter in order; the last parameter changes fastest.
/// Inactive parameters do not change, so no configuration repeats.
///
/// The values are evenly spaced over the quantiles of a domain, including its ends. For a normal distribution, each is
/// the middle of a part of equal probability. If a domain has no more values than requested, all are tried; the same
/// holds for a choice without its own resolution.
public struct GridSearcher: Searcher {
    private let space: SearchSpace
    private var odometer: Odometer

    /// The grid over a space.
    public init(space: SearchSpace, _ plan: GridPlan) {
        self.space = space
        odometer = Odometer(
            space.parentsFirst.map { parameter in
                Odometer.Wheel(parameter, .values(plan.values(of: parameter)))
            })
    }

    /// The next combination that the constraints allow; `nil` after the last.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        var unused = Random(seed: 0, stream: 0)
        while let next = odometer.configuration(&unused) {
            odometer.turn()
            if space.allows(next) { return next }
        }
        return nil
    }
}

extension GridPlan {
    /// The different values of a parameter on the grid, in order.
    public func values(of parameter: Parameter) -> [ParameterValue] {
        let domain = parameter.domain
        var resolution = resolutions[parameter.name] ?? self.resolution
        if case .choice(let values) = domain, resolutions[parameter.name] == nil {
            resolution = values.count
        }
        if let cells = domain.cells, cells <= resolution { return (0..<cells).map(domain.value(ofCell:)) }
        var values: [ParameterValue] = []
        for index in 0..<resolution {
            let value = domain.value(index, of: resolution)
            if values.last != value { values.append(value) }
        }
        return values
    }

    /// The number of combinations over a space, including those that constraints forbid; `nil` if it exceeds an `Int`,
    /// or there are too many conditions to count.
    public func combinations(over space: SearchSpace) -> Int? {
        let order = space.parentsFirst
        let parents = Set(order.flatMap { $0.conditions.map(\.parent) })
        var steps = 0
        /// The combinations of the parameters from an index on, given the values of their parents.
        func count(from index: Int, _ chosen: Configuration) -> Int? {
            steps += 1
            guard index < order.count else { return 1 }
            guard steps <= TuningLimits.combinations else { return nil }
            let parameter = order[index]
            guard parameter.isActive(in: chosen) else { return count(from: index + 1, chosen) }
            let values = values(of: parameter)
            guard parents.contains(parameter.name) else {
                let (product, isTooMany) = (count(from: index + 1, chosen) ?? .max)
                    .multipliedReportingOverflow(by: values.count)
                return isTooMany || product == .max ? nil : product
            }
            var sum = 0
            for value in values {
                var chosen = chosen
                chosen.values[parameter.name] = value
                guard let rest = count(from: index + 1, chosen) else { return nil }
                let (next, isTooMany) = sum.addingReportingOverflow(rest)
                if isTooMany { return nil }
                sum = next
            }
            return sum
        }
        return count(from: 0, Configuration())
    }
}

extension Domain {
    /// One of this many values, evenly spaced over the quantiles.
    fileprivate func value(_ index: Int, of count: Int) -> ParameterValue {
        let isFirst = count > 1 && index == 0
        let isLast = count > 1 && index == count - 1
        switch self {
        // The ends as written: the quantile function rounds, and stays just below the upper end.
        case .float(let min, _, _, nil) where isFirst: return .float(min)
        case .float(_, let max, _, nil) where isLast: return .float(max)
        case .normal, .lognormal: return value(at: (Double(index) + 0.5) / Double(count))
        default: return value(at: count > 1 ? Double(index) / Double(count - 1) : 0.5)
        }
    }
}

import RealModule

/// Random search: every trial is an independent draw from the space.
///
/// Trial n draws from stream n of the seed, so its configuration depends on nothing else, and there
/// is no state to keep.
public struct RandomSearcher: Searcher {
    private let order: [Parameter]
    private let seed: UInt64

    /// Random search over a space.
    public init(space: SearchSpace, seed: UInt64) {
        order = space.parentsFirst
        self.seed = seed
    }

    /// The configuration of a trial; never `nil`.
    public func propose(for trial: TrialID) -> Configuration? {
        var random = Random(seed: seed, stream: UInt64(truncatingIfNeeded: trial.number))
        var configuration = Configuration()
        for parameter in order {
            // Drawn also where it is inactive: a value then never depends on whether another is active.
            let value = parameter.domain.draw(&random)
            if parameter.isActive(in: configuration) { configuration.values[parameter.name] = value }
        }
        return configuration
    }
}

extension Parameter {
    /// Whether all conditions hold in a configuration that holds the parents.
    public func isActive(in configuration: Configuration) -> Bool {
        conditions.allSatisfy { condition in
            guard let value = configuration[condition.parent] else { return false }
            return condition.values.contains { $0.matches(value) }
        }
    }
}

extension Domain {
    /// A value, spread as the scale says.
    func draw(_ random: inout Random) -> ParameterValue {
        switch self {
        case .float(let min, let max, .linear):
            // As a weighted mean, because `max - min` can overflow.
            let unit = random.unit()
            return .float(clamp(min * (1 - unit) + max * unit, min, max))
        case .float(let min, let max, .log):
            let exponent = Double.log(min) + random.unit() * (Double.log(max) - Double.log(min))
            return .float(clamp(Double.exp(exponent), min, max))
        case .int(let min, let max, .linear):
            let span = UInt64(bitPattern: Int64(max)) &- UInt64(bitPattern: Int64(min))
            let offset = span == .max ? random.bits() : random.below(span + 1)
            return .int(Int(truncatingIfNeeded: UInt64(bitPattern: Int64(min)) &+ offset))
        case .int(let min, let max, .log):
            // Each whole number n stands for the range n ± ½, so that the ends are as likely as they should be.
            let low = Double.log(Double(min) - 0.5)
            let high = Double.log(Double(max) + 0.5)
            let drawn = Double.exp(low + random.unit() * (high - low)).rounded()
            return .int(Int(clamp(drawn, Double(min), Double(max))))
        case .choice(let values):
            return values[Int(random.below(UInt64(values.count)))]
        }
    }

    private func clamp(_ value: Double, _ min: Double, _ max: Double) -> Double {
        Swift.min(Swift.max(value, min), max)
    }
}

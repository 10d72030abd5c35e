/// Makes whole configurations of a space, with regard to active parameters and allowed combinations.
public struct SpaceSampler: Sendable {
    /// The space.
    public let space: SearchSpace
    /// Its parameters, parents first: the order in which they are drawn.
    public let order: [Parameter]

    /// A sampler of a space.
    public init(_ space: SearchSpace) {
        self.space = space
        order = space.parentsFirst
    }

    /// The configuration in which each active parameter has its value from `value`.
    ///
    /// `value` is called for each parameter in order, also for inactive ones, so that no parameter's draw depends on
    /// whether another is active. The constraints are not checked.
    public func configuration(_ value: (Parameter) -> ParameterValue) -> Configuration {
        var configuration = Configuration()
        for parameter in order {
            let value = value(parameter)
            if parameter.isActive(in: configuration) { configuration.values[parameter.name] = value }
        }
        return configuration
    }

    /// A random configuration that the constraints allow, drawn with the priors; `nil` if `TuningLimits.draws` tries
    /// have found none.
    ///
    /// - Parameter given: values that are not drawn; values of inactive parameters are ignored.
    public func draw(_ random: inout Random, given: Configuration = Configuration()) -> Configuration? {
        for _ in 0..<TuningLimits.draws {
            let drawn = attempt(&random, given: given)
            if space.allows(drawn) { return drawn }
        }
        return nil
    }

    /// How many of this many draws the constraints allow.
    public func allowed(of draws: Int, given: Configuration = Configuration(), seed: UInt64) -> Int {
        var random = Random(seed: seed, stream: 0)
        return (0..<draws).count { _ in space.allows(attempt(&random, given: given)) }
    }

    private func attempt(_ random: inout Random, given: Configuration) -> Configuration {
        configuration { parameter in
            let drawn = parameter.draw(&random)
            return given[parameter.name] ?? drawn
        }
    }
}

extension Parameter {
    /// A value drawn from the domain, with the prior.
    public func draw(_ random: inout Random) -> ParameterValue {
        guard let prior, random.unit() >= 0.5 else { return domain.draw(&random) }
        if case .choice = domain { return prior.value }
        guard let center = domain.unit(of: prior.value) else { return domain.draw(&random) }
        let around = TruncatedNormal(mean: center, sd: prior.width, min: 0, max: 1)
        return domain.value(at: around.value(at: random.unit()))
    }
}

extension Domain {
    /// A value drawn from the domain.
    func draw(_ random: inout Random) -> ParameterValue {
        switch self {
        case .int(let min, let max, .linear, nil):
            // By rejection, because the quantile of 53 random bits would favour some numbers of a long range.
            let span = UInt64(bitPattern: Int64(max)) &- UInt64(bitPattern: Int64(min))
            let offset = span == .max ? random.bits() : random.below(span + 1)
            return .int(Int(truncatingIfNeeded: UInt64(bitPattern: Int64(min)) &+ offset))
        case .choice(let values):
            return values[Int(random.below(UInt64(values.count)))]
        case .constant(let value):
            return value
        default:
            return value(at: random.unit())
        }
    }
}

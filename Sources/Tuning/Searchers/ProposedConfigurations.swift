/// The configurations that a searcher has proposed: none is proposed twice as long as there is another.
struct ProposedConfigurations: Sendable {
    private let sampler: SpaceSampler
    /// Whether nothing is left.
    private(set) var isExhausted = false
    private var seen: Set<Configuration> = []
    /// All configurations in order; those before the present one were proposed, or are not allowed.
    private var others: Odometer

    /// None yet of a space.
    init(_ space: SearchSpace) {
        sampler = SpaceSampler(space)
        others = Odometer(
            sampler.order.map { parameter in
                Odometer.Wheel(parameter, parameter.domain.cells == nil ? .continuum : .cells)
            })
    }

    /// Takes in a configuration that is to be proposed.
    ///
    /// - Returns: whether it may be: it is allowed, and new.
    mutating func insert(_ configuration: Configuration) -> Bool {
        sampler.space.allows(configuration) && seen.insert(configuration).inserted
    }

    /// One that is allowed and new, for when a searcher brings up no other: a random one, or where these are not new
    /// either, the next in order, with real numbers drawn, which are never used up. `nil` when there is none.
    mutating func another(_ random: inout Random) -> Configuration? {
        if isExhausted { return nil }
        for _ in 0..<TuningLimits.redraws {
            if let drawn = sampler.draw(&random), insert(drawn) { return drawn }
        }
        for _ in 0..<TuningLimits.combinations {
            guard let next = others.configuration(&random) else { break }
            if insert(next) { return next }
            others.turn()
        }
        isExhausted = true
        return nil
    }
}

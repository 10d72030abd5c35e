/// The configurations that a searcher has proposed. None is proposed twice while another is left.
struct ProposedConfigurations: Sendable {
    private let sampler: SpaceSampler
    /// Whether no configuration is left.
    private(set) var isExhausted = false
    private var seen: Set<Configuration> = []
    /// All configurations in order. Those before the current one were proposed, or are not allowed.
    private var others: Odometer

    /// An empty set for a space.
    init(_ space: SearchSpace) {
        sampler = SpaceSampler(space)
        others = Odometer(
            sampler.order.map { parameter in
                Odometer.Wheel(parameter, parameter.domain.cells == nil ? .continuum : .cells)
            })
    }

    /// Adds a configuration that is to be proposed.
    ///
    /// - Returns: whether it may be proposed: it is allowed and new.
    mutating func insert(_ configuration: Configuration) -> Bool {
        sampler.space.allows(configuration) && seen.insert(configuration).inserted
    }

    /// A new and allowed configuration, for a searcher that finds no other: a random one or, if these are not new, the
    /// next in order. Real numbers are drawn, so they never run out. `nil` if there is none.
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

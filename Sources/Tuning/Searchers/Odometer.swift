/// All combinations of some parameters' values, in mixed radix order: the last parameter changes fastest. Inactive
/// parameters do not change, so no combination repeats.
struct Odometer: Sendable {
    /// One parameter and its values.
    struct Wheel: Sendable {
        /// The values of a parameter.
        enum Stops: Sendable {
            /// These values; at least one.
            case values([ParameterValue])
            /// All values of its discrete domain.
            case cells
            /// A continuous domain: it does not change; a value is drawn each time.
            case continuum
        }

        let parameter: Parameter
        let stops: Stops

        init(_ parameter: Parameter, _ stops: Stops) {
            self.parameter = parameter
            self.stops = stops
        }

        /// How many values there are.
        var count: Int {
            switch stops {
            case .values(let values): values.count
            case .cells: parameter.domain.cells ?? 1
            case .continuum: 1
            }
        }

        fileprivate func value(_ index: Int, _ random: inout Random) -> ParameterValue {
            switch stops {
            case .values(let values): values[index]
            case .cells: parameter.domain.value(ofCell: index)
            case .continuum: parameter.domain.value(at: random.unit())
            }
        }
    }

    private let wheels: [Wheel]
    private var places: [Int]
    private var isActive: [Bool]
    private var isOver = false

    /// At the first combination of these, with parents before their children.
    init(_ wheels: [Wheel]) {
        self.wheels = wheels
        places = wheels.map { _ in 0 }
        isActive = wheels.map { _ in false }
    }

    /// The current combination; `nil` after the last.
    mutating func configuration(_ random: inout Random) -> Configuration? {
        if isOver { return nil }
        var configuration = Configuration()
        for (index, wheel) in wheels.enumerated() {
            isActive[index] = wheel.parameter.isActive(in: configuration)
            if isActive[index] {
                configuration.values[wheel.parameter.name] = wheel.value(places[index], &random)
            }
        }
        return configuration
    }

    /// Moves from the combination that was last asked for to the next. A combination with real numbers never ends: the
    /// next is another draw of these.
    mutating func turn() {
        let isEndless = wheels.indices.contains { index in
            if case .continuum = wheels[index].stops { isActive[index] } else { false }
        }
        if isEndless { return }
        for index in wheels.indices.reversed() where isActive[index] {
            places[index] += 1
            if places[index] < wheels[index].count { return }
            places[index] = 0
        }
        isOver = true
    }
}

extension Domain {
    /// The value of a discrete domain at an index, from 0 to `cells` − 1, in order.
    func value(ofCell index: Int) -> ParameterValue {
        switch self {
        case .int(let min, _, _, let step): .int(min + index * (step ?? 1))
        case .float(let min, let max, let scale, .some(let step)):
            .float(Grid(min: min, max: max, step: step, scale: scale).value(index))
        case .choice(let values), .ordinal(let values): values[index]
        case .constant(let value): value
        case .float(_, _, _, nil), .normal, .lognormal: value(at: 0.5)
        }
    }
}

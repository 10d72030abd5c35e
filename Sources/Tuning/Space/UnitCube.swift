/// A search space for models: one coordinate for each parameter, parents before their children.
///
/// The coordinate of a number is its quantile, from 0 to 1; that of a choice is the index of its value; that of an
/// inactive parameter is `NaN`.
struct UnitCube: Sendable {
    /// The kinds of coordinates.
    enum Axis: Hashable, Sendable {
        /// A quantile from 0 to 1; near values are similar.
        case number
        /// The index of one of this many values, all equally different.
        case choice(Int)
    }

    /// The parameters, parents first.
    let parameters: [Parameter]
    /// The kind of each coordinate.
    let axes: [Axis]
    private let sampler: SpaceSampler

    /// The cube of a space.
    init(_ space: SearchSpace) {
        sampler = SpaceSampler(space)
        parameters = sampler.order
        axes = parameters.map { parameter in
            switch parameter.domain {
            case .choice(let values): .choice(values.count)
            case .constant: .choice(1)
            default: .number
            }
        }
    }

    /// A configuration drawn as in random search; `nil` if the constraints allow none of the draws.
    func random(_ random: inout Random) -> Configuration? { sampler.draw(&random) }

    /// The configuration at the quantiles of all parameters, including choices.
    func configuration(quantiles: [Double]) -> Configuration {
        configuration { index in parameters[index].domain.value(at: quantiles[index]) }
    }

    /// The configuration at a point, which may lack coordinates of inactive parameters.
    func configuration(at point: [Double]) -> Configuration {
        configuration { index in point[index].isNaN ? nil : value(index, at: point[index]) }
    }

    /// The value of a parameter at a coordinate.
    func value(_ index: Int, at coordinate: Double) -> ParameterValue {
        switch parameters[index].domain {
        case .choice(let values): values[Int(coordinate)]
        case let domain: domain.value(at: coordinate)
        }
    }

    /// The coordinate of a value of a parameter.
    func coordinate(_ index: Int, of value: ParameterValue) -> Double {
        switch parameters[index].domain {
        case .choice(let values): values.firstIndex { $0.matches(value) }.map(Double.init) ?? .nan
        case .constant: 0
        case let domain: domain.unit(of: value) ?? .nan
        }
    }

    /// The nearest coordinate that has a value: the middle of the value's part of the axis.
    func settled(_ index: Int, _ coordinate: Double) -> Double {
        let isDiscrete = axes[index] == .number && parameters[index].domain.cells != nil
        return isDiscrete ? self.coordinate(index, of: value(index, at: coordinate)) : coordinate
    }

    /// The point of a configuration.
    func point(of configuration: Configuration) -> [Double] {
        parameters.enumerated().map { index, parameter in
            configuration[parameter.name].map { coordinate(index, of: $0) } ?? .nan
        }
    }

    /// A coordinate drawn as in random search.
    func coordinate(_ index: Int, _ random: inout Random) -> Double {
        coordinate(index, of: parameters[index].draw(&random))
    }

    /// A copy of a configuration in which some parameters have other values: of a choice any of the others, each equally
    /// likely; a number around the old one, with this standard deviation on its quantiles. A parameter that becomes active
    /// is drawn as in random search.
    ///
    /// - Parameter changed: the indices of parameters that are active in the parent, and have more than one value.
    func child(
        of parent: Configuration, changing changed: Set<Int>, width: Double, _ random: inout Random
    ) -> Configuration {
        var child = Configuration()
        for (index, parameter) in parameters.enumerated() where parameter.isActive(in: child) {
            let old = parent[parameter.name]
            if let old, changed.contains(index) {
                let near = neighbour(of: coordinate(index, of: old), axes[index], width: width, &random)
                child.values[parameter.name] = value(index, at: near)
            } else {
                child.values[parameter.name] = old ?? parameter.draw(&random)
            }
        }
        return child
    }

    private func neighbour(
        of coordinate: Double, _ axis: Axis, width: Double, _ random: inout Random
    ) -> Double {
        switch axis {
        case .number: return random.normal(around: coordinate, width: width)
        case .choice(let count):
            let drawn = Double(random.below(UInt64(count - 1)))
            return drawn < coordinate ? drawn : drawn + 1
        }
    }

    private func configuration(_ value: (Int) -> ParameterValue?) -> Configuration {
        var configuration = Configuration()
        for (index, parameter) in parameters.enumerated() where parameter.isActive(in: configuration) {
            configuration.values[parameter.name] = value(index)
        }
        return configuration
    }
}

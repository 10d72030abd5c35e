/// A search space as models see it: one coordinate for each parameter, parents before their children.
///
/// The coordinate of a number is its quantile, from 0 to 1; that of a choice is the index of its value. A parameter that
/// is not active has none, and `NaN` stands there.
struct UnitCube: Sendable {
    /// How a coordinate is read.
    enum Axis: Hashable, Sendable {
        /// A quantile from 0 to 1: near ones are alike.
        case number
        /// The index of one of so many values, of which no two are more alike than others.
        case choice(Int)
    }

    /// The parameters, parents first.
    let parameters: [Parameter]
    /// How the coordinate of each is read.
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

    /// A configuration as random search draws it; `nil` when the constraints allow none that is drawn.
    func random(_ random: inout Random) -> Configuration? { sampler.draw(&random) }

    /// The configuration at the quantiles of all parameters, also of choices.
    func configuration(quantiles: [Double]) -> Configuration {
        configuration { index in parameters[index].domain.value(at: quantiles[index]) }
    }

    /// The configuration at a point, which may have no coordinate where a parameter is not active.
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

    /// The coordinate nearest to this one at which there is a value: the middle of its part of the axis.
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

    /// A coordinate drawn as random search draws the value.
    func coordinate(_ index: Int, _ random: inout Random) -> Double {
        coordinate(index, of: parameters[index].draw(&random))
    }

    private func configuration(_ value: (Int) -> ParameterValue?) -> Configuration {
        var configuration = Configuration()
        for (index, parameter) in parameters.enumerated() where parameter.isActive(in: configuration) {
            configuration.values[parameter.name] = value(index)
        }
        return configuration
    }
}

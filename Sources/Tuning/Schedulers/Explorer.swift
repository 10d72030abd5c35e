/// Explore, of Population Based Training: makes a child's hyperparameters from its parent's.
///
/// - perturb: a number is multiplied by 1 + p or 1 − p, each equally likely, and cut at its bounds. A number with
///   steps, such as a whole number, moves by at least one step. An ordinal value moves to a neighbour, up or down; at
///   an end it may stay. A choice is drawn again with a probability.
/// - resample: each parameter is drawn again with a probability.
///
/// A parameter that is active in the child but not in the parent is drawn. Draws are those of random search.
struct Explorer: Sendable {
    /// The configurations of possible parents.
    private(set) var configurations: [TrialID: Configuration] = [:]
    private let plan: PBTPlan
    private let sampler: SpaceSampler

    /// Explores a space.
    init(_ space: SearchSpace, _ plan: PBTPlan) {
        sampler = SpaceSampler(space)
        self.plan = plan
    }

    /// A trial begins.
    mutating func enter(_ trial: TrialID, _ configuration: Configuration) {
        configurations[trial] = configuration
    }

    /// The trial can no longer be a parent.
    mutating func leave(_ trial: TrialID) { configurations[trial] = nil }

    /// The configuration of a child; the parent's own if `TuningLimits.draws` tries have found none that the
    /// constraints allow.
    func child(_ trial: TrialID, of parent: Configuration) -> Configuration {
        var random = plan.random(exploring: trial)
        for _ in 0..<TuningLimits.draws {
            let child = sampler.configuration { explored($0, parent[$0.name], &random) }
            if sampler.space.allows(child) { return child }
        }
        return parent
    }

    private func explored(
        _ parameter: Parameter, _ value: ParameterValue?, _ random: inout Random
    ) -> ParameterValue {
        guard let value else { return parameter.draw(&random) }
        let isResampled = random.below(100) < UInt64(plan.resamplePercent)
        guard case .perturb(let percent) = plan.explore else {
            return isResampled ? parameter.draw(&random) : value
        }
        if case .choice = parameter.domain { return isResampled ? parameter.draw(&random) : value }
        return parameter.domain.perturbed(value, percent: percent, isUp: random.below(2) == 1)
    }
}

extension Domain {
    /// A value this many percent greater or less, or the next one if values have an order or steps; within the domain.
    /// For a choice, the value itself.
    ///
    /// - Parameter percent: from 1 to 99.
    func perturbed(_ value: ParameterValue, percent: Int, isUp: Bool) -> ParameterValue {
        let factor = Double(isUp ? 100 + percent : 100 - percent) / 100
        switch self {
        case .float(let min, let max, _, nil):
            return value.number.map { .float(($0 * factor).clamped(to: min...max)) } ?? value
        case .float(let min, let max, let scale, .some(let step)):
            let grid = Grid(min: min, max: max, step: step, scale: scale)
            guard let number = value.number, let index = grid.index(of: number) else { return value }
            let origin = Step(UInt64(index), of: UInt64(grid.count - 1))
            return .float(
                grid.value(
                    Int(origin.moved(to: (number * factor - min) / step, number: number, isUp: isUp))))
        case .int(let min, let max, _, let step):
            guard case .int(let number)? = member(value) else { return value }
            let step = UInt64(step ?? 1)
            let origin = Step(
                (UInt64(bitPattern: Int64(number)) &- UInt64(bitPattern: Int64(min))) / step,
                of: (UInt64(bitPattern: Int64(max)) &- UInt64(bitPattern: Int64(min))) / step)
            let target = (Double(number) * factor - Double(min)) / Double(step)
            let next = origin.moved(to: target, number: Double(number), isUp: isUp)
            return .int(Int(truncatingIfNeeded: UInt64(bitPattern: Int64(min)) &+ next &* step))
        case .normal(_, _, let min, let max), .lognormal(_, _, let min, let max):
            let (low, high) = (min ?? -.greatestFiniteMagnitude, max ?? .greatestFiniteMagnitude)
            return value.number.map { .float(($0 * factor).clamped(to: low...high)) } ?? value
        case .ordinal(let values):
            guard let index = values.firstIndex(where: { $0.matches(value) }) else { return value }
            return values[isUp ? Swift.min(index + 1, values.count - 1) : Swift.max(index - 1, 0)]
        case .choice, .constant:
            return value
        }
    }
}

/// A value of a domain with steps.
private struct Step {
    /// Its index, and the index of the last value.
    private let index, last: UInt64

    init(_ index: UInt64, of last: UInt64) { (self.index, self.last) = (index, last) }

    /// The index nearest to a number's new value; if that is the same index, the next one in that direction.
    func moved(to target: Double, number: Double, isUp: Bool) -> UInt64 {
        let target = target.rounded()
        // Avoids converting a number beyond 64 bits.
        let nearest = target <= 0 ? 0 : target >= Double(last) ? last : UInt64(target)
        if nearest != index { return nearest }
        // A factor below 1 makes a number below 0 greater.
        let isUp = number < 0 ? !isUp : isUp
        return isUp ? (index < last ? index + 1 : last) : (index > 0 ? index - 1 : 0)
    }
}

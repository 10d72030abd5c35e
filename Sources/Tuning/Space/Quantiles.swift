import RealModule

extension Domain {
    /// The quantile function: a uniformly distributed `unit` from 0 (included) to 1 (excluded) gives a value with the
    /// domain's distribution. A unit outside counts as the nearest inside.
    ///
    /// Discrete values have parts of the unit interval as long as their probabilities, in order.
    public func value(at unit: Double) -> ParameterValue {
        let unit = unit.clamped(to: 0...(1.0).nextDown)
        switch self {
        case .float(let min, let max, let scale, nil):
            return .float(ScaledRange(min: min, max: max, scale: scale).value(at: unit))
        case .float(let min, let max, let scale, .some(let step)):
            let grid = Grid(min: min, max: max, step: step, scale: scale)
            return .float(grid.value(grid.index(at: unit)))
        case .int(let min, let max, .linear, let step):
            let steps = Self.steps(min, max, step)
            let bits = UInt64(unit * 0x1p64)
            let index = steps == .max ? bits : bits.multipliedFullWidth(by: steps + 1).high
            return .int(Self.value(min, step, index))
        case .int(let min, let max, let scale, let step):
            let index = Grid(min: min, max: max, step: step, scale: scale).index(at: unit)
            return .int(Self.value(min, step, UInt64(index)))
        case .normal(let mean, let sd, let min, let max):
            return .float(TruncatedNormal(mean: mean, sd: sd, min: min, max: max).value(at: unit))
        case .lognormal(let mean, let sd, let min, let max):
            let logarithm = TruncatedNormal(logarithmMean: mean, sd: sd, min: min, max: max).value(at: unit)
            let value = Double.exp(logarithm)
            return .float(Swift.min(Swift.max(value, min ?? 0), max ?? .greatestFiniteMagnitude))
        case .choice(let values), .ordinal(let values):
            return values[Int(unit * Double(values.count))]
        case .constant(let value):
            return value
        }
    }

    /// The inverse: the place of a value in the unit interval, below 1; for discrete values, the middle of their part.
    /// `nil` if it is not a value of the domain.
    ///
    /// `value(at:)` returns the value again, except for rounding of real values and for whole numbers whose part of the
    /// interval is too short for a double.
    public func unit(of value: ParameterValue) -> Double? {
        place(of: value).map { $0.clamped(to: 0...(1.0).nextDown) }
    }

    /// Whether the parameter may have a value; 1 and 1.0 are the same.
    public func contains(_ value: ParameterValue) -> Bool { place(of: value) != nil }

    /// The domain's own form of this value: 1.0 for 1 if the values are real numbers, 0.3 for 0.30000000000000004 if
    /// they are tenths. `nil` if it is not a value of the domain.
    public func member(_ value: ParameterValue) -> ParameterValue? {
        guard contains(value) else { return nil }
        switch self {
        case .float(let min, let max, let scale, .some(let step)):
            let grid = Grid(min: min, max: max, step: step, scale: scale)
            return value.number.flatMap { grid.index(of: $0) }.map { .float(grid.value($0)) }
        case .float, .normal, .lognormal: return value.number.map { .float($0) }
        case .int: return value.whole.map { .int($0) }
        case .choice(let values), .ordinal(let values): return values.first { $0.matches(value) }
        case .constant(let only): return only
        }
    }

    /// The number of values, at most `Int.max`; `nil` for a continuum.
    public var cells: Int? {
        switch self {
        case .float(_, _, _, nil), .normal, .lognormal:
            return nil
        case .float(let min, let max, let scale, .some(let step)):
            return Grid(min: min, max: max, step: step, scale: scale).count
        case .int(let min, let max, _, let step):
            let steps = Self.steps(min, max, step)
            return steps < UInt64(Int.max) ? Int(steps) + 1 : .max
        case .choice(let values), .ordinal(let values):
            return values.count
        case .constant:
            return 1
        }
    }

    /// Whether all values are numbers, and so can be compared.
    public var isNumeric: Bool {
        switch self {
        case .float, .int, .normal, .lognormal: true
        case .choice(let values), .ordinal(let values): values.allSatisfy { $0.number != nil }
        case .constant(let value): value.number != nil
        }
    }

    private func place(of value: ParameterValue) -> Double? {
        switch self {
        case .float(let min, let max, let scale, let step):
            guard let number = value.number, number >= min, number <= max else { return nil }
            guard let step else { return ScaledRange(min: min, max: max, scale: scale).unit(of: number) }
            let grid = Grid(min: min, max: max, step: step, scale: scale)
            return grid.index(of: number).map(grid.unit)
        case .int(let min, let max, let scale, let step):
            guard let number = value.whole, number >= min, number <= max else { return nil }
            let (index, rest) = Self.steps(min, number, nil).quotientAndRemainder(
                dividingBy: UInt64(step ?? 1))
            guard rest == 0 else { return nil }
            if scale == .linear { return (Double(index) + 0.5) / (Double(Self.steps(min, max, step)) + 1) }
            return Grid(min: min, max: max, step: step, scale: scale).unit(of: Int(clamping: index))
        case .normal(let mean, let sd, let min, let max):
            guard let number = value.number, number >= min ?? number, number <= max ?? number else {
                return nil
            }
            return TruncatedNormal(mean: mean, sd: sd, min: min, max: max).unit(of: number)
        case .lognormal(let mean, let sd, let min, let max):
            guard let number = value.number, number > 0, number >= min ?? number, number <= max ?? number
            else { return nil }
            return TruncatedNormal(logarithmMean: mean, sd: sd, min: min, max: max).unit(
                of: Double.log(number))
        case .choice(let values), .ordinal(let values):
            return values.firstIndex { $0.matches(value) }
                .map { (Double($0) + 0.5) / Double(values.count) }
        case .constant(let only):
            return only.matches(value) ? 0.5 : nil
        }
    }

    /// The number of steps from one whole number up to the last that is at most another.
    private static func steps(_ min: Int, _ max: Int, _ step: Int?) -> UInt64 {
        (UInt64(bitPattern: Int64(max)) &- UInt64(bitPattern: Int64(min))) / UInt64(step ?? 1)
    }

    private static func value(_ min: Int, _ step: Int?, _ index: UInt64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: Int64(min)) &+ index &* UInt64(step ?? 1))
    }
}

extension Grid {
    /// The grid of whole numbers.
    fileprivate init(min: Int, max: Int, step: Int?, scale: Scale) {
        self.init(min: Double(min), max: Double(max), step: Double(step ?? 1), scale: scale)
    }
}

extension TruncatedNormal {
    /// The distribution of the logarithm of values between bounds.
    public init(logarithmMean mean: Double, sd: Double, min: Double?, max: Double?) {
        self.init(mean: mean, sd: sd, min: min.map { Double.log($0) }, max: max.map { Double.log($0) })
    }
}

extension ParameterValue {
    /// The number; `nil` for strings, booleans and null.
    public var number: Double? {
        switch self {
        case .float(let value): value
        case .int(let value): Double(value)
        case .string, .bool, .null: nil
        }
    }

    /// The whole number, also for values such as 1.0.
    fileprivate var whole: Int? {
        switch self {
        case .float(let value): Int(exactly: value)
        case .int(let value): value
        case .string, .bool, .null: nil
        }
    }
}

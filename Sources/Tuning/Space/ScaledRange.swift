import RealModule

/// A continuous range on a scale: places from 0 to 1 along it, and the values there.
struct ScaledRange {
    /// The ends, `min` < `max`, within the range that the scale needs.
    let min: Double
    let max: Double
    /// How draws are distributed.
    let scale: Scale

    /// The value at a place from 0 to 1.
    func value(at unit: Double) -> Double {
        switch scale {
        case .linear:
            // As a weighted mean, because `max - min` can overflow.
            return (min * (1 - unit) + max * unit).clamped(to: min...max)
        case .log:
            let exponent = Double.log(min) + unit * (Double.log(max) - Double.log(min))
            return Double.exp(exponent).clamped(to: min...max)
        case .reverseLog:
            return mirrored(ScaledRange(min: min, max: max, scale: .log).value(at: 1 - unit))
        case .logit:
            let odds = Self.logit(min) + unit * (Self.logit(max) - Self.logit(min))
            return (1 / (1 + Double.exp(-odds))).clamped(to: min...max)
        }
    }

    /// The place of a value of the range, from 0 to 1.
    func unit(of value: Double) -> Double {
        switch scale {
        case .linear: (value / 2 - min / 2) / (max / 2 - min / 2)
        case .log: (Double.log(value) - Double.log(min)) / (Double.log(max) - Double.log(min))
        case .reverseLog: 1 - ScaledRange(min: min, max: max, scale: .log).unit(of: mirrored(value))
        case .logit: (Self.logit(value) - Self.logit(min)) / (Self.logit(max) - Self.logit(min))
        }
    }

    private func mirrored(_ value: Double) -> Double { (max - (value - min)).clamped(to: min...max) }

    private static func logit(_ share: Double) -> Double { Double.log(share) - Double.log(onePlus: -share) }
}

/// Values at even steps on a scale. Each has the part of the range within half a step.
///
/// On scales that end at 0 or 1, the part of the outermost value reaches at most half the way there.
struct Grid {
    /// The lowest value.
    let min: Double
    /// The distance between values, above 0.
    let step: Double
    /// The number of values; at least 1.
    let count: Int
    /// How draws are distributed.
    let scale: Scale

    /// The grid with a step between two numbers.
    init(min: Double, max: Double, step: Double, scale: Scale) {
        self.min = min
        self.step = step
        self.scale = scale
        // A step such as 0.1 is not exact, and ten of them must fit into 1.
        count = Int(((max - min) / step + 1e-9).clamped(to: 0...0x1p53)) + 1
    }

    /// The value at an index, rounded as its decimal if `min` and `step` are decimals: 0.3, not 0.1 + 2·0.1.
    func value(_ index: Int) -> Double {
        var power = 1.0
        for _ in 0...15 {
            let first = (min * power).rounded()
            let each = (step * power).rounded()
            if first / power == min, each / power == step { return (first + each * Double(index)) / power }
            power *= 10
        }
        return min + step * Double(index)
    }

    /// The index of a value; `nil` if it is not one of these values.
    func index(of value: Double) -> Int? {
        let nearest = ((value - min) / step).rounded()
        guard nearest >= 0, nearest < Double(count) else { return nil }
        return abs(self.value(Int(nearest)) - value) <= 1e-9 * step ? Int(nearest) : nil
    }

    /// The index at a place from 0 to 1.
    func index(at unit: Double) -> Int {
        switch scale {
        case .linear: return clamped(unit * Double(count))
        case .reverseLog: return count - 1 - onLog.index(at: 1 - unit)
        case .log, .logit:
            let value = range.value(at: unit)
            // Round a whole number itself, because its distance to another may not be exact.
            return clamped(step == 1 ? value.rounded() - min : ((value - min) / step).rounded())
        }
    }

    /// The middle of an index's part of the interval from 0 to 1.
    func unit(of index: Int) -> Double {
        switch scale {
        case .linear: (Double(index) + 0.5) / Double(count)
        case .reverseLog: 1 - onLog.unit(of: count - 1 - index)
        case .log, .logit: (range.unit(of: edge(index)) + range.unit(of: edge(index + 1))) / 2
        }
    }

    private var onLog: Grid { Grid(min: min, max: top, step: step, scale: .log) }

    private var top: Double { min + step * Double(count - 1) }

    private var range: ScaledRange { ScaledRange(min: edge(0), max: edge(count), scale: scale) }

    /// Where the part of an index begins and that of the previous index ends.
    private func edge(_ index: Int) -> Double {
        let half = min + step * (Double(index) - 0.5)
        if index == 0 { return Swift.max(half, min / 2) }
        if index == count, scale == .logit { return Swift.min(half, (1 + top) / 2) }
        return half
    }

    private func clamped(_ index: Double) -> Int { Int(index.clamped(to: 0...Double(count - 1))) }
}

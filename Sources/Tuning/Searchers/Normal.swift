import RealModule

/// The normal distribution with mean 0 and standard deviation 1.
public enum StandardNormal {
    /// The probability of a value of at most `z`, accurate to the last digits also far below 0.
    public static func cumulative(_ z: Double) -> Double { 0.5 * Double.erfc(-z * 0.5.squareRoot()) }

    /// The density at `z`.
    public static func density(_ z: Double) -> Double {
        Double.exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
    }

    /// The value that is not exceeded with probability `p`: −∞ for 0, ∞ for 1.
    ///
    /// Wichura's rational approximation (1988, Applied Statistics 37, algorithm AS 241, PPND7) has seven digits; one
    /// step of Halley's method on `cumulative` then leaves only rounding errors. Above ½, `p` itself lacks digits. Use
    /// `-quantile(q)` with the other tail's probability q there, which is exact.
    public static func quantile(_ p: Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        let z = approximateQuantile(p)
        // Below this, the inverse of the density overflows a double.
        guard p > 1e-305 else { return z }
        let correction = (cumulative(z) - p) / density(z)
        return z - correction / (1 + z * correction / 2)
    }

    private static func approximateQuantile(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * polynomial(r, 3.3871327179, 50.434271938, 159.29113202, 59.109374720)
                / polynomial(r, 1, 17.895169469, 78.757757664, 67.187563600)
        }
        let r = (-Double.log(q < 0 ? p : 1 - p)).squareRoot()
        let z =
            if r <= 5 {
                polynomial(r - 1.6, 1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103)
                    / polynomial(r - 1.6, 1, 0.73700164250, 0.12021132975, 0)
            } else {
                polynomial(r - 5, 6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997)
                    / polynomial(r - 5, 1, 0.24197894225, 0.012258202635, 0)
            }
        return q < 0 ? -z : z
    }

    private static func polynomial(
        _ x: Double, _ a0: Double, _ a1: Double, _ a2: Double, _ a3: Double
    ) -> Double {
        ((a3 * x + a2) * x + a1) * x + a0
    }
}

/// A normal distribution that is truncated at bounds and normalised again.
public struct TruncatedNormal: Hashable, Sendable {
    /// The mean before truncation.
    public let mean: Double
    /// The standard deviation before truncation, above 0.
    public let sd: Double
    /// The lower bound, below the upper one; −∞ for none.
    public let min: Double
    /// The upper bound; ∞ for none.
    public let max: Double

    /// A normal distribution between bounds; `nil` for no bound.
    public init(mean: Double, sd: Double, min: Double?, max: Double?) {
        self.mean = mean
        self.sd = sd
        self.min = min ?? -.infinity
        self.max = max ?? .infinity
    }

    /// The share of the whole distribution that is between the bounds.
    public var share: Double {
        let low = (min - mean) / sd
        let high = (max - mean) / sd
        // Use the tail in which the difference keeps its digits.
        return low > 0
            ? StandardNormal.cumulative(-low) - StandardNormal.cumulative(-high)
            : StandardNormal.cumulative(high) - StandardNormal.cumulative(low)
    }

    /// The quantile function. The unit is kept 2^-54 away from 0 and 1, beyond eight standard deviations, so that all
    /// values are finite.
    public func value(at unit: Double) -> Double {
        let unit = unit.clamped(to: 0x1p-54...(1.0).nextDown)
        let low = (min - mean) / sd
        let high = (max - mean) / sd
        let below = (1 - unit) * StandardNormal.cumulative(low) + unit * StandardNormal.cumulative(high)
        let above = (1 - unit) * StandardNormal.cumulative(-low) + unit * StandardNormal.cumulative(-high)
        // Use the tail that has the digits.
        let z = below < above ? StandardNormal.quantile(below) : -StandardNormal.quantile(above)
        return Swift.min(Swift.max(mean + sd * z, min), max)
    }

    /// The cumulative distribution function, 0 to 1.
    public func unit(of value: Double) -> Double {
        guard value > min else { return 0 }
        let below = TruncatedNormal(mean: mean, sd: sd, min: min, max: Swift.min(value, max))
        return (below.share / share).clamped(to: 0...1)
    }
}

extension Double {
    /// The nearest number in a range.
    func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

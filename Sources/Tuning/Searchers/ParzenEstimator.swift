import Algorithms
import RealModule

/// A density over some axes of the unit cube, estimated from points: a mixture of one kernel at each point and the
/// uniform density, the prior.
///
/// A kernel is a product over the axes. For a number, it is a normal density around the point, truncated at 0 and 1 and
/// normalised. For a choice, it is that of Aitchison and Aitken 1976: the point's own value has probability 1 − λ, and
/// the others share λ equally. Its integral over the numbers and sum over the choices is 1.
struct ParzenEstimator: Sendable {
    /// The axes, perhaps none.
    let axes: [UnitCube.Axis]
    /// The points, one after the other.
    private var centers: [Double] = []
    /// For each coordinate of `centers`: for a number 1/σ; for a choice the logarithm of how much less likely any other
    /// value is.
    private var slopes: [Double] = []
    /// The logarithm of each kernel's weight and normalisation.
    private var peaks: [Double] = []
    /// The cumulative sums of the kernels' weights.
    private var cumulated: [Double] = []
    private let priorWeight: Double
    private let priorPeak: Double

    /// A density.
    ///
    /// - Parameters:
    ///   - weights: the weight of each point, above 0.
    ///   - widths: σ or λ of a kernel along each axis; σ above 0, λ above 0 and at most 1 − 1/k for k values.
    ///   - priorWeight: the weight of the uniform density, compared with a point of weight 1; above 0 if there are no
    ///     points.
    init(
        axes: [UnitCube.Axis], points: [[Double]], weights: [Double], widths: [[Double]],
        priorWeight: Double
    ) {
        self.axes = axes
        let total = weights.reduce(priorWeight, +)
        self.priorWeight = priorWeight / total
        var uniform = Double.log(priorWeight / total)
        for case .choice(let count) in axes { uniform -= Double.log(Double(count)) }
        priorPeak = uniform
        centers.reserveCapacity(points.count * axes.count)
        slopes.reserveCapacity(points.count * axes.count)
        var sum = 0.0
        for (index, point) in points.enumerated() {
            add(point, weight: weights[index] / total, widths[index])
            sum += weights[index] / total
            cumulated.append(sum)
        }
    }

    private mutating func add(_ point: [Double], weight: Double, _ widths: [Double]) {
        var peak = Double.log(weight)
        for (axis, (center, width)) in zip(axes, zip(point, widths)) {
            centers.append(center)
            switch axis {
            case .number:
                slopes.append(1 / width)
                let within =
                    0.5
                    * (Double.erf((1 - center) / width * halfRoot) + Double.erf(center / width * halfRoot))
                peak -= Double.log(width * within) + Self.halfLogTwoPi
            case .choice(let count) where count > 1:
                slopes.append(Double.log(width / Double(count - 1)) - Double.log(1 - width))
                peak += Double.log(1 - width)
            case .choice: slopes.append(0)
            }
        }
        peaks.append(peak)
    }

    /// The logarithm of the density at a point.
    func logDensity(at point: [Double]) -> Double {
        var exponents = peaks
        var greatest = priorPeak
        var place = 0
        for kernel in peaks.indices {
            for axis in axes.indices {
                let difference = point[axis] - centers[place]
                switch axes[axis] {
                case .number:
                    let z = difference * slopes[place]
                    exponents[kernel] -= 0.5 * z * z
                case .choice: if difference != 0 { exponents[kernel] += slopes[place] }
                }
                place += 1
            }
            greatest = max(greatest, exponents[kernel])
        }
        guard greatest.isFinite else { return greatest }
        var sum = Double.exp(priorPeak - greatest)
        // A term below 10^-17 of the greatest changes no bit of the sum.
        for exponent in exponents where exponent > greatest - 40 { sum += Double.exp(exponent - greatest) }
        return greatest + Double.log(sum)
    }

    /// A point drawn from the density.
    ///
    /// - Parameter stretch: the factor on the widths of numbers for this draw.
    func sample(_ random: inout Random, stretch: Double = 1) -> [Double] {
        let drawn = random.unit()
        let index = cumulated.partitioningIndex { $0 > drawn }
        let kernel = index < cumulated.count ? index : nil
        return axes.indices.map { axis in
            guard let kernel else { return uniform(axes[axis], &random) }
            let place = kernel * axes.count + axis
            switch axes[axis] {
            case .number: return random.normal(around: centers[place], width: stretch / slopes[place])
            case .choice(let count):
                return other(than: centers[place], of: count, logRatio: slopes[place], &random)
            }
        }
    }

    private func uniform(_ axis: UnitCube.Axis, _ random: inout Random) -> Double {
        switch axis {
        case .number: random.unit()
        case .choice(let count): Double(random.below(UInt64(count)))
        }
    }

    /// The value of the kernel, or another one.
    private func other(
        than value: Double, of count: Int, logRatio: Double, _ random: inout Random
    ) -> Double {
        guard count > 1 else { return value }
        let odds = Double(count - 1) * Double.exp(logRatio)
        if random.unit() * (1 + odds) < 1 { return value }
        let drawn = Double(random.below(UInt64(count - 1)))
        return drawn < value ? drawn : drawn + 1
    }

    private static let halfLogTwoPi = 0.5 * Double.log(2 * .pi)
}

private let halfRoot = 0.5.squareRoot()

extension Random {
    /// A normal deviate with mean 0 and variance 1, by the polar method of Marsaglia and Bray 1964.
    mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * unit() - 1, 2 * unit() - 1)
            let square = x * x + y * y
            if square < 1, square > 0 { return x * (-2 * Double.log(square) / square).squareRoot() }
        }
    }

    /// A normal deviate between 0 and 1 with this mean, itself between 0 and 1, and standard deviation, by rejection.
    mutating func normal(around mean: Double, width: Double) -> Double {
        // A wide one is practically uniform, and nearly every draw would be rejected.
        if width > 8 { return unit() }
        while true {
            let drawn = mean + width * normal()
            if drawn >= 0, drawn <= 1 { return drawn }
        }
    }
}

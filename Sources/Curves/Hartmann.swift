import RealModule
package import Tuning

/// The multi-fidelity Hartmann functions of three and six dimensions, to be minimised: a landscape whose true optimum
/// is known.
///
/// - The function: Dixon and Szegö 1978. Its minimum is −3.86278 in three dimensions and −3.32237 in six.
/// - The cost λ(z) = 0.05 + 0.95 (z/Z)²: Kandasamy, Dasarathy, Schneider, Póczos, "Multi-fidelity Bayesian Optimisation
///   with Continuous Approximations" (BOCA), ICML 2017, arXiv 1703.06240, appendix, as used by mf-prior-bench for one
///   fidelity.
/// - Bias and noise over the fidelity, and the four presets of both: Mallik et al., "PriorBand", NeurIPS 2023, arXiv
///   2306.12370, in its package mf-prior-bench (`mfpbench.synthetic.hartmann`), which follows the counting-ones and
///   surrogate benchmarks of Falkner, Klein and Hutter, "BOHB", ICML 2018, arXiv 1807.01774. With ζ = ln z / ln Z, the
///   weights are α − bias · (1 − ζ)², and the noise has the standard deviation noise · (1 − ζ).
///
/// Deviations:
/// - A trial continues where it paused, so a step from one resource to another takes the difference of their costs. λ =
///   1 is one hour.
/// - The noise of a configuration at a fidelity is a function of both and of the seed, from this project's own
///   generator.
package struct Hartmann: Hashable, Sendable {
    /// How misleading the lower fidelities are.
    package enum Quality: String, CaseIterable, Sendable {
        /// mf-prior-bench's default.
        case plain, good, moderate, bad, terrible

        /// The bias, and the noise's standard deviation, at the least fidelity.
        var biasAndNoise: (bias: Double, noise: Double) {
            switch self {
            case .plain: (0.5, 0.1)
            case .good: (2.5, 2)
            case .moderate: (3, 3)
            case .bad: (3.5, 4)
            case .terrible: (4, 5)
            }
        }
    }

    /// 3 or 6.
    package let dimensions: Int
    /// How misleading the lower fidelities are.
    package let quality: Quality

    /// All functions, by their names in commands: `hartmann3`, `hartmann6-bad`.
    package static let all: [(name: String, function: Hartmann)] = [3, 6].flatMap { dimensions in
        Quality.allCases.map { quality in
            (
                "hartmann\(dimensions)" + (quality == .plain ? "" : "-\(quality.rawValue)"),
                Hartmann(dimensions: dimensions, quality: quality)
            )
        }
    }

    /// A function of 3 or 6 dimensions.
    package init(dimensions: Int, quality: Quality) {
        self.dimensions = dimensions
        self.quality = quality
    }

    /// The minimum.
    package var minimum: Double { dimensions == 3 ? -3.86278 : -3.32237 }

    /// The true value at a point of the unit cube.
    package func value(at point: [Double]) -> Double { value(at: point, weights: Hartmann.alpha) }

    /// The value at a fidelity, without noise.
    ///
    /// - Parameter share: ζ, from 0 at the least fidelity to 1 at the greatest.
    package func biasedValue(at point: [Double], share: Double) -> Double {
        let bias = quality.biasAndNoise.bias * (1 - share) * (1 - share)
        return value(at: point, weights: Hartmann.alpha.map { $0 - bias })
    }

    private func value(at point: [Double], weights: [Double]) -> Double {
        let (a, p) = dimensions == 3 ? (Hartmann.a3, Hartmann.p3) : (Hartmann.a6, Hartmann.p6)
        var sum = 0.0
        for (row, weight) in weights.enumerated() {
            var exponent = 0.0
            for (column, x) in point.enumerated() {
                let distance = x - p[row][column] * 1e-4
                exponent += a[row][column] * distance * distance
            }
            sum += weight * Double.exp(-exponent)
        }
        return -sum
    }

    private static let alpha = [1.0, 1.2, 3.0, 3.2]
    private static let a3: [[Double]] = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
    private static let p3: [[Double]] = [
        [3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828],
    ]
    private static let a6: [[Double]] = [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
    private static let p6: [[Double]] = [
        [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
    ]
}

/// A Hartmann function as the training of one study: the resource is the fidelity z, from 1 to Z.
package struct HartmannTraining: Landscape {
    private let function: Hartmann
    private let parameters: [String]
    private let top: Resource
    private let seed: UInt64

    /// The seconds for λ = 1.
    private static let fullCost = 3_600.0

    /// Why a study cannot be trained on the function, as a sentence.
    package struct Unfit: Error, Hashable, CustomStringConvertible {
        /// The sentence.
        package var description: String
    }

    /// A function as the training of a study. The study's parameters are the coordinates, in the order of the file.
    ///
    /// - Parameter top: Z, where the value is exact.
    package init(_ function: Hartmann, for plan: Plan, top: Resource, seed: UInt64) throws(Unfit) {
        let isFit = plan.space.parameters.allSatisfy { parameter in
            guard case .float(let min, let max, _, _) = parameter.domain else { return false }
            return min >= 0 && max <= 1 && parameter.conditions.isEmpty
        }
        guard isFit, plan.space.parameters.count == function.dimensions else {
            throw Unfit(
                description:
                    "the function has \(function.dimensions) coordinates from 0 to 1, so the study needs "
                    + "\(function.dimensions) parameters such as 'x1: {type: float, min: 0, max: 1}', without "
                    + "'when'; it has \(plan.space.parameters.count) parameters")
        }
        guard plan.criteria.metrics.count == 1 else {
            throw Unfit(description: "the function has one value; write one 'metric' instead of 'metrics'")
        }
        guard plan.objective.goal == .minimize else {
            throw Unfit(
                description: "the function is to be minimised; write 'goal: minimize' under 'metric'")
        }
        guard top.units >= 2 else {
            throw Unfit(description: "a ladder needs more than one fidelity; let max_resource be 2 or more")
        }
        self.function = function
        parameters = plan.space.parameters.map(\.name)
        self.top = top
        self.seed = seed
    }

    /// See `Landscape.steps`. There is one step, because nothing is measured in between. Below Z the value is a noisy
    /// estimate.
    package func steps(
        of trial: TrialID, _ configuration: Configuration, from: Resource, to: Resource
    ) -> [TrainingStep] {
        let point = parameters.map { name -> Double in
            switch configuration[name] {
            case .float(let value): value
            // A whole number is read back from the manifest as an integer.
            case .int(let value): Double(value)
            default: .nan
            }
        }
        let share = min(1, Double.log(Double(to.units)) / Double.log(Double(top.units)))
        // Different seeds from the searcher's, so that a trial's noise is independent of other trials' coordinates.
        let own = seed ^ 0x4841_5254_4D41_4E4E
        var random = Random(seed: own, stream: UInt64(trial.number) << 32 ^ UInt64(to.units))
        let noise = random.normal() * function.quality.biasAndNoise.noise * (1 - share)
        return [
            TrainingStep(
                resource: to, seconds: cost(to) - cost(from),
                value: function.biasedValue(at: point, share: share) + noise, isTrue: to >= top)
        ]
    }

    private func cost(_ resource: Resource) -> Double {
        guard resource > .none else { return 0 }
        let share = Double(resource.units) / Double(top.units)
        return HartmannTraining.fullCost * (0.05 + 0.95 * share * share)
    }
}

extension Tuning.Random {
    /// A number from the standard normal distribution, by the method of Box and Muller 1958.
    package mutating func normal() -> Double {
        // 1 − u is never 0.
        Double.sqrt(-2 * Double.log(1 - unit())) * Double.cos(2 * Double.pi * unit())
    }
}

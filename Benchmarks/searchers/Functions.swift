import RealModule
import Tuning

/// A function to be minimised, and its space.
struct TestFunction: Sendable {
    let name: String
    let space: SearchSpace
    /// The minimum.
    let minimum: Double
    /// The standard deviation of the noise in what a searcher sees.
    var noise = 0.0
    let value: @Sendable (Configuration) -> Double

    /// The functions for comparing searchers; optuna_tpe.py has the same.
    static let compared = [hartmann6, branin, mixed, noisyHartmann3]
    /// Other functions, which the searchers' defaults were chosen with.
    static let tuning =
        [sphere, rosenbrock, ackley, styblinski, levy, camel, layered, noisyLevy, rastrigin] + wells
    static let all = compared + tuning
}

extension Configuration {
    fileprivate func number(_ name: String) -> Double {
        switch values[name] {
        case .float(let value): value
        case .int(let value): Double(value)
        default: 0
        }
    }

    /// x1, x2, …
    fileprivate func vector(_ count: Int) -> [Double] { (1...count).map { number("x\($0)") } }
}

extension SearchSpace {
    fileprivate static func box(_ ranges: [ClosedRange<Double>]) -> SearchSpace {
        SearchSpace(
            ranges.enumerated().map { index, range in
                Parameter(
                    name: "x\(index + 1)",
                    domain: .float(min: range.lowerBound, max: range.upperBound, scale: .linear))
            })
    }

    fileprivate static func cube(_ count: Int, _ range: ClosedRange<Double>) -> SearchSpace {
        box(Array(repeating: range, count: count))
    }
}

// MARK: Those that searchers are compared on

extension TestFunction {
    private static func hartmann(_ x: [Double], _ a: [[Double]], _ p: [[Double]]) -> Double {
        zip([1, 1.2, 3, 3.2], zip(a, p)).reduce(0) { sum, row in
            let exponent = x.indices.reduce(0) {
                $0 + row.1.0[$1] * (x[$1] - row.1.1[$1] * 1e-4) * (x[$1] - row.1.1[$1] * 1e-4)
            }
            return sum - row.0 * Double.exp(-exponent)
        }
    }

    /// Six dimensions: Dixon and Szegö 1978.
    static let hartmann6 = TestFunction(name: "hartmann6", space: .cube(6, 0...1), minimum: -3.32237) {
        hartmann(
            $0.vector(6),
            [
                [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
                [17, 8, 0.05, 10, 0.1, 14],
            ],
            [
                [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
            ])
    }

    /// Three dimensions, with noise of a tenth of the function's range.
    static let noisyHartmann3 = TestFunction(
        name: "noisy", space: .cube(3, 0...1), minimum: -3.86278, noise: 0.4
    ) {
        hartmann(
            $0.vector(3), [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
            [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]])
    }

    /// Two dimensions with three minima: Branin 1972.
    static let branin = TestFunction(name: "branin", space: .box([-5...10, 0...15]), minimum: 0.397887) {
        let (x, y) = ($0.number("x1"), $0.number("x2"))
        let slope = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
        return slope * slope + 10 * (1 - 1 / (8 * .pi)) * Double.cos(x) + 10
    }

    /// Similar to a small network's error: three optimizers with their own parameters, a rate that depends on the
    /// width, whole numbers.
    static let mixed = TestFunction(
        name: "mixed",
        space: SearchSpace([
            Parameter(
                name: "optimizer", domain: .choice([.string("sgd"), .string("adam"), .string("rmsprop")])),
            Parameter(name: "rate", domain: .float(min: 1e-5, max: 1, scale: .log)),
            Parameter(name: "layers", domain: .int(min: 1, max: 6, scale: .linear)),
            Parameter(name: "width", domain: .int(min: 8, max: 512, scale: .log)),
            Parameter(
                name: "activation",
                domain: .choice([.string("relu"), .string("tanh"), .string("gelu"), .string("elu")])),
            Parameter(
                name: "momentum", domain: .float(min: 0, max: 1, scale: .linear),
                conditions: [Condition(parent: "optimizer", values: [.string("sgd")])]),
            Parameter(
                name: "beta", domain: .float(min: 1e-4, max: 0.5, scale: .log),
                conditions: [Condition(parent: "optimizer", values: [.string("adam")])]),
            Parameter(
                name: "decay", domain: .float(min: 1e-6, max: 1e-1, scale: .log),
                conditions: [Condition(parent: "optimizer", values: [.string("adam")])]),
            Parameter(
                name: "rho", domain: .float(min: 0.5, max: 1, scale: .linear),
                conditions: [Condition(parent: "optimizer", values: [.string("rmsprop")])]),
        ]), minimum: 0
    ) { configuration in
        let rate = Double.log10(configuration.number("rate"))
        let width = Double.log2(configuration.number("width"))
        let layers = configuration.number("layers")
        func square(_ x: Double) -> Double { x * x }
        let activations: [String: Double] = ["relu": 0.1, "tanh": 0.25, "gelu": 0, "elu": 0.15]
        let activation = configuration["activation"].flatMap { activations["\($0)"] } ?? 0
        let shared = activation + 0.05 * square(layers - 3) + 0.04 * square(width - 7)
        switch configuration["optimizer"] {
        case .string("sgd"):
            return shared + 0.1 + 0.3 * square(rate + 1.2) + 2
                * square(configuration.number("momentum") - 0.9)
        case .string("adam"):
            let beta = Double.log10(configuration.number("beta"))
            let decay = Double.log10(configuration.number("decay"))
            // Wider networks need smaller rates.
            return shared + 0.3 * square(rate + 3 + 0.2 * (width - 7)) + 0.1 * square(beta + 1)
                + 0.05 * square(decay + 4)
        default:
            return shared + 0.2 + 0.3 * square(rate + 2.5) + 3 * square(configuration.number("rho") - 0.95)
        }
    }
}

// MARK: Those on which defaults were chosen

extension TestFunction {
    static let sphere = TestFunction(name: "sphere", space: .cube(5, -5...10), minimum: 0) {
        $0.vector(5).reduce(0) { $0 + ($1 - 1.7) * ($1 - 1.7) }
    }

    static let rosenbrock = TestFunction(name: "rosenbrock", space: .cube(4, -2...2), minimum: 0) {
        let x = $0.vector(4)
        let value = (0..<3).reduce(0.0) { sum, i in
            let valley = x[i + 1] - x[i] * x[i]
            return sum + 100 * valley * valley + (1 - x[i]) * (1 - x[i])
        }
        return Double.log(onePlus: value)
    }

    static let ackley = TestFunction(name: "ackley", space: .cube(6, -10...20), minimum: 0) {
        let x = $0.vector(6).map { $0 - 2.3 }
        let squares = x.reduce(0) { $0 + $1 * $1 } / 6
        let waves = x.reduce(0) { $0 + Double.cos(2 * .pi * $1) } / 6
        return 20 + Double.exp(1) - 20 * Double.exp(-0.2 * squares.squareRoot()) - Double.exp(waves)
    }

    static let styblinski = TestFunction(name: "styblinski", space: .cube(5, -5...5), minimum: -195.83083) {
        $0.vector(5).reduce(0) { $0 + ($1 * $1 * $1 * $1 - 16 * $1 * $1 + 5 * $1) / 2 }
    }

    private static func levy(_ x: [Double]) -> Double {
        let w = x.map { 1 + ($0 - 1) / 4 }
        func square(_ x: Double) -> Double { x * x }
        let last = w[w.count - 1]
        let middle = w.dropLast().reduce(0) {
            $0 + square($1 - 1) * (1 + 10 * square(Double.sin(.pi * $1 + 1)))
        }
        return square(Double.sin(.pi * w[0])) + middle
            + square(last - 1) * (1 + square(Double.sin(2 * .pi * last)))
    }

    static let levy = TestFunction(name: "levy", space: .cube(4, -10...10), minimum: 0) {
        levy($0.vector(4))
    }

    static let noisyLevy = TestFunction(
        name: "noisy-levy", space: .cube(3, -10...10), minimum: 0, noise: 3
    ) { levy($0.vector(3)) }

    static let rastrigin = TestFunction(name: "rastrigin", space: .cube(5, -4...6), minimum: 0) {
        $0.vector(5).map { $0 - 0.7 }.reduce(0) { $0 + 10 + $1 * $1 - 10 * Double.cos(2 * .pi * $1) }
    }

    /// Four wells at random places, each with its own depth and its own steepness along each axis; one is the deepest.
    private static func wells(
        _ name: String, _ dimensions: Int, seed: UInt64, noise: Double = 0
    ) -> TestFunction {
        var random = Random(seed: seed, stream: 0)
        let wells = [1, 0.85, 0.7, 0.5].map { depth in
            (
                depth: depth, center: (0..<dimensions).map { _ in 0.1 + 0.8 * random.unit() },
                steepness: (0..<dimensions).map { _ in Double.exp(3 * random.unit()) }
            )
        }
        return TestFunction(name: name, space: .cube(dimensions, 0...1), minimum: -1, noise: noise) {
            let x = $0.vector(dimensions)
            return wells.reduce(0) { least, well in
                let exponent = x.indices.reduce(0) {
                    $0 + well.steepness[$1] * (x[$1] - well.center[$1]) * (x[$1] - well.center[$1])
                }
                return min(least, -well.depth * Double.exp(-exponent))
            }
        }
    }

    static let wells = [
        wells("wells4", 4, seed: 1), wells("wells6", 6, seed: 2), wells("wells6b", 6, seed: 5),
        wells("wells8", 8, seed: 3), wells("noisy-wells3", 3, seed: 4, noise: 0.1),
        wells("noisy-wells6", 6, seed: 6, noise: 0.1),
    ]

    /// The six-hump camel.
    static let camel = TestFunction(name: "camel", space: .box([-3...3, -2...2]), minimum: -1.031628) {
        let (x, y) = ($0.number("x1"), $0.number("x2"))
        return (4 - 2.1 * x * x + x * x * x * x / 3) * x * x + x * y + (-4 + 4 * y * y) * y * y
    }

    /// A choice of a branch, each with its own parameters, and whole numbers.
    static let layered = TestFunction(
        name: "layered",
        space: SearchSpace([
            Parameter(
                name: "branch", domain: .choice([.string("a"), .string("b"), .string("c"), .string("d")])),
            Parameter(name: "n", domain: .int(min: 1, max: 40, scale: .linear)),
            Parameter(name: "flag", domain: .choice([.bool(true), .bool(false)])),
            Parameter(
                name: "x1", domain: .float(min: -5, max: 5, scale: .linear),
                conditions: [Condition(parent: "branch", values: [.string("a"), .string("b")])]),
            Parameter(
                name: "x2", domain: .float(min: -5, max: 5, scale: .linear),
                conditions: [Condition(parent: "branch", values: [.string("a"), .string("b")])]),
            Parameter(
                name: "x3", domain: .float(min: 1e-3, max: 1e3, scale: .log),
                conditions: [Condition(parent: "branch", values: [.string("c"), .string("d")])]),
        ]), minimum: 0
    ) { configuration in
        let n = configuration.number("n")
        let shared = (n - 13) * (n - 13) / 50 + (configuration["flag"] == .bool(true) ? 0 : 1)
        let (x, y) = (configuration.number("x1"), configuration.number("x2"))
        let z = configuration.values["x3"] == nil ? 0 : Double.log10(configuration.number("x3"))
        return switch configuration["branch"] {
        case .string("a"): shared + (x - 1) * (x - 1) + (y + 2) * (y + 2) + (x - 1) * (y + 2)
        case .string("b"): shared + 0.5 + 0.5 * (x * x + y * y)
        case .string("c"): shared + 0.3 + 2 * abs(z - 1)
        default: shared + 1.5 + z * z
        }
    }
}

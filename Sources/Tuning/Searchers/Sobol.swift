/// Sobol' sequences: Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM Journal
/// on Scientific Computing 30 (2008), in Gray code order after Antonov and Saleev 1979. The first 2^m points fill the
/// unit cube more evenly than random ones.
///
/// Scrambled as in Matoušek 1998 ("On the L2-discrepancy for anchored boxes"): each dimension's digits are multiplied
/// by a random lower triangular matrix and shifted by random digits. This keeps the points as even, and makes each of
/// them uniform over the cube.
struct SobolSequence: Sendable {
    /// The number of binary digits of a coordinate; there are 2^32 points.
    static let digits = 32

    /// For each dimension, the direction numbers v₁ … v₃₂, with the first digit in the highest bit.
    private var directions: [[UInt32]]
    /// For each dimension, the digits by which all points are shifted.
    private var shifts: [UInt32]

    /// The sequence of Joe and Kuo; its first point is the origin.
    ///
    /// - Parameter dimensions: 0 to 256.
    init(dimensions: Int) {
        directions = (0..<dimensions).map { SobolSequence.directions(of: $0) }
        shifts = directions.map { _ in 0 }
    }

    /// The scrambled sequence.
    init(dimensions: Int, scrambledBy random: inout Random) {
        self.init(dimensions: dimensions)
        for dimension in directions.indices {
            let matrix = SobolSequence.lowerTriangular(&random)
            directions[dimension] = directions[dimension].map { SobolSequence.product(matrix, $0) }
            shifts[dimension] = UInt32(truncatingIfNeeded: random.bits() >> 32)
        }
    }

    /// The coordinates of a point, each from 0 (included) to 1 (excluded).
    ///
    /// - Parameter index: from 0; below 2^32.
    func point(_ index: Int) -> [Double] {
        let gray = UInt32(truncatingIfNeeded: index ^ (index >> 1))
        return directions.indices.map { dimension in
            var digits = shifts[dimension]
            var left = gray
            while left != 0 {
                digits ^= directions[dimension][left.trailingZeroBitCount]
                left &= left - 1
            }
            return Double(digits) * 0x1p-32
        }
    }

    /// v₁ … v₃₂ of a dimension, by the recurrence of its polynomial (Joe and Kuo 2008, equations 2 and 3).
    private static func directions(of dimension: Int) -> [UInt32] {
        if dimension == 0 { return (1...digits).map { 1 << (digits - $0) } }
        let numbers = SobolDirections.table[dimension - 1]
        let s = numbers.m.count
        var v = numbers.m.enumerated().map { $0.element << (digits - 1 - $0.offset) }
        for k in s..<digits {
            var next = v[k - s] ^ (v[k - s] >> s)
            for j in 1..<s where (numbers.a >> (s - 1 - j)) & 1 == 1 { next ^= v[k - j] }
            v.append(next)
        }
        return v
    }

    /// The rows of a lower triangular matrix of random binary digits with ones on its diagonal. Row 0 gives the first
    /// digit. As for digits, the first column is the highest bit.
    private static func lowerTriangular(_ random: inout Random) -> [UInt32] {
        (0..<digits).map { row in
            let diagonal: UInt32 = 1 << (digits - 1 - row)
            let drawn = UInt32(truncatingIfNeeded: random.bits() >> 32)
            return drawn & ~(diagonal | (diagonal - 1)) | diagonal
        }
    }

    /// The matrix applied to digits, modulo 2.
    private static func product(_ matrix: [UInt32], _ digits: UInt32) -> UInt32 {
        matrix.reduce(0) { $0 << 1 | UInt32(($1 & digits).nonzeroBitCount & 1) }
    }
}

/// Quasi-random search: trials take the points of a Sobol' sequence in order, with one dimension for each parameter.
///
/// Deviations:
/// - A point is skipped if its configuration was proposed before, which happens in spaces with few values, or is not
///   allowed.
/// - The coordinate of an inactive parameter is not used.
public struct SobolSearcher: Searcher {
    private let cube: UnitCube
    private let sequence: SobolSequence
    private let seed: UInt64
    private var index = 0
    private var proposed: ProposedConfigurations

    /// Quasi-random search over a space of at most 256 parameters.
    public init(space: SearchSpace, _ plan: SobolPlan) {
        cube = UnitCube(space)
        seed = plan.seed
        proposed = ProposedConfigurations(space)
        var random = Random(seed: plan.seed, stream: .max)
        let dimensions = cube.parameters.count
        sequence =
            plan.scramble
            ? SobolSequence(dimensions: dimensions, scrambledBy: &random)
            : SobolSequence(dimensions: dimensions)
    }

    /// The configuration at the next point; `nil` if all configurations were proposed.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        if proposed.isExhausted { return nil }
        for _ in 0..<TuningLimits.redraws {
            let point = sequence.point(index)
            index += 1
            let configuration = cube.configuration(quantiles: point)
            if proposed.insert(configuration) { return configuration }
        }
        var random = Random(seed: seed, stream: UInt64(truncatingIfNeeded: trial.number))
        return proposed.another(&random)
    }
}

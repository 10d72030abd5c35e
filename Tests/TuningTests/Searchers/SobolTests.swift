import Foundation
import Testing

@testable import Tuning

/// Sobol' sequences.
@Suite struct SobolTests {
    /// One line of Fixtures/sobol.txt, which SciPy has written.
    struct Point: Sendable, CustomTestStringConvertible {
        let dimensions: Int
        let index: Int
        /// The coordinates; of many, the first and the last four.
        let coordinates: [Double]

        var testDescription: String { "\(dimensions) dimensions, point \(index)" }

        static func all() throws -> [Point] {
            let url = try #require(
                Bundle.module.url(forResource: "sobol", withExtension: "txt", subdirectory: "Fixtures"))
            return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
                let numbers = try line.split(separator: " ").map { try #require(Double($0)) }
                return Point(
                    dimensions: Int(numbers[0]), index: Int(numbers[1]),
                    coordinates: numbers.dropFirst(2).map { $0 * 0x1p-30 })
            }
        }
    }

    @Test func `points are those of SciPy`() throws {
        let points = try Point.all()
        #expect(points.count == 104)
        for expected in points {
            let point = SobolSequence(dimensions: expected.dimensions).point(expected.index)
            #expect(point.count == expected.dimensions)
            let shown = point.count <= 8 ? point : Array(point.prefix(4) + point.suffix(4))
            #expect(shown == expected.coordinates, "\(expected)")
        }
    }

    @Test func `there are numbers for as many dimensions as a study may have parameters`() {
        #expect(SobolDirections.dimensions == 256)
        for (index, dimension) in SobolDirections.table.enumerated() {
            for (k, m) in dimension.m.enumerated() {
                #expect(m % 2 == 1 && m < 2 << k, "m \(k + 1) of dimension \(index + 2)")
            }
        }
    }

    static func scrambled(_ dimensions: Int, seed: UInt64) -> SobolSequence {
        var random = Random(seed: seed, stream: 0)
        return SobolSequence(dimensions: dimensions, scrambledBy: &random)
    }

    /// In base 2, each of the first 2^m points has its own interval of length 2^-m along every dimension.
    @Test(arguments: Seeds.upTo(5))
    func `scrambled or not, every interval has one point`(seed: UInt64) {
        for sequence in [SobolSequence(dimensions: 40), Self.scrambled(40, seed: seed)] {
            let points = (0..<256).map(sequence.point)
            for dimension in 0..<40 {
                let intervals = Set(points.map { Int($0[dimension] * 256) })
                #expect(
                    intervals.count == 256, "dimension \(dimension), \(Seeds.replay(seed, in: Self.self))")
            }
        }
    }

    /// The first two dimensions are a net: each rectangle of area 1/64 contains one of 64 points, whatever its shape.
    @Test(arguments: Seeds.upTo(5))
    func `in two dimensions every rectangle has one point`(seed: UInt64) {
        let sequence = Self.scrambled(2, seed: seed)
        let points = (0..<64).map(sequence.point)
        for columns in [1, 2, 4, 8, 16, 32, 64] {
            let rectangles = Set(
                points.map { Int($0[0] * Double(columns)) * 64 + Int($0[1] * Double(64 / columns)) })
            #expect(rectangles.count == 64, "\(columns) columns, \(Seeds.replay(seed, in: Self.self))")
        }
    }

    /// Warnock's formula for the L2 star discrepancy.
    static func discrepancy(_ points: [[Double]]) -> Double {
        let (n, d) = (Double(points.count), points[0].count)
        let single = points.reduce(0) { sum, x in sum + x.reduce(1) { $0 * (1 - $1 * $1) / 2 } }
        var double = 0.0
        for x in points {
            for y in points { double += (0..<d).reduce(1) { $0 * (1 - max(x[$1], y[$1])) } }
        }
        let cube = (0..<d).reduce(1.0) { product, _ in product / 3 }
        return (cube - 2 / n * single + double / (n * n)).squareRoot()
    }

    @Test(arguments: Seeds.upTo(5))
    func `scrambled points are more even than random ones`(seed: UInt64) {
        let sequence = Self.scrambled(5, seed: seed)
        var random = Random(seed: seed, stream: 1)
        let drawn = (0..<128).map { _ in (0..<5).map { _ in random.unit() } }
        let even = Self.discrepancy((0..<128).map(sequence.point))
        #expect(even < 0.8 * Self.discrepancy(drawn), Seeds.replay(seed, in: Self.self))
    }

    @Test func `each scrambled point is uniform`() {
        let draws = (0..<2_000).map { Self.scrambled(3, seed: UInt64($0)).point(5) }
        for dimension in 0..<3 {
            #expect(Statistics.kolmogorovSmirnovIsPlausible(draws.map { $0[dimension] }) { $0 })
        }
    }

    @Test func `trials take the points in turn`() {
        let space = SearchSpace(
            ["x", "y"].map { Parameter(name: $0, domain: .float(min: 0, max: 2, scale: .linear)) })
        var searcher = SobolSearcher(space: space, SobolPlan(seed: 0, scramble: false))
        let expected = [(0.0, 0.0), (1, 1), (1.5, 0.5), (0.5, 1.5)]
        for (number, (x, y)) in expected.enumerated() {
            #expect(
                searcher.propose(for: TrialID(number)) == Configuration(["x": .float(x), "y": .float(y)]))
        }
    }
}

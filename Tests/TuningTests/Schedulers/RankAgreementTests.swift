import Testing
import Tuning

/// How well one rung's ranking predicts the next, on pairs with a known correlation.
@Suite struct RankAgreementTests {
    private static func correlation(_ lower: [Double], _ upper: [Double]) -> Double {
        RankAgreement(rung: 0, pairs: zip(lower, upper).map { ($0, $1) }).correlation
    }

    @Test func `the same order is 1, the reverse −1, whatever the distances`() {
        #expect(Self.correlation([1, 2, 3, 4], [0.1, 7, 8, 1e9]) == 1)
        #expect(Self.correlation([1, 2, 3, 4], [3, 2, 1, -5]) == -1)
    }

    @Test func `by the formula 1 − 6·Σd²/(n·(n²−1)) where nobody ties`() {
        // d = 1, 1, 1, 1, 2: 1 − 6·8/120; d = 4, 1, 1, 1, 1: 1 − 6·20/120.
        #expect(abs(Self.correlation([1, 2, 3, 4, 5], [2, 1, 3, 6, 2.5]) - 0.6) < 1e-12)
        #expect(abs(Self.correlation([1, 2, 3, 4, 5], [5, 1, 2, 3, 4])) < 1e-12)
    }

    @Test func `equals share the mean of their ranks`() {
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5/√(4.5·5).
        #expect(abs(Self.correlation([1, 2, 2, 3], [1, 2, 3, 4]) - 4.5 / 22.5.squareRoot()) < 1e-12)
        #expect(Self.correlation([1, 1, 1], [1, 2, 3]) == 0)
        #expect(Self.correlation([], []) == 0)
    }

    @Test func `only where there are trials enough it is called poor`() {
        let (up, down) = ((1...8).map(Double.init), (1...8).map { -Double($0) })
        #expect(RankAgreement(rung: 0, pairs: zip(up, down).map { ($0, $1) }).isPoor)
        #expect(!RankAgreement(rung: 0, pairs: zip(up, up).map { ($0, $1) }).isPoor)
        #expect(!RankAgreement(rung: 0, pairs: zip(up, down).dropFirst().map { ($0, $1) }).isPoor)
    }
}

import Dispatching
import Testing

/// For any requests at any time.
@Suite struct TokenBucketTests {
    /// The greatest number of these moments within a span that ends at one of them, both ends included.
    private func busiest(_ moments: [Duration], _ span: Duration) -> Int {
        var first = 0
        var most = 0
        for (index, moment) in moments.enumerated() {
            while moment - moments[first] > span { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    @Test(arguments: [1, 2, 3, 20, 100], [nil, 1, 5, 1_000] as [Int?])
    func `no stretch has more takings than allowed, whoever asks as often as possible`(
        most: Int, depth: Int?
    ) {
        var bucket = TokenBucket(most: most, per: .seconds(3_600), depth: depth, at: .zero)
        var generator = SystemRandomNumberGenerator()
        var now = Duration.zero
        var taken: [Duration] = []
        while now < .seconds(6 * 3_600) {
            if bucket.take(at: now) { taken.append(now) }
            now += .milliseconds(Int.random(in: 1...20_000, using: &generator))
        }
        #expect(busiest(taken, .seconds(3_600)) <= most)
        // Little is wasted: most of the allowed requests are made, unless all may be made at once.
        if depth == nil { #expect(taken.count >= (most - 1) * 4) }
    }

    /// Which requests succeed.
    private func takings(_ bucket: inout TokenBucket, at moments: Duration...) -> [Bool] {
        moments.map { bucket.take(at: $0) }
    }

    @Test func `at once as often as it is deep, then one after the other`() {
        var bucket = TokenBucket(most: 20, per: .seconds(3_600), at: .zero)
        #expect(bucket.depth == 5)
        let first = takings(&bucket, at: .zero, .zero, .zero, .zero, .zero, .zero)
        #expect(first == [true, true, true, true, true, false])
        let wait = bucket.wait(at: .zero)
        #expect(wait == .seconds(225) + .milliseconds(1))
        let next = takings(&bucket, at: wait - .milliseconds(2), wait, wait)
        #expect(next == [false, true, false])
    }

    @Test func `what an earlier controller took counts`() {
        var bucket = TokenBucket(most: 4, per: .seconds(100), depth: 2, at: .zero)
        for second in [10, 20, 30] { bucket.record(at: .seconds(second)) }
        let next = takings(&bucket, at: .seconds(31))
        let wait = bucket.wait(at: .seconds(31))
        #expect(next == [false] && wait > .seconds(5))
    }

    @Test func `more than allowed is a debt`() {
        var bucket = TokenBucket(most: 1, per: .seconds(60), at: .zero)
        bucket.record(at: .zero)
        bucket.record(at: .zero)
        let wait = bucket.wait(at: .zero)
        #expect(wait > .seconds(120))
        let next = takings(&bucket, at: .seconds(61), .seconds(121))
        #expect(next == [false, true])
    }

    @Test func `a clock that stands still or goes back gives nothing`() {
        var bucket = TokenBucket(most: 2, per: .seconds(60), depth: 1, at: .seconds(10))
        let next = takings(&bucket, at: .seconds(10), .seconds(5), .seconds(10), .seconds(41))
        #expect(next == [true, false, false, true])
    }
}

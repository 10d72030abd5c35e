import Testing
import Tuning

@testable import Controller

@Suite struct ResourceTimeTests {
    @Test func `what is known of past assignments tells whether another one fits`() {
        var time = ResourceTime()
        #expect(time.fits(from: Resource(0), to: Resource(9), before: nil, now: 0))
        #expect(time.fits(from: Resource(0), to: Resource(9), before: 100, now: 0))
        time.learn(units: 3, seconds: 60)
        #expect(time.seconds == 20)
        #expect(time.fits(from: Resource(0), to: Resource(1), before: 100, now: 0))
        #expect(!time.fits(from: Resource(0), to: Resource(9), before: 100, now: 0))
        #expect(time.fits(from: Resource(0), to: Resource(9), before: 1_000, now: 0))
    }

    @Test func `later assignments weigh more, and none that tells nothing counts`() throws {
        var time = ResourceTime()
        time.learn(units: 1, seconds: 10)
        time.learn(units: 0, seconds: 5)
        time.learn(units: 1, seconds: -1)
        time.learn(units: 1, seconds: 20)
        #expect(try #require(time.seconds) == 12)
    }
}

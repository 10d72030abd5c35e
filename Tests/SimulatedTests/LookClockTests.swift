import Chance
import Spool
import Testing

@testable import Simulated

/// Looks into an inbox that is not empty come at the same moments as without the clock.
@Suite struct LookClockTests {
    /// Single looks, as by a controller whose pauses grow.
    private static func plainLook(
        notBefore moment: Duration, from start: Duration, pause: Duration, longest: Duration
    ) -> Duration {
        var pause = pause
        var look = start + pause
        while look < moment {
            pause = Looks.pause(after: pause, atMost: longest)
            look += pause
        }
        return look
    }

    @Test(arguments: 1...30)
    func `the first look that finds something is the one that would`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<50 {
            let start = Duration.milliseconds(Int.random(in: 0...10_000, using: &dice))
            let moment = start + .milliseconds(Int.random(in: 0...20_000, using: &dice))
            let pause = Duration.milliseconds(Int.random(in: 1...250, using: &dice))
            let longest = Duration.milliseconds(250)
            let expected = Self.plainLook(notBefore: moment, from: start, pause: pause, longest: longest)
            let look = LookClock.firstLook(
                notBefore: moment, from: start, pause: pause, longest: longest)
            #expect(look == expected, "from \(start) for \(moment), pause \(pause)")
        }
    }
}

import Spool

/// A virtual clock for code that looks for a file repeatedly: a controller for letters, a worker for its answer. A look
/// that finds nothing changes nothing, so such looks are skipped: a pause ends at the first look that finds something.
///
/// The skipped looks are those that would be taken: their pauses grow up to the longest one.
final class LookClock: TimeSource, @unchecked Sendable {
    // Unchecked because all access is from the simulation's one thread.
    private let time: VirtualTime
    private let longest: Duration
    /// Whether nothing waits to be found.
    private let isIdle: () -> Bool
    private var sleeper: Sleeper?

    private struct Sleeper {
        var start: Duration
        var pause: Duration
        var wake: () -> Void
    }

    init(time: VirtualTime, longest: Duration, isIdle: @escaping () -> Bool) {
        self.time = time
        self.longest = longest
        self.isIdle = isIdle
    }

    var now: Duration { time.now }
    var wallTime: Double { time.wallTime }

    func sleep(for duration: Duration) async {
        guard isIdle() else { return await time.sleep(for: duration) }
        let start = time.now
        await withCheckedContinuation { continuation in
            sleeper = Sleeper(start: start, pause: duration) { continuation.resume() }
        }
    }

    /// Something can be found from now on.
    func ring() {
        guard let sleeper else { return }
        self.sleeper = nil
        let look = LookClock.firstLook(
            notBefore: time.now, from: sleeper.start, pause: sleeper.pause, longest: longest)
        time.after(look - time.now, sleeper.wake)
    }

    /// The first look at or after a moment, if the pauses grow from `pause` to `longest`.
    static func firstLook(
        notBefore moment: Duration, from start: Duration, pause: Duration, longest: Duration
    ) -> Duration {
        var pause = max(pause, .milliseconds(1))
        var look = start + pause
        while look < moment, pause < longest {
            pause = Looks.pause(after: pause, atMost: longest)
            look += pause
        }
        guard look < moment else { return look }
        let rest = ((moment - look) / longest).rounded(.up)
        return look + longest * rest
    }
}

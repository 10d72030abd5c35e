import Spool

/// The clocks of one who looks for a file again and again, in virtual time: a controller for letters, a worker for its
/// answer. A look that finds nothing changes nothing, so those looks are left out: a pause ends at the moment of the
/// first look that finds something.
///
/// The looks that are left out are those that would be taken: pauses that double up to the longest one.
final class LookClock: TimeSource, @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    private let time: VirtualTime
    private let longest: Duration
    /// Whether nothing waits for a look.
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

    /// Something waits for a look from now on.
    func ring() {
        guard let sleeper else { return }
        self.sleeper = nil
        let look = LookClock.firstLook(
            notBefore: time.now, from: sleeper.start, pause: sleeper.pause, longest: longest)
        time.after(look - time.now, sleeper.wake)
    }

    /// The first look at or after a moment, when pauses double from `pause` up to `longest`.
    static func firstLook(
        notBefore moment: Duration, from start: Duration, pause: Duration, longest: Duration
    ) -> Duration {
        var pause = max(pause, .milliseconds(1))
        var look = start + pause
        while look < moment, pause < longest {
            pause = min(pause * 2, longest)
            look += pause
        }
        guard look < moment else { return look }
        let rest = ((moment - look) / longest).rounded(.up)
        return look + longest * rest
    }
}

/// The clocks of a machine: a monotonic one for waits, and the wall clock to show to people.
///
/// No decision uses wall time, because the clocks of nodes differ by minutes, and jump.
package protocol TimeSource: Sendable {
    /// The time since some fixed moment; it never decreases.
    var now: Duration { get }
    /// Seconds since 1970.
    var wallTime: Double { get }
    /// Waits; may return early if the task is cancelled.
    func sleep(for duration: Duration) async
}

/// The clocks of this machine.
package struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    /// The clocks of this machine.
    package init() {}

    /// The time since this process first asked.
    package var now: Duration { ContinuousClock.now - SystemTime.start }

    /// Seconds since 1970.
    package var wallTime: Double { Host.wallTime() }

    /// See `TimeSource.sleep`.
    package func sleep(for duration: Duration) async {
        // Cancellation ends the pause early; the code that cancels handles the rest.
        try? await Task.sleep(for: duration)
    }
}

/// The pauses of code that looks for a file repeatedly.
package enum Looks {
    /// The pause after one without success: a fifth longer, so that an early file is seen early and a late one costs
    /// few looks.
    package static func pause(after last: Duration, atMost longest: Duration) -> Duration {
        min(last * 6 / 5, longest)
    }
}

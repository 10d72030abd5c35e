/// The clocks of one machine: a monotonic one for waits, and the wall clock for people.
///
/// Nothing is ever decided by wall time: clocks of nodes differ by minutes, and jump.
package protocol TimeSource: Sendable {
    /// The time since some fixed moment; it never goes back.
    var now: Duration { get }
    /// Seconds since 1970.
    var wallTime: Double { get }
    /// Waits; it may return early when the task is cancelled.
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
        // Cancellation ends the pause early, and whoever cancelled says what it means.
        try? await Task.sleep(for: duration)
    }
}

/// The pauses of one who looks for a file again and again.
package enum Looks {
    /// The pause after one in which nothing came: longer by a fifth, so that what comes soon is seen soon, and what takes
    /// long costs few looks.
    package static func pause(after last: Duration, atMost longest: Duration) -> Duration {
        min(last * 6 / 5, longest)
    }
}

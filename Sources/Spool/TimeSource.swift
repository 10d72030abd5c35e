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

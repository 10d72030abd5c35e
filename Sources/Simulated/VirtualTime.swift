import Spool

/// One thread and one clock for everything in a simulation.
///
/// Tasks that prefer it as their executor run one at a time, in the order in which they became ready. If none is ready,
/// the clock jumps to the next moment that a task waits for. So a run is a function of its seed, and hours of waiting
/// cost nothing.
package final class VirtualTime: TaskExecutor, TimeSource, @unchecked Sendable {
    // Unchecked because all access is from the one thread that calls `run`.

    /// The time since the run began.
    package private(set) var now = Duration.zero
    private var ready: [UnownedJob] = []
    private var next = 0
    private var sleepers: [Sleeper] = []
    private var order = 0
    private var depth = 0

    private struct Sleeper {
        var time: Duration
        var order: Int
        var wake: () -> Void
    }

    /// A clock at the beginning of a run.
    package init() {}

    /// The wall time at the beginning of the run, in seconds since 1970: a day in 2026.
    package let epoch = 1_790_000_000.0
    /// Seconds since 1970.
    package var wallTime: Double { epoch + now.seconds }

    /// Adds a job that is ready to run.
    package func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

    /// See `TimeSource.sleep`.
    package func sleep(for duration: Duration) async {
        await withCheckedContinuation { continuation in
            at(now + max(duration, .zero)) { continuation.resume() }
        }
    }

    /// Calls `action` at a later moment.
    package func after(_ duration: Duration, _ action: @escaping () -> Void) {
        at(now + max(duration, .zero), action)
    }

    /// Starts a task in virtual time.
    package func start(_ action: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { await action() }
    }

    /// Runs everything until `isDone` returns true or nothing waits for a moment any more.
    package func run(until isDone: () -> Bool) {
        while !isDone(), step() {}
    }

    /// Stops the caller in the middle of a synchronous call while all others continue, like a process that the system
    /// suspends. Within another such pause it does nothing.
    package func suspendCaller(for duration: Duration) {
        guard depth == 0 else { return }
        depth += 1
        defer { depth -= 1 }
        let end = now + duration
        at(end) {}
        run(until: { now >= end })
    }

    /// Runs the next job, or moves the clock to the next moment that a task waits for.
    private func step() -> Bool {
        if next < ready.count {
            let job = ready[next]
            next += 1
            if next == ready.count { (ready, next) = ([], 0) }
            job.runSynchronously(on: asUnownedTaskExecutor())
            return true
        }
        guard let first = sleepers.first else { return false }
        removeFirst()
        now = max(now, first.time)
        first.wake()
        return true
    }

    // A binary heap by time, then by order.

    private func at(_ time: Duration, _ wake: @escaping () -> Void) {
        order += 1
        sleepers.append(Sleeper(time: time, order: order, wake: wake))
        var child = sleepers.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            sleepers.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func removeFirst() {
        sleepers.swapAt(0, sleepers.count - 1)
        sleepers.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < sleepers.count && isBefore(child, least) { least = child }
            if least == parent { return }
            sleepers.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (sleepers[left].time, sleepers[left].order) < (sleepers[right].time, sleepers[right].order)
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

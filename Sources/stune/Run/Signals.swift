import Synchronization
import UnixSignals

/// Requests to a controller by signals and by the end of its job's time.
final class Signals: Sendable {
    private struct State {
        var wasSent = false
        var isTimeUp = false
        var isTimeNear = false
        var lastWords = ""
    }

    private let state = Mutex(State())

    /// Whether the controller should stop.
    var isToStop: Bool { state.withLock { $0.wasSent || $0.isTimeUp } }

    /// Whether someone asked it to stop by SIGTERM or SIGINT.
    var wasSent: Bool { state.withLock { $0.wasSent } }

    /// Asks it to stop because its job's time is up.
    func stopForTime() { state.withLock { $0.isTimeUp = true } }

    /// Whether Slurm has signalled since the last call that the time may be nearly up: SIGUSR1.
    func takeHint() -> Bool {
        state.withLock { state in
            defer { state.isTimeNear = false }
            return state.isTimeNear
        }
    }

    /// Prints a message to standard error, unless it was the last one printed here.
    func tellOnce(_ words: String) {
        let isNew = state.withLock { state in
            defer { state.lastWords = words }
            return state.lastWords != words
        }
        if isNew { say(words) }
    }

    /// Handles signals from now on, until the process ends.
    func listen() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigusr1)
        Task {
            for await signal in signals {
                state.withLock { state in
                    if signal == .sigusr1 { state.isTimeNear = true } else { state.wasSent = true }
                }
            }
        }
    }
}

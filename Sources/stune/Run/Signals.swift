import Synchronization
import UnixSignals

/// What signals, and the end of the job's time, ask of a controller.
final class Signals: Sendable {
    private struct State {
        var wasSent = false
        var isTimeUp = false
        var isTimeNear = false
        var lastWords = ""
    }

    private let state = Mutex(State())

    /// Whether the controller is to stop.
    var isToStop: Bool { state.withLock { $0.wasSent || $0.isTimeUp } }

    /// Whether someone has asked it to stop: SIGTERM, SIGINT.
    var wasSent: Bool { state.withLock { $0.wasSent } }

    /// Asks it to stop, because the time of its job is up.
    func stopForTime() { state.withLock { $0.isTimeUp = true } }

    /// Whether Slurm has hinted since this was last asked that the time may be near: SIGUSR1.
    func takeHint() -> Bool {
        state.withLock { state in
            defer { state.isTimeNear = false }
            return state.isTimeNear
        }
    }

    /// Says something on standard error, unless it was the last thing said here.
    func tellOnce(_ words: String) {
        let isNew = state.withLock { state in
            defer { state.lastWords = words }
            return state.lastWords != words
        }
        if isNew { say(words) }
    }

    /// Listens to signals from now on, until the process ends.
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

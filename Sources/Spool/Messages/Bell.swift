import Dispatch
import Synchronization

/// Wakes one who waits: when it is rung, or when the time is over. A ring that nobody has heard ends the next wait at once.
package final class Bell: Sendable {
    private struct State {
        var wasRung = false
        var round = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private static let queue = DispatchQueue(label: "stune.bell")

    /// A bell that nobody has rung.
    package init() {}

    /// Rings.
    package func ring() { wake(nil) }

    /// Waits until it has been rung since the last wait, at most this long.
    package func wait(atMost limit: Duration) async {
        await withCheckedContinuation { continuation in
            let round = state.withLock { state -> Int? in
                guard !state.wasRung else {
                    state.wasRung = false
                    return nil
                }
                state.round += 1
                state.waiter = continuation
                return state.round
            }
            guard let round else { return continuation.resume() }
            Bell.queue.asyncAfter(deadline: .now() + limit / .seconds(1)) { [weak self] in self?.wake(round)
            }
        }
    }

    /// It was rung, or the time of a round is over.
    private func wake(_ round: Int?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter, round == nil || round == state.round else {
                if round == nil { state.wasRung = true }
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }
}

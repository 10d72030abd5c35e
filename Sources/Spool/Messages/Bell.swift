import Dispatch
import Synchronization

/// Wakes a waiting task when the bell is rung or its time is over. A ring that nobody waits for ends the next wait at
/// once.
package final class Bell: Sendable {
    private struct State {
        var wasRung = false
        var round = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private static let queue = DispatchQueue(label: "stune.bell")

    /// A bell that was not rung.
    package init() {}

    /// Rings.
    package func ring() { wake(nil) }

    /// Waits until the bell is rung, at most this long. A ring since the last wait counts.
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

    /// The bell was rung, or the time of a round is over.
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

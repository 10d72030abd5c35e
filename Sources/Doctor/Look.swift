import Dispatch
import Synchronization

/// The result of a look.
package enum Answer<Value: Sendable>: Sendable {
    /// The value.
    case found(Value)
    /// It failed, with this message.
    case failed(String)
    /// No answer came within this many seconds.
    case late(Int)
    /// What was to be asked does not exist.
    case absent

    /// The value; `nil` if there is none.
    package var value: Value? { if case .found(let value) = self { value } else { nil } }

    /// The answer with its value changed.
    package func map<New>(_ change: (Value) -> New) -> Answer<New> {
        switch self {
        case .found(let value): .found(change(value))
        case .failed(let words): .failed(words)
        case .late(let seconds): .late(seconds)
        case .absent: .absent
        }
    }
}

extension Answer: Equatable where Value: Equatable {}

/// Looks with a time limit. A look that hangs is abandoned, because a file system that does not answer cannot be
/// interrupted.
package enum Look {
    /// Runs `body`, and waits for it at most this many seconds.
    ///
    /// - Returns: its result; `.failed` with the message of its error.
    package static func within<Value: Sendable>(
        seconds: Int, _ body: @escaping @Sendable () async throws -> Value
    ) async -> Answer<Value> {
        await first(seconds) { give in
            let task = Task {
                do { give(.found(try await body())) } catch { give(.failed("\(error)")) }
            }
            return { task.cancel() }
        }
    }

    /// The same for what blocks its thread.
    package static func blocking<Value: Sendable>(
        seconds: Int, _ body: @escaping @Sendable () throws -> Value
    ) async -> Answer<Value> {
        await first(seconds) { give in
            DispatchQueue.global().async {
                do { give(.found(try body())) } catch { give(.failed("\(error)")) }
            }
            return {}
        }
    }

    /// The first of an answer and the end of the time.
    ///
    /// - Parameter start: starts the look, and returns how to tell it to stop.
    private static func first<Value: Sendable>(
        _ seconds: Int, _ start: (@escaping @Sendable (Answer<Value>) -> Void) -> @Sendable () -> Void
    ) async -> Answer<Value> {
        let box = Waiting<Value>()
        return await withCheckedContinuation { continuation in
            box.continuation.withLock { $0 = continuation }
            let give: @Sendable (Answer<Value>) -> Void = { answer in
                let continuation = box.continuation.withLock { waiting in
                    defer { waiting = nil }
                    return waiting
                }
                continuation?.resume(returning: answer)
            }
            let stop = start(give)
            // A queue of its own: the threads of tasks may all be held by what hangs.
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
                give(.late(seconds))
                stop()
            }
        }
    }

    /// Who waits for an answer; `nil`: nobody any more.
    private final class Waiting<Value: Sendable>: Sendable {
        let continuation = Mutex<CheckedContinuation<Answer<Value>, Never>?>(nil)
    }
}

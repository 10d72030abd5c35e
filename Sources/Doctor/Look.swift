import Dispatch
import Synchronization

/// What a look found.
package enum Answer<Value: Sendable>: Sendable {
    /// This.
    case found(Value)
    /// It failed, with these words.
    case failed(String)
    /// There was no answer within so many seconds.
    case late(Int)
    /// What was to be asked is not there.
    case absent

    /// The value; `nil`: there is none.
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

/// Looks with a time limit. What hangs is left behind: a file system that does not answer cannot be told to stop.
package enum Look {
    /// Does `body`, and waits no longer than so many seconds for it.
    ///
    /// - Returns: what it gave; `.failed` with the words of what it threw.
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

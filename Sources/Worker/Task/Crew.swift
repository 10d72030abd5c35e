import Synchronization

/// The lanes of a task, for asking all of them to leave. It exists before the lanes are known, while the task still
/// looks for its manifest.
final class Crew: Sendable {
    private struct State {
        var lanes: [Departure] = []
        var grace: Grace?
        var work: Task<Result<[TaskRun.Outcome], WorkerError>, Never>?
        var why: WorkerError?
    }

    private let state = Mutex(State())

    /// Whether the task was asked to leave.
    var isAsked: Bool { state.withLock { $0.grace != nil } }
    /// Why no more work can be done in the study; `nil` if it can.
    var whyAbandoned: WorkerError? { state.withLock { $0.why } }

    /// Takes the Swift task that runs the lanes.
    func started(_ work: Task<Result<[TaskRun.Outcome], WorkerError>, Never>) {
        let isToEnd = state.withLock { state in
            state.work = work
            return state.why != nil || state.grace != nil && state.lanes.isEmpty
        }
        if isToEnd { work.cancel() }
    }

    /// Takes the lanes, now that they are known.
    func join(_ lanes: [Departure]) {
        let (grace, why) = state.withLock { state in
            state.lanes = lanes
            return (state.grace, state.why)
        }
        for lane in lanes {
            if let grace { lane.ask(grace) }
            if let why { lane.abandon("\(why)") }
        }
    }

    /// Asks all lanes to leave. A task that has no lanes yet stops looking for its manifest.
    func ask(_ grace: Grace) {
        let (lanes, work) = state.withLock { state in
            state.grace = grace
            return (state.lanes, state.work)
        }
        if lanes.isEmpty { work?.cancel() }
        for lane in lanes { lane.ask(grace) }
    }

    /// Ends all commands at once.
    func abandon(_ why: WorkerError) {
        let (lanes, work) = state.withLock { state in
            state.why = why
            return (state.lanes, state.work)
        }
        for lane in lanes { lane.abandon("\(why)") }
        work?.cancel()
    }
}

import Synchronization

/// The lanes of a task, for whoever tells all of them to leave: also before they are known, while the task still looks for
/// its manifest.
final class Crew: Sendable {
    private struct State {
        var lanes: [Departure] = []
        var grace: Grace?
        var work: Task<Result<[TaskRun.Outcome], WorkerError>, Never>?
        var why: WorkerError?
    }

    private let state = Mutex(State())

    /// Whether the task is to leave.
    var isAsked: Bool { state.withLock { $0.grace != nil } }
    /// Why nothing more can be done in the study; `nil`: it can.
    var whyAbandoned: WorkerError? { state.withLock { $0.why } }

    /// What carries the lanes out.
    func started(_ work: Task<Result<[TaskRun.Outcome], WorkerError>, Never>) {
        let isToEnd = state.withLock { state in
            state.work = work
            return state.why != nil || state.grace != nil && state.lanes.isEmpty
        }
        if isToEnd { work.cancel() }
    }

    /// The lanes are known.
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

    /// Has all lanes leave. A task that has none yet looks no longer for its manifest.
    func ask(_ grace: Grace) {
        let (lanes, work) = state.withLock { state in
            state.grace = grace
            return (state.lanes, state.work)
        }
        if lanes.isEmpty { work?.cancel() }
        for lane in lanes { lane.ask(grace) }
    }

    /// Ends everything at once.
    func abandon(_ why: WorkerError) {
        let (lanes, work) = state.withLock { state in
            state.why = why
            return (state.lanes, state.work)
        }
        for lane in lanes { lane.abandon("\(why)") }
        work?.cancel()
    }
}

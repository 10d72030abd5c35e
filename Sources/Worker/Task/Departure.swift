import Spool
import Synchronization

/// Whether a lane is to leave, and the command that has to be told: known from the task's begin to its end, however
/// many commands the lane runs.
final class Departure: Sendable {
    private struct State {
        var grace: Grace?
        var asker: AttemptLog.Asker?
        var isClosed = false
        /// Why its commands are ended at once.
        var whyAbandoned: String?
        var command: (running: RunningCommand, files: AttemptFiles)?
    }

    private let state = Mutex(State())
    private let deadline: Deadline
    private let note: @Sendable (String) -> Void

    init(deadline: Deadline, note: @escaping @Sendable (String) -> Void) {
        self.deadline = deadline
        self.note = note
    }

    /// Whether the task is to leave.
    var isAsked: Bool { state.withLock { $0.grace != nil } }
    /// Who has asked the task to leave; `nil`: nobody has.
    var asker: AttemptLog.Asker? { state.withLock { $0.asker } }
    /// Whether the lane may take other work when its own is done.
    var mayTakeMore: Bool { state.withLock { $0.grace == nil && !$0.isClosed } }

    /// How many seconds the task has until it is to leave; `nil`: its end is not known.
    var secondsLeft: Double? {
        deadline.leave.map { max(0, ($0 - .now) / .seconds(1)) }
    }

    /// From now on this command is told, at once if the task is to leave already.
    func tell(_ running: RunningCommand, _ files: AttemptFiles) {
        let (grace, why) = state.withLock { state in
            state.command = (running, files)
            return (state.grace, state.whyAbandoned)
        }
        if let grace { running.leave(files, grace, note) }
        if let why { running.stop(why) }
    }

    /// Ends the lane's command at once, and has it take no more work: nothing can be done in its study any more.
    func abandon(_ why: String) {
        let command = state.withLock { state in
            state.isClosed = true
            state.whyAbandoned = why
            return state.command
        }
        command?.running.stop(why)
    }

    /// Has the lane take no more work.
    func close() { state.withLock { $0.isClosed = true } }

    /// Has the lane leave.
    func ask(_ grace: Grace) {
        let command = state.withLock { state in
            state.grace = grace
            // What the cluster says has more weight than the clock, whichever came first.
            if state.asker != .cluster { state.asker = grace == .told ? .cluster : .clock }
            return state.command
        }
        if let command { command.running.leave(command.files, grace, note) }
    }
}

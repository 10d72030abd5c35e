import Spool
import Synchronization

/// Whether a lane is to leave, and which command to ask: one object from the task's start to its end, however many
/// commands the lane runs.
final class Departure: Sendable {
    private struct State {
        var grace: Grace?
        var asker: AttemptLog.Asker?
        var isClosed = false
        /// Why the lane's commands are ended at once; `nil` if they are not.
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

    /// Whether the task was asked to leave.
    var isAsked: Bool { state.withLock { $0.grace != nil } }
    /// Who asked the task to leave; `nil` for nobody.
    var asker: AttemptLog.Asker? { state.withLock { $0.asker } }
    /// Whether the lane may take other work after its own.
    var mayTakeMore: Bool { state.withLock { $0.grace == nil && !$0.isClosed } }

    /// The seconds until the task must leave; `nil` if its end is not known.
    var secondsLeft: Double? {
        deadline.leave.map { max(0, ($0 - .now) / .seconds(1)) }
    }

    /// From now on, requests to leave go to this command; at once if the task was asked already.
    func tell(_ running: RunningCommand, _ files: AttemptFiles) {
        let (grace, why) = state.withLock { state in
            state.command = (running, files)
            return (state.grace, state.whyAbandoned)
        }
        if let grace { running.leave(files, grace, note) }
        if let why { running.stop(why) }
    }

    /// Ends the lane's command at once and closes the lane: no more work can be done in its study.
    func abandon(_ why: String) {
        let command = state.withLock { state in
            state.isClosed = true
            state.whyAbandoned = why
            return state.command
        }
        command?.running.stop(why)
    }

    /// Lets the lane take no more work.
    func close() { state.withLock { $0.isClosed = true } }

    /// Asks the lane to leave.
    func ask(_ grace: Grace) {
        let command = state.withLock { state in
            state.grace = grace
            // The cluster's word outweighs the clock's, whichever came first.
            if state.asker != .cluster { state.asker = grace == .told ? .cluster : .clock }
            return state.command
        }
        if let command { command.running.leave(command.files, grace, note) }
    }
}

import Spool
import Synchronization

/// Whether a task is to leave, and the command that has to be told: known from the task's begin to its end, however
/// many commands it runs.
final class Departure: Sendable {
    private struct State {
        var grace: Grace?
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

    /// How many seconds the task has until it is to leave; `nil`: its end is not known.
    var secondsLeft: Double? {
        deadline.leave.map { max(0, ($0 - .now) / .seconds(1)) }
    }

    /// From now on this command is told, at once if the task is to leave already.
    func tell(_ running: RunningCommand, _ files: AttemptFiles) {
        let grace = state.withLock { state in
            state.command = (running, files)
            return state.grace
        }
        if let grace { running.leave(files, grace, note) }
    }

    /// Has the task leave when the clock or a signal says so.
    func watch(_ leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable) async {
        await withTaskGroup { group in
            group.addTask {
                guard let moment = self.deadline.leave else { return }
                do {
                    try await Task.sleep(until: moment, clock: .continuous)
                } catch {
                    // The task is over before its time.
                    return
                }
                self.note("the time limit is near")
                self.ask(.before(self.deadline.notice))
            }
            group.addTask {
                for await request in leaveRequests {
                    switch request {
                    case .now: self.ask(.told)
                    case .warning where self.deadline.isNews(at: .now):
                        self.note("Slurm warns of the end")
                        self.ask(.before(self.deadline.notice))
                    case .warning: break
                    }
                }
            }
        }
    }

    private func ask(_ grace: Grace) {
        let command = state.withLock { state in
            state.grace = grace
            return state.command
        }
        if let command { command.running.leave(command.files, grace, note) }
    }
}

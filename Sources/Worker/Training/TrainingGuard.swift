import CGuard
import Synchronization

/// Ends the training commands of this process should it be killed by SIGKILL, which it cannot do itself: a fork of this
/// process waits for that, and else for nothing.
package enum TrainingGuard {
    private static let state = Mutex<(line: Int32, process: Int32)?>(nil)
    /// How long a command whose worker was killed has from SIGTERM to SIGKILL, in tenths of a second.
    private static let tenths: Int32 = 30

    /// Starts the guard: called once, before any command. Without one, as on a system that knows no fork, commands are as
    /// they were.
    package static func start() {
        state.withLock { state in
            guard state == nil else { return }
            var process: Int32 = 0
            let line = guard_start(CommandLine.argc, CommandLine.unsafeArgv, tenths, &process)
            if line >= 0 { state = (line, process) }
        }
    }

    /// Ends the guard: all commands have ended.
    package static func stop() {
        let ended = state.withLock { state in
            defer { state = nil }
            return state
        }
        if let ended { guard_stop(ended.line, ended.process) }
    }

    /// A command runs in this process group.
    static func begin(_ group: Int32) { tell(group, 1) }

    /// A command's process group is gone.
    static func end(_ group: Int32) { tell(group, 0) }

    private static func tell(_ group: Int32, _ runs: Int32) {
        state.withLock { state in
            // One that is gone guards nothing, and changes nothing for those who work.
            if let line = state?.line { _ = guard_tell(line, group, runs) }
        }
    }
}

import CGuard
import Synchronization

/// Ends the training commands of this process if it is killed by SIGKILL, which it cannot handle itself. A fork of this
/// process waits for that and does nothing else.
package enum TrainingGuard {
    private static let state = Mutex<(line: Int32, process: Int32)?>(nil)
    /// The time between SIGTERM and SIGKILL for a command whose worker was killed, in tenths of a second.
    private static let tenths: Int32 = 30

    /// Starts the guard; call it once, before any command. On a system without fork there is no guard, and commands run
    /// without one.
    package static func start() {
        state.withLock { state in
            guard state == nil else { return }
            var process: Int32 = 0
            let line = guard_start(CommandLine.argc, CommandLine.unsafeArgv, tenths, &process)
            if line >= 0 { state = (line, process) }
        }
    }

    /// Stops the guard, when all commands have ended.
    package static func stop() {
        let ended = state.withLock { state in
            defer { state = nil }
            return state
        }
        if let ended { guard_stop(ended.line, ended.process) }
    }

    /// Guards the command in this process group.
    static func begin(_ group: Int32) { tell(group, 1) }

    /// Guards this process group no longer; it is gone.
    static func end(_ group: Int32) { tell(group, 0) }

    private static func tell(_ group: Int32, _ runs: Int32) {
        state.withLock { state in
            // If the guard is gone, commands run unguarded; nothing else changes.
            if let line = state?.line { _ = guard_tell(line, group, runs) }
        }
    }
}

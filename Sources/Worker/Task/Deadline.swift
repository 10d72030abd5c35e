import Spool

/// How long a task may run, and when its command is asked to save and leave.
///
/// Slurm's own warning (SIGUSR1) may come a minute early, which may be a short task's whole time. So the worker uses
/// the clock if it knows when the task ends, and treats the warning as a hint.
package struct Deadline: Hashable, Sendable {
    /// How early Slurm may send its warning, with a margin for a busy slurmctld.
    private static let earliness = Duration.seconds(90)

    /// When to ask the command to leave; `nil` if the end is not known.
    package let leave: ContinuousClock.Instant?
    /// How long the command has to leave.
    package let notice: Duration

    /// The deadline of this process.
    ///
    /// - Parameters:
    ///   - limit: the task's time limit in seconds, as submitted.
    ///   - asked: how many seconds before its end the task is to leave; `nil` for the default.
    ///   - environment: since Slurm 23.02 it has the job's start and end. Only their difference is used, because they
    ///     come from another machine's clock.
    ///   - age: how long this process has run, including the lines of the script before the worker.
    package init(
        limit: Int?, asked: Int?, environment: [String: String], age: Duration,
        now: ContinuousClock.Instant = .now
    ) {
        let (start, end) = (environment["SLURM_JOB_START_TIME"], environment["SLURM_JOB_END_TIME"])
        let whole = start.flatMap(Int.init).flatMap { start in
            end.flatMap(Int.init).flatMap { $0 > start ? $0 - start : nil }
        }
        let seconds = LeaveTime.seconds(asked: asked, limit: whole ?? limit)
        notice = .seconds(seconds)
        leave = (whole ?? limit).map { now + .seconds($0 - seconds) - age }
    }

    /// Whether a warning at this moment adds to what the clock says: the end is not known, or is so far away that the
    /// warning has another cause, such as a shortened limit or a preemption.
    package func isNews(at now: ContinuousClock.Instant) -> Bool {
        guard let leave else { return true }
        return leave - now > Deadline.earliness
    }
}

/// Why a command should leave.
package enum LeaveRequest: Hashable, Sendable {
    /// The task is cancelled, preempted or at its end: SIGTERM or SIGINT.
    case now
    /// Slurm's warning before the end: SIGUSR1.
    case warning
    /// The controller has seen that the task is being preempted and has some time left: SIGUSR2.
    case soon
}

/// How long after the request to leave a command gets SIGTERM, then SIGKILL.
package struct Grace: Hashable, Sendable {
    let term: Duration
    let kill: Duration

    /// For a task that Slurm has told to end. Slurm kills it after KillWait, 30 s by default.
    package static let told = Grace(term: WorkerLimits.leaveGrace, kill: WorkerLimits.leaveGrace * 2)

    /// For a task that still has some time. The last tenth is kept for the last letter.
    package static func before(_ notice: Duration) -> Grace {
        Grace(term: notice * 9 / 20, kill: notice * 9 / 10)
    }
}

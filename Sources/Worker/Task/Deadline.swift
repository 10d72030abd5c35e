import Spool

/// Until when a task may run, and when its command is told to save and leave.
///
/// Slurm's own warning (SIGUSR1) may come a minute early, which is all a task of a minute has. So the worker goes by
/// the clock where it knows the end, and takes the warning for a hint.
package struct Deadline: Hashable, Sendable {
    /// How early Slurm may send its warning, with time to spare for a busy slurmctld.
    private static let earliness = Duration.seconds(90)

    /// When the command is told; `nil`: the end is not known.
    package let leave: ContinuousClock.Instant?
    /// How long it then has.
    package let notice: Duration

    /// The deadline of this process.
    ///
    /// - Parameters:
    ///   - limit: the task's time limit in seconds, as it was submitted.
    ///   - asked: how many seconds before its end the task is to leave; `nil`: as many as are usual.
    ///   - environment: from Slurm 23.02 on it says when the job began and ends. Only the time between the two counts:
    ///     the clock is another machine's.
    ///   - age: how long this process has run, the script's lines before the worker included.
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

    /// Whether a warning at this moment says more than the clock: the end is not known, or was so far away that
    /// the warning means something else, as a shorter limit or a preemption.
    package func isNews(at now: ContinuousClock.Instant) -> Bool {
        guard let leave else { return true }
        return leave - now > Deadline.earliness
    }
}

/// What asks a command to leave.
package enum LeaveRequest: Hashable, Sendable {
    /// The task is cancelled, preempted or at its end: SIGTERM, SIGINT.
    case now
    /// Slurm's warning before the end: SIGUSR1.
    case warning
    /// The controller has seen that the task is being preempted, with some time to leave: SIGUSR2.
    case soon
}

/// How long after it was asked to leave a command is told by SIGTERM, and killed.
package struct Grace: Hashable, Sendable {
    let term: Duration
    let kill: Duration

    /// For a task that Slurm has told to end: it kills after KillWait, 30 s by default.
    package static let told = Grace(term: WorkerLimits.leaveGrace, kill: WorkerLimits.leaveGrace * 2)

    /// For a task that still has some time; the last tenth of it is for the last letter.
    package static func before(_ notice: Duration) -> Grace {
        Grace(term: notice * 9 / 20, kill: notice * 9 / 10)
    }
}

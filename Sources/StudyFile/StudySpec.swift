package import Spool
package import Tuning

/// A study as its file describes it. The parser has checked every value's range and form.
package struct StudySpec: Hashable, Codable, Sendable {
    /// The study's name.
    package var name: String
    /// What decisions depend on.
    package var plan: Plan
    /// The training command.
    package var command: CommandTemplate
    /// What each task asks of Slurm.
    package var batch: BatchOptions
    /// How long after Slurm has said that a task ended its last report is waited for, in seconds, before
    /// the task counts as lost. The local cluster needs no such time.
    package var settleSeconds: Int

    /// A study from its parts.
    package init(
        name: String, plan: Plan, command: CommandTemplate, batch: BatchOptions = BatchOptions(),
        settleSeconds: Int = Defaults.settleSeconds
    ) {
        self.name = name
        self.plan = plan
        self.command = command
        self.batch = batch
        self.settleSeconds = settleSeconds
    }
}

package import Spool
package import Tuning

/// A study as its file describes it. The parser has checked every value's range and form.
package struct StudySpec: Hashable, Codable, Sendable {
    /// The study's name.
    package var name: String
    /// The settings that decisions depend on.
    package var plan: Plan
    /// The training command.
    package var command: CommandTemplate
    /// The resources that each task requests from Slurm.
    package var batch: BatchOptions
    /// What a task's worker does after an assignment.
    package var execution: Execution
    /// At which multiples of the resource training code also saves; `nil` to save only when necessary.
    package var saveEvery: Int?
    /// How long to wait for a task's last report after Slurm says that the task ended, in seconds, before the task
    /// counts as lost. Not used with the local cluster.
    package var settleSeconds: Int
    /// The separate directory of each trial; `nil` if all commands start in the study file's directory.
    package var workspace: Workspace?
    /// Where the command shows its metrics, if it does not report them.
    package var reports: ReportSource?
    /// The container that commands run in; `nil` for none.
    package var container: Container?
    /// How much time and how much of the cluster the study may use; `nil` for no limit.
    package var stop: StopLimits?
    /// What happens to the commands' output files; `nil`: they are packed.
    package var outputs: Outputs?
    /// The paths of the prior results that the study began with, as its file names them; `nil`: none.
    package var priorResults: [String]?

    /// What happens to the output files of finished commands.
    package enum Outputs: String, Hashable, Codable, Sendable, CaseIterable {
        /// Many files are packed into one.
        case packed
        /// They stay as they are.
        case files
    }

    /// A study from its parts.
    package init(
        name: String, plan: Plan, command: CommandTemplate, batch: BatchOptions = BatchOptions(),
        execution: Execution = Execution(), saveEvery: Int? = nil,
        settleSeconds: Int = Defaults.settleSeconds, stop: StopLimits? = nil, workspace: Workspace? = nil,
        reports: ReportSource? = nil, outputs: Outputs? = nil, container: Container? = nil,
        priorResults: [String]? = nil
    ) {
        self.name = name
        self.plan = plan
        self.command = command
        self.batch = batch
        self.execution = execution
        self.saveEvery = saveEvery
        self.settleSeconds = settleSeconds
        self.stop = stop
        self.workspace = workspace
        self.reports = reports
        self.outputs = outputs
        self.container = container
        self.priorResults = priorResults
    }

    /// Reads a study that was accepted before, by this version or an older one.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        plan = try fields.decode(Plan.self, forKey: .plan)
        command = try fields.decode(CommandTemplate.self, forKey: .command)
        batch = try fields.decode(BatchOptions.self, forKey: .batch)
        // Early versions had one task for each assignment and no field for it.
        execution =
            try fields.decodeIfPresent(Execution.self, forKey: .execution) ?? Execution(mode: .rung)
        saveEvery = try fields.decodeIfPresent(Int.self, forKey: .saveEvery)
        settleSeconds = try fields.decode(Int.self, forKey: .settleSeconds)
        stop = try fields.decodeIfPresent(StopLimits.self, forKey: .stop)
        workspace = try fields.decodeIfPresent(Workspace.self, forKey: .workspace)
        reports = try fields.decodeIfPresent(ReportSource.self, forKey: .reports)
        outputs = try fields.decodeIfPresent(Outputs.self, forKey: .outputs)
        container = try fields.decodeIfPresent(Container.self, forKey: .container)
        priorResults = try fields.decodeIfPresent([String].self, forKey: .priorResults)
    }
}

/// What a task's worker does after an assignment.
package struct Execution: Hashable, Codable, Sendable {
    /// The ways to run a study.
    package enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// Each assignment has its own task.
        case rung
        /// A trial that is promoted at once continues in its process; otherwise the task ends.
        case `continue`
        /// The same, and a task takes other work after its own.
        case reuse
        /// Like `reuse` if the queue wait is long compared with the work, else like `continue`; stune measures both.
        case auto
    }

    /// The way to run the study.
    package var mode: Mode
    /// How many seconds a worker waits for an answer.
    package var lingerSeconds: Int
    /// How many assignments a task runs side by side; at least 1.
    package var slotsPerTask: Int

    /// An execution from its parts.
    package init(
        mode: Mode = Defaults.mode, lingerSeconds: Int = Defaults.lingerSeconds,
        slotsPerTask: Int = Defaults.slotsPerTask
    ) {
        self.mode = mode
        self.lingerSeconds = lingerSeconds
        self.slotsPerTask = slotsPerTask
    }

    /// Reads an execution that was accepted before, by this version or an older one.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        mode = try fields.decode(Mode.self, forKey: .mode)
        lingerSeconds = try fields.decode(Int.self, forKey: .lingerSeconds)
        slotsPerTask = try fields.decodeIfPresent(Int.self, forKey: .slotsPerTask) ?? Defaults.slotsPerTask
    }

    /// The instruction to workers in manifests.
    package var stay: Manifest.Stay? {
        mode == .rung ? nil : Manifest.Stay(reuse: mode != .continue, seconds: lingerSeconds)
    }
}

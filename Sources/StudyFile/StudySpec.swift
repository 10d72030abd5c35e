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
    /// What a task's worker does when an assignment is done.
    package var execution: Execution
    /// At which multiples of the resource training code is to save besides; `nil`: only when it has to.
    package var saveEvery: Int?
    /// How long after Slurm has said that a task ended its last report is waited for, in seconds, before
    /// the task counts as lost. The local cluster needs no such time.
    package var settleSeconds: Int
    /// The directory of its own that each trial has; `nil`: all commands start where the study file lies.
    package var workspace: Workspace?
    /// Where the command shows its metrics, if it does not report them itself.
    package var reports: ReportSource?
    /// What the study may use of time and of the cluster; `nil`: whatever it needs.
    package var stop: StopLimits?
    /// What becomes of the files that commands have printed into; `nil`: they are packed.
    package var outputs: Outputs?

    /// What becomes of the files that commands have printed into when they are over.
    package enum Outputs: String, Hashable, Codable, Sendable, CaseIterable {
        /// Many are packed into one.
        case packed
        /// They stay as they are.
        case files
    }

    /// A study from its parts.
    package init(
        name: String, plan: Plan, command: CommandTemplate, batch: BatchOptions = BatchOptions(),
        execution: Execution = Execution(), saveEvery: Int? = nil,
        settleSeconds: Int = Defaults.settleSeconds, stop: StopLimits? = nil, workspace: Workspace? = nil,
        reports: ReportSource? = nil, outputs: Outputs? = nil
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
    }

    /// Reads a study that was accepted before, by this version or an older one.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        plan = try fields.decode(Plan.self, forKey: .plan)
        command = try fields.decode(CommandTemplate.self, forKey: .command)
        batch = try fields.decode(BatchOptions.self, forKey: .batch)
        // There was a time when each assignment had a task of its own, and the file had nothing to say about it.
        execution =
            try fields.decodeIfPresent(Execution.self, forKey: .execution) ?? Execution(mode: .rung)
        saveEvery = try fields.decodeIfPresent(Int.self, forKey: .saveEvery)
        settleSeconds = try fields.decode(Int.self, forKey: .settleSeconds)
        stop = try fields.decodeIfPresent(StopLimits.self, forKey: .stop)
        workspace = try fields.decodeIfPresent(Workspace.self, forKey: .workspace)
        reports = try fields.decodeIfPresent(ReportSource.self, forKey: .reports)
        outputs = try fields.decodeIfPresent(Outputs.self, forKey: .outputs)
    }
}

/// What a task's worker does when an assignment is done.
package struct Execution: Hashable, Codable, Sendable {
    /// The ways to run a study.
    package enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// A task for each assignment.
        case rung
        /// A trial that is promoted at once goes on in its process; else the task ends.
        case `continue`
        /// The same, and a task takes other work when its own is done.
        case reuse
        /// As `reuse` where tasks wait long in the queue for short work, else as `continue`: as measured.
        case auto
    }

    /// The way to run the study.
    package var mode: Mode
    /// How many seconds a worker waits for an answer.
    package var lingerSeconds: Int
    /// How many assignments a task carries out side by side; at least 1.
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

    /// What manifests tell the workers.
    package var stay: Manifest.Stay? {
        mode == .rung ? nil : Manifest.Stay(reuse: mode != .continue, seconds: lingerSeconds)
    }
}

import Spool
import Tuning

/// Reads the root of the file. Every field is read regardless of the others, to find all mistakes.
struct StudyReader {
    private let fields: SectionCursor

    /// The study and its run settings; `nil` if something is missing or wrong, which the findings then describe.
    static func read(_ root: YAMLValue, _ findings: Findings) -> (StudySpec, RunSettings)? {
        let cursor = Cursor(value: root, path: "", findings: findings)
        guard case .mapping = root.content else {
            if case .scalar(let scalar) = root.content, scalar.meaning == .null {
                cursor.mistake("the file is empty", fix: "describe a study; docs/study.md has an example")
            } else {
                cursor.mistake(
                    "expected a study, found \(root.kind)",
                    fix: "begin with fields such as 'name: digits'; docs/study.md has an example")
            }
            return nil
        }
        guard let fields = SectionCursor(cursor, as: .study) else { return nil }
        let settings = RunSettingsReader(fields: fields).read()
        return StudyReader(fields: fields).spec().map { ($0, settings) }
    }

    /// Checks a file of defaults by itself.
    static func checkDefaults(_ fields: SectionCursor) {
        let reader = StudyReader(fields: fields)
        for name in ["parallel", "max_retries", "max_failures", "settle_seconds"] {
            _ = reader.whole(name, default: nil)
        }
        _ = reader.checkpoints()
        _ = reader.execution(nodes: 1, parallel: nil)
        _ = fields["slurm"].map { BatchOptionsReader.read($0, on: nil) }
        _ = RunSettingsReader(fields: fields).read()
    }

    private func spec() -> StudySpec? {
        let name = name()
        let objectives = ObjectiveReader(fields: fields)
        let criteria = objectives.read()
        let parameters = fields["parameters"].flatMap(ParameterReader.read)
        let space = parameters.map { self.space($0) }
        let points = space.flatMap { space in parameters.map { self.points($0, of: space) } }
        let priors = fields["prior_results"].map(PriorResultsReader.read) ?? .some(nil)
        let wanted = SearcherReader(parameters: parameters?.names).read(fields["searcher"])
        let scheduler = fields["scheduler"].flatMap(SchedulerReader.read)
        let trials = whole("trials", default: nil)
        let replicates = ReplicatesReader.read(fields["replicates"], scheduler)
        let parallel = whole("parallel", default: Defaults.parallel)
        let retries = whole("max_retries", default: Defaults.maxRetries)
        let failures = whole("max_failures", default: Defaults.maxFailures)
        let settle = whole("settle_seconds", default: Defaults.settleSeconds)
        let command = fields["command"].flatMap(CommandReader(parameters: parameters).read)
        let places = WorkspaceReader(fields: fields, parameters: parameters)
        let workspace = places.read()
        let reports = reports(criteria?.metrics ?? [], hasDirectory: (workspace ?? nil) != nil)
        let checkpoints = checkpoints()
        let outputs = outputs()
        let ground = OptionChoiceReader.Ground(parameters: parameters, rungs: scheduler?.levels.count)
        let batch =
            fields["slurm"].map { BatchOptionsReader.read($0, on: ground) } ?? BatchOptionsReader.Result()
        let container = container(batch?.options)
        let variants = batch?.variants ?? []
        let stop = stop(variants)
        let execution = execution(nodes: variants.compactMap(\.maxNodes).max() ?? 1, parallel: parallel)
        guard let name, let criteria, let space, let points, let wanted, let scheduler,
            let trials,
            let parallel, let retries, let failures, let settle, let command, let execution,
            let checkpoints, let batch, let stop, let workspace, let reports,
            let outputs, let container, let priors
        else { return nil }
        let searcher = wanted.plan(objectives: criteria.objectives.count, scheduler)
        let plan = Plan(
            objective: criteria.objectives[0], space: space, searcher: searcher,
            scheduler: scheduler, trials: trials, parallel: parallel, maxRetries: retries,
            maxFailures: failures, keep: checkpoints.keep, together: execution.slotsPerTask,
            points: points, stop: stop.plan, others: Array(criteria.objectives.dropFirst()),
            quota: checkpoints.quota, bounds: criteria.bounds, replicates: replicates)
        objectives.check(plan)
        checkManifest(plan)
        var saveEvery = checkpoints.every
        if case .pbt(let pbt) = scheduler {
            saveEvery = PopulationChecker(pbt: pbt, fields: fields)
                .check(searcher, trials: trials, saveEvery: saveEvery)
        }
        if let workspace { places.check(command, in: workspace, fields["command"]) }
        note(plan, wanted)
        SchedulerNotes(plan: plan, execution: execution, fields: fields).tell()
        return StudySpec(
            name: name, plan: plan, command: command, batch: batch.options, execution: execution,
            saveEvery: saveEvery, settleSeconds: settle, stop: stop.limits, workspace: workspace,
            reports: reports, outputs: outputs, container: container, priorResults: priors)
    }

    /// - Returns: `.some(nil)` for stune's default, `nil` if there is a mistake.
    private func outputs() -> StudySpec.Outputs?? {
        guard let cursor = fields["outputs"] else { return .some(nil) }
        let word = cursor.word(StudySpec.Outputs.allCases.map(\.rawValue))
        guard let outputs = word.flatMap(StudySpec.Outputs.init) else { return nil }
        return outputs == .packed ? .some(nil) : outputs
    }

    /// - Returns: `.some(nil)` where commands run outside of any, `nil` when there is a mistake.
    private func container(_ batch: BatchOptions?) -> Container?? {
        guard let cursor = fields["container"] else { return .some(nil) }
        return ContainerReader.read(cursor, batch).map { .some($0) }
    }

    /// The parameters and the constraints on their combinations.
    private func space(_ parameters: ParameterReader.Result) -> SearchSpace {
        let findings = fields.cursor.findings
        let reader = ConstraintReader(parameters, findings)
        let constraints =
            (fields["forbidden"].map(reader.forbidden) ?? [])
            + (fields["constraints"].map(reader.relations) ?? [])
        let space = SearchSpace(parameters.parameters, constraints: constraints)
        // A constraint with a mistake could be what leaves no configurations.
        if !constraints.isEmpty, !findings.hasMistakes,
            let cursor = fields["constraints"] ?? fields["forbidden"]
        {
            ConstraintReader.check(space, cursor)
        }
        return space
    }

    private func points(_ parameters: ParameterReader.Result, of space: SearchSpace) -> [Configuration] {
        let reader = PointReader(space, parameters, fields.cursor.findings)
        return fields["points"].map(reader.read) ?? []
    }

    private func whole(_ name: String, default value: Int?) -> Int? {
        guard let cursor = fields[name] else { return value }
        guard let field = Section.study.field(name), case .whole(let range) = field.kind else { return nil }
        return cursor.whole(range)
    }

    /// The study's name, which is also the name of its directory, an argument of commands.
    private func name() -> String? {
        guard let cursor = fields["name"],
            let name = cursor.name(what: "study", example: "digits")
        else { return nil }
        if name.hasPrefix("-") {
            cursor.mistake(
                "the name '\(shown(name))' begins with '-', and as a directory would look like an option",
                fix: "begin it with a letter or a digit")
            return nil
        }
        return name
    }

    private func execution(nodes: UInt32, parallel: Int?) -> Execution? {
        guard let cursor = fields["execution"] else { return Execution() }
        guard let section = SectionCursor(cursor, as: .execution) else { return nil }
        var execution = Execution()
        if let mode = section["mode"] {
            let word = mode.word(Execution.Mode.allCases.map(\.rawValue))
            guard let known = word.flatMap(Execution.Mode.init) else { return nil }
            execution.mode = known
        }
        if let linger = section["linger_seconds"] {
            guard let seconds = linger.whole(StudyFileLimits.lingerSeconds) else { return nil }
            execution.lingerSeconds = seconds
        }
        if let slots = section["slots_per_task"] {
            guard let count = slots.whole(StudyFileLimits.slotsPerTask) else { return nil }
            execution.slotsPerTask = count
            check(count, at: slots, nodes: nodes, parallel: parallel)
        }
        return execution
    }

    private func stop(_ batch: [BatchOptions]) -> (plan: StopPlan?, limits: StopLimits?)? {
        guard let cursor = fields["stop"] else { return (nil, nil) }
        return StopReader.read(cursor, batch)
    }

    /// - Returns: `.some(nil)` if the command reports by itself, `nil` if there are mistakes.
    private func reports(_ metrics: [String], hasDirectory: Bool) -> ReportSource?? {
        guard let cursor = fields["reports"] else { return .some(nil) }
        return ReportSourceReader(metrics: metrics, hasDirectory: hasDirectory).read(cursor)
    }

    private func checkpoints() -> (keep: Int?, every: Int?, quota: Int?)? {
        guard let cursor = fields["checkpoints"] else { return (nil, nil, nil) }
        guard let section = SectionCursor(cursor, as: .checkpoints) else { return nil }
        let keep = section["keep"].map { $0.whole(StudyFileLimits.trials) }
        let every = section["every"].map { $0.whole(StudyFileLimits.resource) }
        let quota = section["quota"].map { $0.bytes(StudyFileLimits.quotaBytes, example: "20G") }
        if case .some(nil) = keep { return nil }
        if case .some(nil) = every { return nil }
        if case .some(nil) = quota { return nil }
        return (keep ?? nil, every ?? nil, quota ?? nil)
    }

    /// Checks the slots: a worker runs on the first node of its task and divides that node's resources.
    private func check(_ slots: Int, at cursor: Cursor, nodes: UInt32, parallel: Int?) {
        if slots > 1, nodes > 1 {
            cursor.mistake(
                "the trials of a task share one node, and 'slurm.nodes' asks for \(nodes)",
                fix: "remove it, so that each trial has its nodes for itself, or write 'nodes: 1'")
        }
        if let parallel, slots > parallel {
            cursor.note("\(slots) is more than 'parallel', \(parallel): not all slots are used")
        }
    }

    /// Checks the size of a manifest: all running assignments may be in one array.
    private func checkManifest(_ plan: Plan) {
        let entry =
            ParameterReader.largestConfiguration(plan.space.parameters) + StudyFileLimits.entryBytes
        let most = SpoolLimits.manifestBytes / entry
        guard plan.parallel > most, let cursor = fields["parallel"] else { return }
        cursor.mistake(
            "\(plan.parallel) assignments of up to \(entry) bytes are more than a manifest holds",
            fix: "write at most \(most), or shorten the longest values of the parameters")
    }

    private func note(_ plan: Plan, _ wanted: SearcherReader.Wanted) {
        SearcherReader.note(plan, wanted, fields["searcher"], hasPriors: fields["prior_results"] != nil)
        if let cursor = fields["prior_results"] { PriorResultsReader.note(plan, cursor) }
        if plan.parallel > plan.trials, let cursor = fields["parallel"] {
            cursor.note("\(plan.parallel) is more than the \(plan.trials) trials: not all slots are used")
        }
        if let most = plan.stop?.resource, most < plan.scheduler.levels.last?.units ?? 0,
            let cursor = fields["stop"]
        {
            cursor.note(
                "the study stops when its trials have used \(most) units of resource, so that no trial can reach "
                    + "\(plan.scheduler.levels.last ?? .none)")
        }
        if plan.points.count > plan.trials, let cursor = fields["points"] {
            cursor.note(
                "\(plan.points.count) points are more than 'trials', \(plan.trials): not all are tried")
        }
    }
}

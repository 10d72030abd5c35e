import Spool
import Tuning

/// One field of the study file: its name, its kind, and whether it is required.
package struct Field: Hashable, Sendable {
    /// The kind of value that a field has.
    package enum Kind: Hashable, Sendable {
        /// A scalar, taken as written.
        case text
        /// A whole number in a range.
        case whole(ClosedRange<Int>)
        /// A finite number.
        case number
        /// A value of a parameter: text, a number or a boolean.
        case value
        /// `true` or `false`.
        case flag
        /// One of these words.
        case word([String])
        /// A list.
        case list
        /// One of these words, or a list of whole numbers in a range.
        case wordOrWholes([String], ClosedRange<Int>)
        /// A mapping with names chosen by the user.
        case names
        /// A mapping with the fields of one of these sections.
        case section([Section])
    }

    /// The name.
    package let name: String
    /// Its kind of value.
    package let kind: Kind
    /// Whether a file without it is rejected.
    package let isRequired: Bool
    /// The field that may replace it; `nil` if there is none, or it is optional.
    package let alternative: String?
    /// Whether its value may depend on parameters and rungs.
    package var varies = false

    static func required(_ name: String, _ kind: Kind) -> Field {
        Field(name: name, kind: kind, isRequired: true, alternative: nil)
    }

    static func required(_ name: String, or alternative: String, _ kind: Kind) -> Field {
        Field(name: name, kind: kind, isRequired: false, alternative: alternative)
    }

    static func optional(_ name: String, _ kind: Kind) -> Field {
        Field(name: name, kind: kind, isRequired: false, alternative: nil)
    }

    static func varying(_ name: String, _ kind: Kind) -> Field {
        Field(name: name, kind: kind, isRequired: false, alternative: nil, varies: true)
    }
}

/// One mapping of the study file, with its allowed fields. The parser uses this table, and a test compares the JSON
/// Schema for editors with it.
package struct Section: Hashable, Sendable {
    /// The name of its definition in the schema; empty for the file itself.
    package let name: String
    /// The fields in the order in which they are documented.
    package let fields: [Field]

    /// The field of this name.
    package func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}

extension Section {
    /// The sections that the schema defines by name.
    package static let named: [Section] =
        [
            metric, listedMetric, floatParameter, intParameter, normalParameter, lognormalParameter,
            choiceParameter,
            ordinalParameter, constantParameter, prior, constraint, inputFile, reports, container,
            execution,
            checkpoints,
            stop, slurm, autoTime, autoMemory, limits, notify, code, replicates,
        ] + searchers + schedulers

    /// The searchers, in the order in which they are documented.
    package static let searchers = [
        autoSearcher, randomSearcher, grid, sobol, tpe, bohb, priorband, evolution, optuna, external,
    ]

    /// The kinds of parameters, in the order in which they are documented.
    static let parameterKinds = [
        floatParameter, intParameter, normalParameter, lognormalParameter, choiceParameter,
        ordinalParameter, constantParameter,
    ]

    /// The file itself.
    package static let study = Section(
        name: "",
        fields: [
            .required("name", .text),
            .required("metric", or: "metrics", .section([metric])),
            .optional("metrics", .list),
            .required("parameters", .names),
            .optional("forbidden", .list),
            .optional("constraints", .list),
            .optional("points", .list),
            .optional("prior_results", .list),
            .optional("searcher", .section(searchers)),
            .required("scheduler", .section(schedulers)),
            .required("trials", .whole(StudyFileLimits.trials)),
            .optional("replicates", .section([replicates])),
            .optional("parallel", .whole(StudyFileLimits.parallel)),
            .optional("max_retries", .whole(StudyFileLimits.retries)),
            .optional("max_failures", .whole(StudyFileLimits.failures)),
            .optional("settle_seconds", .whole(StudyFileLimits.settleSeconds)),
            .required("command", .list),
            .optional("directory", .word(directories)),
            .optional("files", .names),
            .optional("reports", .section([reports])),
            .optional("container", .section([container])),
            .optional("outputs", .word(StudySpec.Outputs.allCases.map(\.rawValue))),
            .optional("execution", .section([execution])),
            .optional("checkpoints", .section([checkpoints])),
            .optional("stop", .section([stop])),
            .optional("slurm", .section([slurm])),
            .optional("cluster", .word(ClusterKind.allCases.map(\.rawValue))),
            .optional("limits", .section([limits])),
            .optional("notify", .section([notify])),
            .optional("code", .section([code])),
        ])

    static let metric = Section(
        name: "metric",
        fields: [
            .required("name", .text),
            .required("goal", .word(Objective.Goal.allCases.map(\.rawValue))),
        ])

    /// A metric in a list: one that trials are compared by, or that is bounded, or both.
    static let listedMetric = Section(
        name: "listed_metric",
        fields: [
            .required("name", .text),
            .optional("goal", .word(Objective.Goal.allCases.map(\.rawValue))),
            .optional("at_most", .number), .optional("at_least", .number),
        ])

    private static let priorAndWhen: [Field] = [
        .optional("prior", .section([prior])), .optional("when", .names), .optional("before", .value),
    ]

    static let floatParameter = Section(
        name: "float",
        fields: [
            .required("type", .word(["float"])), .required("min", .number), .required("max", .number),
            .optional("scale", .word(Scale.allCases.map(\.rawValue))), .optional("step", .number),
        ] + priorAndWhen)

    static let intParameter = Section(
        name: "int",
        fields: [
            .required("type", .word(["int"])),
            .required("min", .whole(StudyFileLimits.wholeNumbers)),
            .required("max", .whole(StudyFileLimits.wholeNumbers)),
            .optional("scale", .word(Scale.allCases.filter { $0 != .logit }.map(\.rawValue))),
            .optional("step", .whole(StudyFileLimits.wholeSteps)),
        ] + priorAndWhen)

    static let normalParameter = Section(name: "normal", fields: normalFields("normal"))

    static let lognormalParameter = Section(name: "lognormal", fields: normalFields("lognormal"))

    private static func normalFields(_ type: String) -> [Field] {
        [
            .required("type", .word([type])), .required("mean", .number), .required("sd", .number),
            .optional("min", .number), .optional("max", .number),
        ] + priorAndWhen
    }

    static let choiceParameter = Section(
        name: "choice",
        fields: [.required("type", .word(["choice"])), .required("values", .list)] + priorAndWhen)

    static let ordinalParameter = Section(
        name: "ordinal",
        fields: [.required("type", .word(["ordinal"])), .required("values", .list)] + priorAndWhen)

    static let constantParameter = Section(
        name: "constant",
        fields: [
            .optional("type", .word(["constant"])), .required("value", .value), .optional("when", .names),
            .optional("before", .value),
        ])

    static let prior = Section(
        name: "prior", fields: [.required("default", .value), .optional("width", .number)])

    /// Exactly one of its fields must be given.
    static let constraint = Section(
        name: "constraint", fields: Constraint.Relation.allCases.map { .optional($0.rawValue, .list) })

    static let autoSearcher = Section(
        name: "auto", fields: [.optional("type", .word(["auto"])), seed])

    static let randomSearcher = Section(
        name: "random", fields: [.required("type", .word(["random"])), seed])

    private static let seed = Field.optional("seed", .whole(0...Int.max))

    static let grid = Section(
        name: "grid",
        fields: [
            .required("type", .word(["grid"])),
            .optional("resolution", .whole(StudyFileLimits.resolution)),
            .optional("resolutions", .names),
        ])

    static let sobol = Section(
        name: "sobol",
        fields: [.required("type", .word(["sobol"])), seed, .optional("scramble", .flag)])

    static let tpe = Section(
        name: "tpe",
        fields: [
            .required("type", .word(["tpe"])), seed,
            .optional("startup_trials", .whole(StudyFileLimits.samples)),
            .optional("gamma", .number),
            .optional("candidates", .whole(StudyFileLimits.samples)),
            .optional("prior_weight", .number),
            .optional("weights", .word(GoodWeights.allCases.map(\.rawValue))),
            .optional("random_fraction", .number),
            .optional("rung_results", .whole(StudyFileLimits.samples)),
        ])

    static let bohb = Section(
        name: "bohb",
        fields: [
            .required("type", .word(["bohb"])), seed,
            .optional("min_points_in_model", .whole(StudyFileLimits.minPoints)),
            .optional("top_n_percent", .whole(StudyFileLimits.percent)),
            .optional("random_fraction", .number),
            .optional("num_samples", .whole(StudyFileLimits.samples)),
            .optional("bandwidth_factor", .number),
            .optional("min_bandwidth", .number),
        ])

    static let priorband = Section(
        name: "priorband", fields: [.required("type", .word(["priorband"])), seed])

    static let optuna = Section(
        name: "optuna",
        fields: [
            .required("type", .word(["optuna"])), seed, .required("sampler", .text),
            .optional("python", .text),
            settings, patience,
        ])

    static let external = Section(
        name: "external",
        fields: [
            .required("type", .word(["external"])), seed, .required("command", .list), settings, patience,
        ])

    static let settings = Field.optional("settings", .names)
    static let patience = Field.optional("patience", .whole(StudyFileLimits.patience))

    static let evolution = Section(
        name: "evolution",
        fields: [
            .required("type", .word(["evolution"])), seed,
            .optional("population", .whole(StudyFileLimits.population)),
            .optional("sample", .whole(StudyFileLimits.samples)),
        ])

    /// Where commands start: all in the study file's directory, or each trial's in a separate one.
    static let directories = ["shared", "trial"]

    /// Exactly one of its fields must be given.
    static let inputFile = Section(
        name: "input_file",
        fields: Workspace.InputFile.Kind.allCases.map { .optional($0.rawValue, .text) })

    /// Exactly one of its fields except the last must be given.
    static let reports = Section(
        name: "reports",
        fields: ReportSource.Kind.allCases.map { .optional($0.rawValue, .text) } + [
            .optional("resource", .text)
        ])

    static let container = Section(
        name: "container",
        fields: [
            .required("image", .text),
            .required("runtime", .word(Container.Runtime.allCases.map(\.rawValue))),
            .optional("binds", .list), .optional("nv", .flag), .optional("options", .list),
        ])

    static let execution = Section(
        name: "execution",
        fields: [
            .optional("mode", .word(Execution.Mode.allCases.map(\.rawValue))),
            .optional("linger_seconds", .whole(StudyFileLimits.lingerSeconds)),
            .optional("slots_per_task", .whole(StudyFileLimits.slotsPerTask)),
        ])

    static let checkpoints = Section(
        name: "checkpoints",
        fields: [
            .optional("keep", .whole(StudyFileLimits.trials)),
            .optional("every", .whole(StudyFileLimits.resource)),
            .optional("quota", .text),
        ])

    static let stop = Section(
        name: "stop",
        fields: [
            .optional("target", .number), .optional("no_improvement", .whole(StudyFileLimits.trials)),
            .optional("resource", .whole(StudyFileLimits.resource)),
            .optional("wall_time", .text),
            .optional("node_hours", .number), .optional("cpu_hours", .number),
            .optional("gpu_hours", .number),
        ])

    static let limits = Section(
        name: "limits",
        fields: [
            .optional("submissions_per_hour", .whole(StudyFileLimits.submissionsPerHour)),
            .optional("queued_tasks", .whole(StudyFileLimits.queuedTasks)),
            .optional("requests_per_minute", .whole(StudyFileLimits.requestsPerMinute)),
            .optional("files", .whole(StudyFileLimits.files)),
            .optional("task_minutes", .whole(StudyFileLimits.taskMinutes)),
        ])

    /// `{auto: …}` of `time`.
    static let autoTime = Section(
        name: "auto_time",
        fields: [.optional("first", .text), .optional("margin", .number), .optional("max", .text)])

    /// `{auto: …}` of `mem`.
    static let autoMemory = Section(
        name: "auto_mem",
        fields: [.optional("first", .text), .optional("margin", .number), .optional("max", .text)])

    static let replicates = Section(
        name: "replicates",
        fields: [
            .required("count", .whole(StudyFileLimits.replicates)),
            .optional("from_rung", .whole(StudyFileLimits.rungs)),
            .optional("aggregate", .word(ReplicatePlan.Aggregate.allCases.map(\.rawValue))),
        ])

    static let notify = Section(
        name: "notify", fields: [.required("command", .list), .optional("on", .list)])

    static let code = Section(
        name: "code", fields: [.optional("include", .list), .optional("snapshot", .flag)])

    /// sbatch's long options, with underscores.
    static let slurm = Section(
        name: "slurm",
        fields: [
            .varying("partition", .text), .varying("account", .text), .varying("qos", .text),
            .varying("time", .text),
            .optional("leave_seconds", .whole(StudyFileLimits.leaveSeconds)), .varying("nodes", .text),
            .varying("ntasks", .whole(StudyFileLimits.counts)),
            .varying("ntasks_per_node", .whole(StudyFileLimits.smallCounts)),
            .varying("cpus_per_task", .whole(StudyFileLimits.smallCounts)),
            .varying("mem", .text), .varying("mem_per_cpu", .text), .varying("mem_per_gpu", .text),
            .optional("retry_mem_percent", .whole(StudyFileLimits.retryMemoryPercent)),
            .varying("gres", .text), .varying("gpus", .text), .varying("gpus_per_node", .text),
            .varying("gpus_per_task", .text),
            .varying("cpus_per_gpu", .whole(StudyFileLimits.smallCounts)),
            .varying("constraint", .text), .varying("reservation", .text),
            .varying("nodelist", .text), .varying("exclude", .text), .varying("exclusive", .flag),
            .varying("nice", .whole(StudyFileLimits.nice)), .optional("comment", .text),
            .varying("licenses", .text), .optional("environment", .names), .optional("export", .text),
            .optional("setup", .list),
        ])
}

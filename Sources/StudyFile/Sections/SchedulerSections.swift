/// The schedulers of the study file, each with its fields.
extension Section {
    /// All of them, in the order in which they are documented.
    package static let schedulers = [
        asha, asyncHyperband, ashaStopping, successiveHalving, hyperband, pasha, medianStopping,
        pbt, noScheduler, program,
    ]

    private static let minResource = Field.optional("min_resource", .whole(StudyFileLimits.resource))
    private static let maxResource = Field.required("max_resource", .whole(StudyFileLimits.resource))
    private static let factor = Field.optional(
        "reduction_factor", .whole(StudyFileLimits.reductionFactor))
    private static let rungs = Field.optional(
        "rungs", .wordOrWholes(["full", "paper"], StudyFileLimits.resource))
    private static let rate = Field.optional(
        "early_stopping_rate", .whole(StudyFileLimits.earlyStoppingRate))
    private static let delay = Field.optional("delay", .whole(StudyFileLimits.trials))
    private static let maxPending = Field.optional("max_pending", .whole(StudyFileLimits.parallel))

    static let asha = Section(
        name: "asha",
        fields: [
            .optional("type", .word(["asha"])), minResource, maxResource, factor, rungs, rate,
            delay, maxPending,
        ])

    static let asyncHyperband = Section(
        name: "async_hyperband",
        fields: [
            .required("type", .word(["async_hyperband"])), minResource, maxResource, factor, rungs, rate,
            delay, maxPending, .optional("brackets", .whole(StudyFileLimits.brackets)),
            .optional("seed", .whole(0...Int.max)),
        ])

    static let ashaStopping = Section(
        name: "asha_stopping",
        fields: [
            .required("type", .word(["asha_stopping"])), minResource, maxResource, factor, rungs, rate,
            delay,
        ])

    static let successiveHalving = Section(
        name: "successive_halving",
        fields: [
            .required("type", .word(["successive_halving"])), minResource, maxResource, factor, rungs,
            rate, .optional("configurations", .whole(StudyFileLimits.trials)),
        ])

    static let hyperband = Section(
        name: "hyperband",
        fields: [.required("type", .word(["hyperband"])), minResource, maxResource, factor])

    static let pasha = Section(
        name: "pasha",
        fields: [.required("type", .word(["pasha"])), minResource, maxResource, factor, rungs])

    static let medianStopping = Section(
        name: "median_stopping",
        fields: [
            .required("type", .word(["median_stopping"])), minResource, maxResource,
            .required("interval", .whole(StudyFileLimits.resource)),
            .optional("min_trials", .whole(StudyFileLimits.trials)),
        ])

    static let pbt = Section(
        name: "pbt",
        fields: [
            .required("type", .word(["pbt"])),
            .required("population", .whole(StudyFileLimits.parallel)), maxResource,
            .required("interval", .whole(StudyFileLimits.resource)),
            .optional("exploit", .word(["truncation", "tournament"])),
            .optional("truncation_percent", .whole(StudyFileLimits.truncation)),
            .optional("explore", .word(["perturb", "resample"])),
            .optional("perturb_percent", .whole(StudyFileLimits.percent)),
            .optional("resample_percent", .whole(0...100)), .optional("seed", .whole(0...Int.max)),
        ])

    static let program = Section(
        name: "program",
        fields: [
            .required("type", .word(["program"])), minResource, maxResource, factor,
            .optional("step", .whole(StudyFileLimits.resource)),
            .required("command", .list), settings, patience,
            .optional("seed", .whole(0...Int.max)),
        ])

    static let noScheduler = Section(
        name: "none", fields: [.required("type", .word(["none"])), maxResource])
}

/// Findings about the access to Slurm and its configuration.
enum SlurmFindings {
    /// The supported versions, such as 2205.
    private static let known: Set<Int> = [2205, 2302, 2311, 2405, 2411, 2505, 2511, 2605]
    /// The requests of a busy controller per minute.
    private static let requests = 30

    /// All findings about Slurm.
    static func all(_ facts: SlurmFacts) -> [Finding] {
        let way = reach(facts)
        guard facts.sbatch != nil || facts.library != nil else { return way }
        guard case .found(let configuration) = facts.configuration else { return way + [away(facts)] }
        return way
            + [
                versions(facts, configuration), arrays(configuration), jobs(configuration),
                rates(configuration),
                scheduler(configuration), memory(configuration, facts), plugins(configuration),
            ].compactMap(\.self) + PartitionFindings.all(facts)
            + [trial(facts), login(facts)].compactMap(\.self) + AccountFindings.all(facts, configuration)
    }

    // MARK: The way to Slurm

    private static func reach(_ facts: SlurmFacts) -> [Finding] {
        if let library = facts.library {
            return [
                Finding(
                    "slurm.reach", .ok,
                    "Slurm is reached by libslurm of version \(words(library.version)): \(library.path)",
                    facts: ["way": "library", "path": library.path, "version": words(library.version)])
            ]
        }
        if let sbatch = facts.sbatch {
            let why = facts.libraryTrouble ?? "this stune was built without libslurm"
            return [
                Finding(
                    "slurm.reach", facts.isBuiltIn ? .note : .warning,
                    "Slurm is reached by its commands (\(sbatch)), because \(why)",
                    meaning: facts.isBuiltIn
                        ? "Studies run the same; each request takes about 0.1 s more"
                        : "This stune cannot submit to Slurm at all; use the wheel, or one that was built on this site",
                    advice: facts.isBuiltIn ? [.setting("cluster", "slurm-commands")] : [],
                    facts: ["way": "commands", "path": sbatch])
            ]
        }
        return [
            Finding(
                "slurm.reach", .note,
                "there is no Slurm on this machine: no sbatch on PATH, and no libslurm",
                meaning:
                    "Studies run here as processes of this machine. On a cluster, use a login node, or load Slurm's module",
                advice: [.command("stune run study.yaml --cluster local")], facts: ["way": "none"])
        ]
    }

    private static func away(_ facts: SlurmFacts) -> Finding {
        let (words, meaning): (String, String) =
            switch facts.configuration {
            case .late(let seconds):
                (
                    "slurmctld did not answer within \(seconds) s",
                    "Slurm is busy or away. A study that runs waits for it; start new ones when 'scontrol ping' says UP"
                )
            case .failed(let words):
                ("slurmctld does not answer: \(words)", "Ask the help desk, or try on another login node")
            case .absent, .found:
                (
                    "scontrol is not on PATH",
                    "stune can submit, but partitions and limits cannot be looked up here"
                )
            }
        let isThere = if case .absent = facts.configuration { true } else { false }
        return Finding(
            "slurm.controller", isThere ? .warning : .problem, words, meaning: meaning,
            advice: [.command("scontrol ping")])
    }

    private static func versions(_ facts: SlurmFacts, _ configuration: SlurmConfiguration) -> Finding {
        let own = configuration["SLURM_VERSION"] ?? "of an unknown version"
        let time = facts.seconds.map { " and answers in \(milliseconds($0)) ms" } ?? ""
        let what = "slurmctld is Slurm \(own)\(time)"
        var values = ["version": own]
        values["milliseconds"] = facts.seconds.map(milliseconds)
        guard let version = configuration.version else {
            return Finding("slurm.controller", .note, what, facts: values)
        }
        if let library = facts.library, library.version != version {
            let isNewer = library.version > version
            return Finding(
                "slurm.controller", isNewer ? .problem : .warning,
                "\(what), and libslurm is of version \(words(library.version)): they do not match",
                meaning: isNewer
                    ? "A newer libslurm cannot talk to an older slurmctld"
                    : "Slurm takes requests of the two or three releases before its own, and may refuse this one",
                advice: [
                    .command(
                        "export STUNE_LIBSLURM=…   # the libslurm.so that belongs to your sbatch: docs/slurm.md"
                    )
                ], facts: values)
        }
        guard known.contains(version) else {
            return Finding(
                "slurm.controller", .warning, what,
                meaning:
                    "stune is tested with 22.05 to 26.05. Where libslurm cannot be used, it uses Slurm's commands",
                advice: [.setting("cluster", "slurm-commands")], facts: values)
        }
        return Finding("slurm.controller", .ok, what, facts: values)
    }

    // MARK: The configuration

    private static func arrays(_ configuration: SlurmConfiguration) -> Finding? {
        guard let size = configuration.number("MaxArraySize") else { return nil }
        let most =
            [size, configuration.parameter("max_array_tasks", of: "SchedulerParameters")]
            .compactMap(\.self).min() ?? size
        let values = ["max_array_size": "\(size)", "most_tasks": "\(most)"]
        guard size >= 2 else {
            return Finding(
                "slurm.arrays", .problem, "job arrays are switched off (MaxArraySize=\(size))",
                meaning: "stune submits job arrays. Run the study inside one allocation instead",
                advice: [
                    .command("srun --ntasks=1 --cpus-per-task=8 stune run study.yaml --cluster local")
                ],
                facts: values)
        }
        return Finding(
            "slurm.arrays", .ok, "a job array has at most \(most) tasks, with indices below \(size)",
            meaning: "stune submits more than that as several arrays", facts: values)
    }

    private static func jobs(_ configuration: SlurmConfiguration) -> Finding? {
        guard let most = configuration.number("MaxJobCount") else { return nil }
        let age = configuration.number("MinJobAge") ?? 300
        let isShort = age > 0 && age < 60
        return Finding(
            "slurm.jobs", isShort ? .warning : .ok,
            "Slurm holds at most \(most) jobs of all users, and forgets ended ones after \(age) s",
            meaning: isShort
                ? "stune looks every 5 to 30 s, so a task may be forgotten before its end was seen; it then counts as lost after settle_seconds"
                : "",
            facts: ["max_job_count": "\(most)", "min_job_age": "\(age)"])
    }

    private static func rates(_ configuration: SlurmConfiguration) -> Finding {
        guard configuration.words("SlurmctldParameters").contains("rl_enable") else {
            return Finding(
                "slurm.rates", .ok, "Slurm has no limit on requests switched on (rl_enable)",
                meaning:
                    "stune looks at the queue every 5 to 30 s, and asks more often only to submit and cancel",
                facts: ["rl_enable": "no"])
        }
        func parameter(_ name: String, _ usual: Int) -> Int {
            max(1, configuration.parameter(name, of: "SlurmctldParameters") ?? usual)
        }
        let (refill, period) = (parameter("rl_refill_rate", 2), parameter("rl_refill_period", 1))
        let size = parameter("rl_bucket_size", 30)
        let minute = max(1, refill * 60 / period)
        let isTight = minute < requests * 2
        return Finding(
            "slurm.rates", isTight ? .warning : .ok,
            "Slurm lets a user make \(size) requests at once, and then \(minute) a minute",
            meaning: isTight
                ? "Beyond that, Slurm makes all your commands wait. Leave half of it to yourself"
                : "stune stays far below that",
            advice: isTight ? [.setting("limits.requests_per_minute", "\(max(1, minute / 2))")] : [],
            facts: ["rl_enable": "yes", "per_minute": "\(minute)", "bucket": "\(size)"])
    }

    private static func scheduler(_ configuration: SlurmConfiguration) -> Finding? {
        let names = [
            ("bf_max_job_user", "backfill looks at %d waiting jobs of a user"),
            ("bf_max_job_array_resv", "backfill reserves for %d tasks of an array"),
            ("default_queue_depth", "the quick scheduler looks at %d jobs"),
            ("bf_max_job_assoc", "backfill looks at %d waiting jobs of an account's user"),
        ]
        let found = names.compactMap { name, words -> String? in
            configuration.parameter(name, of: "SchedulerParameters").map {
                words.replacing("%d", with: "\($0)") + " (\(name))"
            }
        }
        guard !found.isEmpty else { return nil }
        return Finding(
            "slurm.scheduler", .note, found.joined(separator: "; "),
            meaning:
                "If more tasks wait, the others start later. A large 'parallel' gains little beyond it",
            facts: ["scheduler_parameters": configuration["SchedulerParameters"] ?? ""])
    }

    private static func memory(_ configuration: SlurmConfiguration, _ facts: SlurmFacts) -> Finding? {
        let isCounted =
            configuration["SelectTypeParameters"]?.uppercased().contains("MEMORY") == true
            || configuration["SelectType"]?.hasSuffix("linear") == true
        guard isCounted else { return nil }
        let isGiven = ["mem", "mem-per-cpu", "mem-per-gpu"].contains { facts.asked[$0] != nil }
        let usual =
            facts.partition?.defaultMemory ?? configuration.number("DefMemPerCPU").map { "\($0) MB a CPU" }
            ?? configuration.number("DefMemPerNode").map { "\($0) MB" }
        if isGiven || usual != nil {
            return Finding(
                "slurm.memory", .ok,
                isGiven
                    ? "the defaults say how much memory a task has"
                    : "a task that asks for no memory has \(usual ?? "")",
                meaning: isGiven ? "" : "Write 'slurm: {mem: …}' in the study if a trial needs more")
        }
        let shape = facts.shapes.value?.first { $0.partition == facts.partition?.name }
        let each = shape.map { max(100, $0.mebibytes / max(1, $0.processors) / 100 * 100) }
        return Finding(
            "slurm.memory", .warning, "a task that asks for no memory takes all memory of its node",
            meaning: "Then one task runs on a node at a time, whatever it needs",
            advice: [each.map { .setting("slurm.mem_per_cpu", "\($0)M") } ?? .study("slurm: {mem: 4G}")])
    }

    private static func plugins(_ configuration: SlurmConfiguration) -> Finding? {
        let submit = configuration["JobSubmitPlugins"]?.replacing("job_submit/", with: "")
        let filter = configuration["CliFilterPlugins"]?.replacing("cli_filter/", with: "")
        guard submit != nil || filter != nil else { return nil }
        let names = [submit.map { "job_submit/\($0)" }, filter.map { "cli_filter/\($0)" }].compactMap(
            \.self)
        return Finding(
            "slurm.plugins", .note,
            "the site checks or changes jobs with plugins: \(names.joined(separator: ", "))",
            meaning: "It may refuse what a study asks for, in its own words, which stune shows."
                + (filter == nil
                    ? "" : " A cli_filter runs only for sbatch: write what it adds into the defaults"))
    }

    // MARK: A job, and this machine

    private static func trial(_ facts: SlurmFacts) -> Finding? {
        switch facts.trial {
        case .found(let output) where output.code == 0:
            let words = shortened(output.errors + output.output)
            return Finding(
                "slurm.test", .ok, "Slurm would accept a job of one task with the current defaults",
                details: words.isEmpty ? [] : [words])
        case .found(let output):
            return Finding(
                "slurm.test", .problem,
                "Slurm would refuse a job of one task with the current defaults: \(shortened(output.errors))",
                meaning:
                    "Follow the advice on partitions and accounts, or write what the site wants under 'slurm'"
            )
        case .late(let seconds):
            return Finding(
                "slurm.test", .warning, "'sbatch --test-only' did not answer within \(seconds) s")
        case .failed(let words):
            return Finding("slurm.test", .warning, "'sbatch --test-only' cannot be run: \(words)")
        case .absent: return nil
        }
    }

    private static func login(_ facts: SlurmFacts) -> Finding? {
        if let job = facts.job {
            return Finding(
                "slurm.here", .ok, "this runs in job \(job) on \(facts.host)",
                meaning: "What compute nodes see differs from login nodes: run it on a login node too")
        }
        return Finding(
            "slurm.here", .note, "this is \(facts.host), outside of any job: a login node, most likely",
            meaning:
                "A controller needs one core and 512 MB for as long as the study runs. Sites end such processes on login nodes: submit it",
            advice: [.command("sbatch \"$(stune where controller.sbatch)\" study.yaml")])
    }

    // MARK: Words

    static func words(_ version: Int) -> String {
        let month = version % 100
        return "\(version / 100).\(month < 10 ? "0" : "")\(month)"
    }

    private static func milliseconds(_ seconds: Double) -> String { "\(Int((seconds * 1_000).rounded()))" }

    /// A command's message on one line.
    static func shortened(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
        return String(lines.joined(separator: ": ").prefix(400))
    }
}

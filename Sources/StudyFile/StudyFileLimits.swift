import Spool

/// Every limit of the study file, with its reason. What exceeds one is refused in words.
package enum StudyFileLimits {
    /// The bytes of a study file: far above what anyone writes by hand, and little to hold in memory.
    package static let fileBytes = 1 << 20
    /// How deep lists and mappings may nest. A study needs 5; each level costs stack.
    package static let depth = 32
    /// The nodes of the file after its aliases are followed: a few lines of aliases of aliases can stand
    /// for more nodes than memory has.
    package static let nodes = 200_000
    /// The aliases of a file. Each can double what the composer has to look through; nobody needs many.
    package static let aliases = 16
    /// The mistakes that are told at once: nobody mends more of them in one go.
    package static let mistakes = 100
    /// The duplicate keys that are looked for: each costs another pass over the file.
    package static let duplicateKeys = 32
    /// The bytes that are read again for duplicate keys, so that a large file full of them costs seconds.
    package static let duplicateKeyBytes = 8 << 20
    /// The entries of one mapping: four times what any mapping of a study may hold.
    package static let entries = 1_024
    /// The bytes of a study's, a parameter's or a metric's name: job names, placeholders and tables show
    /// them. Below what a report may name (`SpoolLimits.metricNameBytes`).
    package static let nameBytes = 200
    /// The parameters of a study: a configuration travels in one environment variable.
    package static let parameters = 256
    /// The values of one choice: a longer list is an int parameter that indexes a file.
    package static let choices = 1_024
    /// A step between whole numbers; one that is longer than their range is refused besides.
    package static let wholeSteps = 1...(1 << 53)
    /// The steps of a float: a double tells so many values of a range apart, and not many more.
    package static let steps = 1e15
    /// The share of a normal distribution that is left between its bounds, at least: what is cut to less is hardly
    /// that distribution any more.
    package static let normalShare = 1e-6
    /// How far |mean| + 9·sd of a logarithm may be from 0: e^±700 is about what a double holds.
    package static let logarithms = 700.0
    /// Forbidden combinations, and relations between parameters: each is looked at for each draw.
    package static let constraints = 1_024
    /// Points to try first: more of them are a table, which the command can look up.
    package static let points = 10_000
    /// The draws by which a study's constraints are tried out when it is read, and so many allowed ones of them that
    /// fewer are worth a note.
    package static let constraintDraws = 1_000
    /// One in fifty: below that, searchers spend their time on drawing again.
    package static let constraintAllowed = 20
    /// The bytes of one configuration as JSON. Linux lets one environment variable have 128 KiB
    /// (`MAX_ARG_STRLEN`), and the configuration is one.
    package static let configurationBytes = 64 << 10
    /// The bytes that the rest of a manifest's entry may need beside the configuration: a path, numbers.
    package static let entryBytes = 1_024
    /// The seconds that a searcher outside may take for an answer: a day is as good as for ever.
    package static let patience = 1...86_400
    /// The settings of a searcher outside; more belong into a file that it reads.
    package static let settings = 256
    /// The arguments of a command; more belong into a file that the command reads.
    package static let arguments = 1_024
    /// The bytes of one argument as it is written: half of Linux's limit, the rest is for the values.
    package static let argumentBytes = 64 << 10
    /// The bytes of all arguments together: an eighth of what Linux gives arguments and environment.
    package static let commandBytes = 256 << 10
    /// The input files of a trial; more of them belong into a directory.
    package static let inputFiles = 256
    /// The bytes of a file's name, as Linux has them.
    package static let fileNameBytes = 255
    /// The bytes of an expression for reports: a line of a study file.
    package static let patternBytes = 4 << 10
    /// The metrics that trials are compared by, where it is several.
    package static let metrics = 2...16
    /// The trials of a study: each has a directory and rows of its own.
    package static let trials = 1...1_000_000
    /// The assignments in flight: Slurm counts each task against MaxJobCount, 10,000 by default.
    package static let parallel = 1...10_000
    /// The retries of an assignment: what crashed a hundred times will crash again.
    package static let retries = 0...100
    /// The failures in a row that end a study; the upper end means never.
    package static let failures = 1...1_000_000
    /// The settle window in seconds: attribute caches of NFS hold for up to 60 by default; an hour is more
    /// than any shared filesystem needs.
    package static let settleSeconds = 0...3_600
    /// How long a worker waits, in seconds: an hour of a held allocation is more than any queue is worth.
    package static let lingerSeconds = 1...3_600
    /// The assignments that share a task: more than the processors of most nodes, few enough for one process.
    package static let slotsPerTask = 1...256
    /// The values of a parameter on a grid, as many as a choice may have.
    package static let resolution = 1...choices
    /// What models draw or wait for: more would take seconds for each trial.
    package static let samples = 1...10_000
    /// N_min of BOHB: a deviation needs two points.
    package static let minPoints = 2...10_000
    /// The best and the worst of a population, in percent: nobody is both.
    package static let truncation = 1...50
    /// A part of all results, in percent, neither none nor all.
    package static let percent = 1...99
    /// A part of all results, neither none nor all.
    package static let share = 0.01...0.99
    /// The weight of a prior: without any a model is sure of what it has not seen.
    package static let priorWeight = 0.001...1_000.0
    /// How much wider candidates are drawn: a hundred times is everywhere.
    package static let bandwidthFactor = 1...100.0
    /// The least width of a kernel; 1 is the whole range of a parameter.
    package static let minBandwidth = 1e-6...1.0
    /// The trials alive in an evolution: a parent and another, up to what is more than the paper's largest.
    package static let population = 2...100_000
    /// A resource: at least one unit, at most what a report may name.
    package static let resource = 1...SpoolLimits.resource
    /// The reduction factor: 1 would keep everyone for ever; above 1,000 there is no second rung.
    package static let reductionFactor = 2...1_000
    /// The brackets of asynchronous Hyperband: one for each rung at most.
    package static let brackets = 1...51
    /// The levels of a ladder in equal steps: each is a comparison, and may be a task.
    package static let levels = 1_000
    /// The minimum early-stopping rate: η is at least 2 and the resource below 2^51.
    package static let earlyStoppingRate = 0...50
    /// Whole numbers of parameters: those that a double, and so every reader of JSON, holds exactly.
    package static let wholeNumbers = -(1 << 53)...(1 << 53)
    /// The bytes of one text that goes to Slurm: node lists can be long, everything else is short.
    package static let slurmTextBytes = 16 << 10
    /// The bytes of a job's comment: slurmctld keeps every job's in memory.
    package static let commentBytes = 1_024
    /// The lines of setup, and the bytes of all of them: beyond that it is a script of its own.
    package static let setupLines = 256
    /// The bytes of all setup lines: the batch script holds them, and slurmctld keeps it.
    package static let setupBytes = 64 << 10
    /// The environment variables of `environment`.
    package static let environmentVariables = 256
    /// The minutes of a time limit: ten years; Slurm keeps the numbers at the top for "no limit".
    package static let minutes = 1...5_256_000
    /// The seconds before the time limit at which a task leaves: ten hours; Slurm holds them in 16 bits.
    package static let leaveSeconds = 1...36_000
    /// The memory of a try after one that ran out of it, in percent of that one's.
    package static let retryMemoryPercent = 100...1_000
    /// Nodes, tasks and the like: no cluster has more, and Slurm keeps the top of 32 bits for itself.
    package static let counts = 1...1_000_000
    /// Counts that Slurm holds in 16 bits, without the two at the top that it keeps for itself.
    package static let smallCounts = 1...65_533
    /// Memory in MiB: an exbibyte; Slurm keeps the top bit as a flag.
    package static let memoryMiB = 1...(1 << 40)
    /// The bytes that checkpoints may have together: less than 1 MiB is a slip, and no site has more than an exbibyte.
    package static let quotaBytes = (1 << 20)...(1 << 60)
    /// Submissions in an hour: from one, to one every 36 ms, which no slurmctld takes from one user.
    package static let submissionsPerHour = 1...100_000
    /// Tasks in the queue, waiting or running: a task each, to more than any Slurm holds.
    package static let queuedTasks = 1...1_000_000
    /// Requests to Slurm in a minute: from one, to a hundred a second.
    package static let requestsPerMinute = 1...6_000
    /// Files and directories: what a small study needs, to more than a site gives anybody.
    package static let files = 1_000...1_000_000_000
    /// The arguments of the command that notifies; more belong into a script.
    package static let notifyArguments = 64
    /// A file of defaults: far above what anyone writes by hand.
    package static let siteBytes = 256 << 10
    /// Slurm's own range of nice values.
    package static let nice = -2_147_483_645...2_147_483_645
}

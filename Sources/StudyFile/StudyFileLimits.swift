import Spool

/// Every limit of the study file, with its reason. Values above a limit are rejected with an error.
package enum StudyFileLimits {
    /// The bytes of a study file: far more than anyone writes by hand, and easily held in memory.
    package static let fileBytes = 1 << 20
    /// How deep lists and mappings may nest. A study needs 5; each level costs stack.
    package static let depth = 32
    /// The nodes of the file after its aliases are resolved: a few lines of aliases of aliases can expand to more nodes
    /// than fit into memory.
    package static let nodes = 200_000
    /// The aliases of a file. Each can double the work of the composer; nobody needs many.
    package static let aliases = 16
    /// How many mistakes to report at once; nobody corrects more of them in one go.
    package static let mistakes = 100
    /// How many duplicate keys to look for: each costs another pass over the file.
    package static let duplicateKeys = 32
    /// The bytes to read again for duplicate keys, so that a large file full of them takes seconds.
    package static let duplicateKeyBytes = 8 << 20
    /// The entries of one mapping: four times the limit of any mapping in a study.
    package static let entries = 1_024
    /// The bytes of a study's, a parameter's or a metric's name, which job names, placeholders and tables show. Below
    /// the limit for reports (`SpoolLimits.metricNameBytes`).
    package static let nameBytes = 200
    /// The parameters of a study: a configuration must fit into one environment variable.
    package static let parameters = 256
    /// The values of one choice. For more, use an int parameter as an index into a file.
    package static let choices = 1_024
    /// A step between whole numbers. A step longer than the range is rejected, too.
    package static let wholeSteps = 1...(1 << 53)
    /// The steps of a float: a double can distinguish about this many values of a range.
    package static let steps = 1e15
    /// The least share of a normal distribution that must be within its bounds: with less, it is hardly that
    /// distribution.
    package static let normalShare = 1e-6
    /// How far |mean| + 9·sd of a logarithm may be from 0: e^±700 is about the range of a double.
    package static let logarithms = 700.0
    /// Forbidden combinations and relations between parameters: each is checked at each draw.
    package static let constraints = 1_024
    /// Points to try first; more are a table, which the command can look up.
    package static let points = 10_000
    /// The sources of prior results: each is read when the study begins.
    package static let priorSources = 64
    /// The trials of all prior results together: a model looks at each of them for each new trial.
    package static let priorTrials = 10_000
    /// How many draws test a study's constraints when it is read; the next limit says how many of them must be allowed
    /// to avoid a note.
    package static let constraintDraws = 1_000
    /// One in fifty: below that, searchers spend their time on repeated draws.
    package static let constraintAllowed = 20
    /// The bytes of one configuration as JSON. It is one environment variable, for which Linux allows 128 KiB
    /// (`MAX_ARG_STRLEN`).
    package static let configurationBytes = 64 << 10
    /// The bytes that the rest of a manifest's entry may need: a path and numbers.
    package static let entryBytes = 1_024
    /// The seconds that an external searcher may take for an answer; more than a day is as good as never.
    package static let patience = 1...86_400
    /// The settings of an external searcher; more belong in a file that it reads.
    package static let settings = 256
    /// The arguments of a command; more belong in a file that the command reads.
    package static let arguments = 1_024
    /// The bytes of one argument as written: half of Linux's limit, to leave room for values.
    package static let argumentBytes = 64 << 10
    /// The bytes of all arguments together: an eighth of Linux's limit for arguments and environment.
    package static let commandBytes = 256 << 10
    /// The input files of a trial; more belong in a directory.
    package static let inputFiles = 256
    /// The bytes of a file's name: Linux's limit.
    package static let fileNameBytes = 255
    /// The bytes of a regular expression for reports: one line of a study file.
    package static let patternBytes = 4 << 10
    /// The number of metrics that trials are compared by, if several.
    package static let metrics = 2...16
    /// The trials of a study: each has its own directory and rows.
    package static let trials = 1...1_000_000
    /// How often a trial is trained: twice at least, and more than a hundred times tells nothing new.
    package static let replicates = 2...100
    /// The number of a rung: no ladder has more.
    package static let rungs = 0...1_000_000
    /// The running assignments: Slurm counts each task against MaxJobCount, 10,000 by default.
    package static let parallel = 1...10_000
    /// The retries of an assignment: what has crashed a hundred times will crash again.
    package static let retries = 0...100
    /// The failures in a row that end a study; the greatest value means never.
    package static let failures = 1...1_000_000
    /// The settle window in seconds: NFS caches attributes for up to 60 by default; no shared filesystem needs more
    /// than an hour.
    package static let settleSeconds = 0...3_600
    /// How long a worker waits, in seconds: no queue is worth holding an allocation for more than an hour.
    package static let lingerSeconds = 1...3_600
    /// The assignments that share a task: more than most nodes have processors, and few enough for one process.
    package static let slotsPerTask = 1...256
    /// The grid values of a parameter, as many as a choice may have.
    package static let resolution = 1...choices
    /// How many samples models draw or wait for: more would take seconds for each trial.
    package static let samples = 1...10_000
    /// N_min of BOHB: a deviation needs two points.
    package static let minPoints = 2...10_000
    /// The best and the worst of a population, in percent: the two must not overlap.
    package static let truncation = 1...50
    /// A part of all results, in percent, neither none nor all.
    package static let percent = 1...99
    /// A part of all results, neither none nor all.
    package static let share = 0.01...0.99
    /// The weight of a prior: with none, a model is certain about what it has not seen.
    package static let priorWeight = 0.001...1_000.0
    /// The factor by which candidates are spread wider: a hundred covers everything.
    package static let bandwidthFactor = 1...100.0
    /// The least width of a kernel; 1 is the whole range of a parameter.
    package static let minBandwidth = 1e-6...1.0
    /// The trials alive in an evolution: from a parent and one other, to more than the paper's largest.
    package static let population = 2...100_000
    /// A resource: at least one unit, at most the limit for reports.
    package static let resource = 1...SpoolLimits.resource
    /// The reduction factor: 1 would promote everyone; above 1,000 there is no second rung.
    package static let reductionFactor = 2...1_000
    /// The brackets of asynchronous Hyperband: at most one for each rung.
    package static let brackets = 1...51
    /// The levels of a ladder with equal steps: each is a comparison, and may be a task.
    package static let levels = 1_000
    /// The minimum early-stopping rate: η is at least 2 and the resource below 2^51.
    package static let earlyStoppingRate = 0...50
    /// Whole numbers of parameters: those that a double, and so every JSON reader, holds exactly.
    package static let wholeNumbers = -(1 << 53)...(1 << 53)
    /// The bytes of one text sent to Slurm: node lists can be long, everything else is short.
    package static let slurmTextBytes = 16 << 10
    /// How many times what was measured may be asked for: more than ten times is no estimate.
    static let autoMargin = 1.0...10.0
    /// The binds of a container, and its further options.
    static let containerItems = 64
    /// How deep choices of an option may be within each other: nobody reads deeper ones.
    static let choiceDepth = 8
    /// The configurations that are drawn to try out what options come to: a value that one trial in a hundred has is
    /// most probably among them.
    static let choiceDraws = 500
    /// The different requests that are tried out: what is wrong shows in the first ones.
    static let choiceVariants = 2_000
    /// The bytes of a job's comment: slurmctld keeps those of all jobs in memory.
    package static let commentBytes = 1_024
    /// The lines of the setup; more belong in a script.
    package static let setupLines = 256
    /// The bytes of all setup lines: they are part of the batch script, which slurmctld keeps.
    package static let setupBytes = 64 << 10
    /// The environment variables of `environment`.
    package static let environmentVariables = 256
    /// The minutes of a time limit: ten years. Slurm reserves the greatest numbers for "no limit".
    package static let minutes = 1...5_256_000
    /// The seconds before the time limit at which a task leaves: ten hours. Slurm stores them in 16 bits.
    package static let leaveSeconds = 1...36_000
    /// The memory of a retry after running out of memory, in percent of the previous try's.
    package static let retryMemoryPercent = 100...1_000
    /// Nodes, tasks and the like: no cluster has more, and Slurm reserves the top of the 32-bit range.
    package static let counts = 1...1_000_000
    /// Counts that Slurm stores in 16 bits, without the two greatest, which it reserves.
    package static let smallCounts = 1...65_533
    /// Memory in MiB: an exbibyte. Slurm uses the top bit as a flag.
    package static let memoryMiB = 1...(1 << 40)
    /// The bytes of all checkpoints together: less than 1 MiB is a mistake, and no site has more than an exbibyte.
    package static let quotaBytes = (1 << 20)...(1 << 60)
    /// Submissions per hour: from one, to one every 36 ms, more than any slurmctld accepts from one user.
    package static let submissionsPerHour = 1...100_000
    /// Tasks in the queue, waiting or running: from one, to more than any Slurm holds.
    package static let queuedTasks = 1...1_000_000
    /// Requests to Slurm per minute: from one, to a hundred a second.
    package static let requestsPerMinute = 1...6_000
    /// Files and directories: from what a small study needs, to more than any site allows.
    package static let files = 1_000...1_000_000_000
    /// The minutes below which work is too short for a task: from none, to a day.
    package static let taskMinutes = 0...1_440
    /// The arguments of the notification command; more belong in a script.
    package static let notifyArguments = 64
    /// The files and directories that `code` includes; more belong in a directory.
    package static let codeFiles = 1_000
    /// The bytes of a file of defaults: far more than anyone writes by hand.
    package static let siteBytes = 256 << 10
    /// Slurm's own range of nice values.
    package static let nice = -2_147_483_645...2_147_483_645
}

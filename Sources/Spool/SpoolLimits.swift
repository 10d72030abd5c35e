/// Every limit of the spool, with its reason. Values above a limit are rejected with an error, never cut silently.
package enum SpoolLimits {
    /// The bytes of a manifest: 10,000 assignments with 6 KiB of configuration each.
    package static let manifestBytes = 64 << 20
    /// The bytes of one letter. A worker puts all messages that it has into a letter; a report has at most 64 KiB.
    package static let letterBytes = 1 << 20
    /// The messages in one letter, so that one transaction stays short.
    package static let messagesPerLetter = 1_000
    /// The bytes of one line of the reports file, so that a print without end is not taken for metrics.
    package static let reportLineBytes = 64 << 10
    /// The metrics of one report; more is a table, which belongs into a file of its own.
    package static let metricsPerReport = 256
    /// The bytes of a metric's name.
    package static let metricNameBytes = 256
    /// The bytes that one attempt may append to its reports file: a million short reports.
    package static let reportsFileBytes = 64 << 20
    /// The bytes of an input file's template; more is data, to be copied or linked.
    package static let templateBytes = 1 << 20
    /// The bytes of a claim or a lease: a few short fields.
    package static let recordBytes = 16 << 10
    /// The bytes of the record of a copy of the code: 200 paths with their digests.
    package static let codeBytes = 1 << 20
    /// The bytes of standard error that go with the message about how an attempt ended.
    package static let stderrTailBytes = 2 << 10
    /// How many directories the inbox has, so that none grows large while no controller runs.
    package static let inboxShards = 8
    /// How many files are read or removed at once: enough to hide most of a network's round trips, few enough for the
    /// file server.
    package static let filesAtOnce = 4
    /// From how many files on this is worth the threads.
    package static let filesWorthThreads = 64
    /// The letters in one directory of the inbox. Above it, workers keep their messages: the controller is away, and a
    /// larger directory is slow on every shared filesystem.
    package static let lettersPerShard = 20_000
    /// The answers to users that are kept until someone takes them: whoever asks waits for the answer, so only those of
    /// commands that were interrupted stay.
    package static let answers = 64
    /// The bytes of a name in quarantine. ".reason" must fit behind it, and file systems allow 255.
    package static let quarantineNameBytes = 200
    /// How many names that are not text are replaced in one directory at a time.
    package static let oddNames = 1_000
    /// The bytes of a checkpoint: one pebibyte, so that the sum over any study fits into 64 bits.
    package static let checkpointBytes = 1 << 50
    /// How many names to look at to measure a checkpoint: more than any model has shards, and a second's work on a slow
    /// filesystem.
    package static let measuredNames = 10_000
    /// The bytes of a file that is packed with others. A larger one stays a file: its inode then matters little
    /// compared with its bytes.
    package static let packedFileBytes = 4 << 20
    /// The bytes of a pack: the controller holds one in memory while it makes it.
    package static let packBytes = 64 << 20
    /// How many packs of single commands to merge at once; fewer are not worth the disk access.
    package static let packsWorthFolding = 64
    /// How many packs of about the same size to merge into a larger one.
    package static let packsOfOneSize = 16
    /// The bytes of the list of finished arrays: a million of them.
    package static let finishedBytes = 32 << 20
    /// The trials whose directories share one parent.
    package static let trialsPerDirectory = 1_000
    /// The greatest resource that a report may have: far above any count of steps, far below an overflow.
    package static let resource = 1 << 50
}

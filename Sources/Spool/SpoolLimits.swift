/// Every limit of the spool, with its reason. What exceeds one is refused in words, never cut silently.
package enum SpoolLimits {
    /// The bytes of a manifest: 10,000 assignments with 6 KiB of configuration each.
    package static let manifestBytes = 64 << 20
    /// The bytes of one letter. A worker fills a letter with what it has; a report has at most 64 KiB.
    package static let letterBytes = 1 << 20
    /// The messages in one letter, so that one transaction stays short.
    package static let messagesPerLetter = 1_000
    /// The bytes of one line of the reports file, so that a runaway print is not taken for metrics.
    package static let reportLineBytes = 64 << 10
    /// The metrics of one report: more is a table, which belongs into a file of its own.
    package static let metricsPerReport = 256
    /// The bytes of a metric's name.
    package static let metricNameBytes = 256
    /// The bytes that one attempt may append to its reports file: a million short reports.
    package static let reportsFileBytes = 64 << 20
    /// The bytes of a template of an input file: more is data, which is copied or linked.
    package static let templateBytes = 1 << 20
    /// The bytes of a claim or a lease: a few short fields.
    package static let recordBytes = 16 << 10
    /// The bytes of standard error that travel with the word on how an attempt ended.
    package static let stderrTailBytes = 2 << 10
    /// The directories that the inbox is spread over, so that none grows large while no controller runs.
    package static let inboxShards = 8
    /// How many files are read or removed at once: enough to hide most of a network's round trips, few enough for the
    /// file server.
    package static let filesAtOnce = 4
    /// The files from which on that is worth the threads.
    package static let filesWorthThreads = 64
    /// The letters in one directory of the inbox. Above it workers hold their news back: the controller is
    /// away, and a directory of more entries is slow on every shared filesystem.
    package static let lettersPerShard = 20_000
    /// The bytes of a name in quarantine: ".reason" has to fit behind it, and file systems take 255.
    package static let quarantineNameBytes = 200
    /// The names of one directory that are no text and get another name at once.
    package static let oddNames = 1_000
    /// The bytes of a checkpoint: a pebibyte, of which the sum over any study has room in 64 bits.
    package static let checkpointBytes = 1 << 50
    /// The names that are looked at to tell how large a checkpoint is: more than the shards of any model, and a second's
    /// work on a slow filesystem.
    package static let measuredNames = 10_000
    /// The bytes of one file of an attempt that is packed with others. A larger one stays a file: then what it takes of
    /// the quota of inodes is little beside what it takes of that of bytes.
    package static let packedFileBytes = 4 << 20
    /// The bytes of a pack: the controller holds one in memory while it makes it.
    package static let packBytes = 64 << 20
    /// How many packs of one command each are folded into one at once: fewer are not worth the turns of the disk.
    package static let packsWorthFolding = 64
    /// How many packs of about the same size are folded into a larger one.
    package static let packsOfOneSize = 16
    /// The bytes of the list of arrays that are over: a million of them.
    package static let finishedBytes = 32 << 20
    /// The trials whose directories share one parent.
    package static let trialsPerDirectory = 1_000
    /// The greatest resource a report may name; far above any count of steps, far below an overflow.
    package static let resource = 1 << 50
}

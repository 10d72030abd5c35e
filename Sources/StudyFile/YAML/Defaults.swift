/// The values of fields that are left out.
package enum Defaults {
    /// Running assignments: enough to see it work, few enough for a first run on a shared machine.
    package static let parallel = 4
    /// A single crash may be an accident.
    package static let maxRetries = 1
    /// This many failures in a row are not an accident.
    package static let maxFailures = 8
    /// How long NFS attribute caches may hide a new file by default.
    package static let settleSeconds = 60
    /// The queue wait is unknown until tasks have waited.
    package static let mode = Execution.Mode.auto
    /// How long a worker waits for an answer: as long as a controller needs to hand over to its successor.
    package static let lingerSeconds = 60
    /// One assignment has the whole task.
    package static let slotsPerTask = 1
    /// The minutes that tasks ask for where stune chooses: an hour while nothing is known, which a backfill scheduler
    /// still places well; and a day at most, which nearly every partition allows.
    package static let autoMinutes = (first: 60, most: 1_440)
    /// The MiB, in the same way: 8 GiB and 64 GiB, which most nodes have.
    package static let autoMebibytes = (first: 8_192, most: 65_536)
    /// How many times what was measured is asked for: trials differ, and so do nodes.
    package static let autoMargin = 1.5
    /// The seed of the searcher.
    package static let seed = 0
    /// The Python interpreter that has Optuna.
    package static let python = "python3"
    /// The seconds that an external searcher may take for an answer.
    package static let patience = 600
    /// The grid values of a number: few enough to multiply.
    package static let resolution = 5
    /// r: one epoch, one step.
    package static let minResource = 1
    /// η: each rung keeps the best third.
    package static let reductionFactor = 3
    /// The top rung is at R. With a lower one, no trial would be trained to the end.
    package static let rungs = "full"
    /// s: the lowest rung is at r.
    package static let earlyStoppingRate = 0
    /// The seed for the choice of brackets.
    package static let bracketSeed = 0
    /// How many trials must be complete before any is stopped: a median of fewer says little.
    package static let minTrials = 3
    /// Submissions per hour: half of what the strictest site with a published number allows a user.
    package static let submissionsPerHour = 100
    /// Requests to Slurm per minute: a quarter of what Slurm's own rate limit allows a user.
    package static let requestsPerMinute = 30
    /// The minutes that Slurm sites ask a job to last at least.
    package static let taskMinutes = 30
    /// The news that people get: what they may want to act on, and the end.
    package static let notifyOn: [StudyNews.Kind] = [.failed, .stopped, .done, .stalled]
}

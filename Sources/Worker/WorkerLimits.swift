/// Every limit and interval of the worker, with its reason.
package enum WorkerLimits {
    /// How long to look for the manifest: NFS hides a new file for up to a minute by default.
    package static let manifestWait = Duration.seconds(75)
    /// The pauses between two looks at the manifest.
    package static let manifestPause = (first: Duration.milliseconds(50), longest: Duration.seconds(5))
    /// How long to look for a study's directory before the worker leaves: a node may not see a new directory at once,
    /// and a server that fails over hides everything for some seconds.
    package static let goneWait = Duration.seconds(15)
    /// How often a worker checks that its study still exists and runs.
    static let presenceInterval = Duration.seconds(5)
    /// The pause between two checks whether the next look is due.
    static let presencePause = Duration.seconds(1)
    /// How many earlier starts of a task to search for checkpoints: more often than any job is preempted.
    static let earlierStarts = 1_000
    /// The pauses between two looks at the reports file: short while reports come, long while the command computes.
    package static let reportsPause = (
        shortest: Duration.milliseconds(1), longest: Duration.milliseconds(200)
    )
    /// The longest pause of code that is woken by events.
    static let idlePause = Duration.seconds(1)
    /// The pause between two looks at the time that a leaving command has left.
    static let leavePause = Duration.milliseconds(100)
    /// The pauses between two looks for an answer: a running controller answers within milliseconds.
    package static let answerPause = (first: Duration.milliseconds(1), longest: Duration.milliseconds(250))
    /// How long a command waits for its answer at most: longer than any worker waits for the controller.
    package static let answerWait = Duration.seconds(2 * 3_600)
    /// The shortest time between two letters, so that a command that reports without pause writes few of them.
    package static let letterInterval = Duration.milliseconds(100)
    /// How long an assignment may take before the work ahead is given back. Work is given ahead only if it takes far
    /// less.
    package static let aheadPatience = Duration.seconds(2)
    /// How long the worker tries to publish while the disk or the inbox is full. Someone raises the quota or starts a
    /// controller within minutes, or not before the task's time limit.
    package static let publishWait = Duration.seconds(15 * 60)
    /// The pauses between two tries to publish.
    package static let publishPause = (first: Duration.milliseconds(200), longest: Duration.seconds(30))
    /// How long a command may take to save and leave after the request; Slurm's KillWait is 30 s by default.
    package static let leaveGrace = Duration.seconds(20)
    /// How long children may outlive the command before they are killed.
    package static let lingerGrace = Duration.seconds(2)
    /// The bytes that a command may print; more would fill the study's disk and help nobody.
    package static let outputBytes: Int64 = 1 << 30
    /// The pauses between two measurements of a command's use: each reads all processes of the node.
    static let usagePause = (first: Duration.milliseconds(200), longest: Duration.seconds(10))
    /// When `nvidia-smi` is first asked, the pause between two questions, and its time limit: on a node with broken
    /// GPUs it hangs.
    static let gpuQuery = (
        first: Duration.seconds(1), pause: Duration.seconds(20), limit: Duration.seconds(5)
    )
    /// How many bytes at the end of a task's log to search for the output of a failing setup line: more than its
    /// message holds.
    static let setupLogBytes = 16 << 10
    /// How many lines of standard error go with the message about how an attempt ended.
    package static let stderrTailLines = 20
}

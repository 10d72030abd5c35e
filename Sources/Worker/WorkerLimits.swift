/// Every limit and pace of the worker, with its reason.
package enum WorkerLimits {
    /// How long the manifest is looked for: NFS hides a new file for up to a minute by default.
    package static let manifestWait = Duration.seconds(75)
    /// The pauses between two looks at the manifest.
    package static let manifestPause = (first: Duration.milliseconds(50), longest: Duration.seconds(5))
    /// How long a study's directory is looked for before its worker leaves: a node may not see a new one at once, and a
    /// server that fails over hides all for some seconds.
    package static let goneWait = Duration.seconds(15)
    /// How often a worker looks whether its study is still there and goes on.
    static let presenceInterval = Duration.seconds(5)
    /// The pause before it looks whether it has to look.
    static let presencePause = Duration.seconds(1)
    /// The earlier starts of a task in which a later one looks for checkpoints: more than any job is preempted.
    static let earlierStarts = 1_000
    /// The pauses between two looks at the reports file: short while news comes, long while the command
    /// computes.
    package static let reportsPause = (
        shortest: Duration.milliseconds(1), longest: Duration.milliseconds(200)
    )
    /// The longest pause of one who is woken when something happens.
    static let idlePause = Duration.seconds(1)
    /// The pause between two looks at the time that a command has to leave.
    static let leavePause = Duration.milliseconds(100)
    /// The pauses between two looks for an answer: a controller that is there needs milliseconds.
    package static let answerPause = (first: Duration.milliseconds(1), longest: Duration.milliseconds(250))
    /// How long a command waits for its answer at most: longer than any worker waits for the controller's.
    package static let answerWait = Duration.seconds(2 * 3_600)
    /// The shortest time between two letters, so that a command that reports without end fills few.
    package static let letterInterval = Duration.milliseconds(100)
    /// How long an assignment may take before the work ahead is given back: it was given since each takes far less.
    package static let aheadPatience = Duration.seconds(2)
    /// How long the worker tries to publish while the disk is full or the inbox is: a quota is raised, or a
    /// controller started, within minutes or not before the task's time limit.
    package static let publishWait = Duration.seconds(15 * 60)
    /// The pauses between two tries to publish.
    package static let publishPause = (first: Duration.milliseconds(200), longest: Duration.seconds(30))
    /// How long a command may take to save and leave after it was asked to; Slurm's KillWait is 30 s by default.
    package static let leaveGrace = Duration.seconds(20)
    /// How long children may linger after the command, before they are killed.
    package static let lingerGrace = Duration.seconds(2)
    /// The bytes that a command may print: what is more fills the study's disk and helps nobody.
    package static let outputBytes: Int64 = 1 << 30
    /// The pauses between two looks at what a command uses: a look goes through all processes of the node.
    static let usagePause = (first: Duration.milliseconds(200), longest: Duration.seconds(10))
    /// When NVML's tool is asked first, the pause between two questions, and how long it may take: on a node with broken
    /// GPUs it hangs.
    static let gpuQuery = (
        first: Duration.seconds(1), pause: Duration.seconds(20), limit: Duration.seconds(5)
    )
    /// The bytes at the end of a task's log in which the output of a failing setup line is looked for: more than
    /// travels with the word on it.
    static let setupLogBytes = 16 << 10
    /// The lines of standard error that travel with the word on how an attempt ended.
    package static let stderrTailLines = 20
}

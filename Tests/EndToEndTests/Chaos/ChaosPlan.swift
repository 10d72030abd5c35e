import Tuning

/// The faults for two studies and their Slurm, with an order and pauses that follow from a seed.
///
/// The seed gives only the plan: what each fault hits depends on the machine's timing.
struct ChaosPlan {
    /// One of the two studies.
    enum Target: String {
        /// One trial at a time, so that its decisions are known in advance.
        case single
        /// Several trials at a time.
        case crowd
    }

    /// A fault or its repair.
    enum Fault {
        /// kill -9 of the controller; it is started again at once.
        case killController(Target)
        /// A second controller is started; it must be refused.
        case secondController(Target)
        /// kill -9 of a daemon of Slurm, by its name in `throwaway-slurm`.
        case killDaemon(String)
        /// The daemon is started again.
        case respawnDaemon(String)
        /// `scontrol requeue` of a running task.
        case requeue(Target)
        /// kill -9 of a worker: its task ends, and its training, too.
        case killWorker(Target)
        /// kill -9 of a training command: its worker reports it.
        case killTraining(Target)
        /// `scancel` of a running task. Never of `single`: a cancelled trial is not tried again, by rule.
        case cancel
    }

    /// A fault, and the wait before it.
    struct Step {
        var pause: Duration
        var fault: Fault
    }

    /// The steps, in order.
    private(set) var steps: [Step] = []

    /// The plan that follows from a seed.
    init(seed: UInt64) {
        var random = Random(seed: seed, stream: 0)
        var blocks: [[Step]] = []
        for target in [Target](repeating: .single, count: 16) + [Target](repeating: .crowd, count: 6) {
            blocks.append([ChaosPlan.step(.killController(target), &random)])
        }
        for fault in [
            Fault.secondController(.single), .secondController(.crowd), .requeue(.single),
            .requeue(.single),
            .requeue(.crowd), .cancel, .cancel, .killWorker(.single), .killWorker(.single),
            .killWorker(.crowd), .killWorker(.crowd), .killWorker(.crowd), .killTraining(.single),
            .killTraining(.single), .killTraining(.crowd), .killTraining(.crowd), .killTraining(.crowd),
        ] {
            blocks.append([ChaosPlan.step(fault, &random)])
        }
        for daemon in ["slurmctld", "slurmctld", "slurmctld", "munged", "n1"] {
            blocks.append(ChaosPlan.outage(of: daemon, &random))
        }
        // Longer than SlurmdTimeout: Slurm gives the node up, and its tasks start elsewhere while they still run.
        blocks.append([
            ChaosPlan.step(.killDaemon("n2"), &random),
            Step(pause: .seconds(6), fault: .killController(.single)),
            Step(pause: .seconds(6), fault: .killController(.crowd)),
            Step(pause: .seconds(6), fault: .respawnDaemon("n2")),
        ])
        for last in blocks.indices.reversed() {
            blocks.swapAt(last, Int(random.below(UInt64(last + 1))))
        }
        steps = blocks.flatMap { $0 }
    }

    /// A daemon's death and return, with up to two controllers killed in between.
    private static func outage(of daemon: String, _ random: inout Random) -> [Step] {
        var steps = [step(.killDaemon(daemon), &random)]
        for _ in 0..<random.below(3) {
            steps.append(step(.killController(random.below(2) == 0 ? .single : .crowd), &random))
        }
        return steps + [step(.respawnDaemon(daemon), &random)]
    }

    private static func step(_ fault: Fault, _ random: inout Random) -> Step {
        Step(pause: .milliseconds(100 + Int64(random.below(3_000))), fault: fault)
    }
}

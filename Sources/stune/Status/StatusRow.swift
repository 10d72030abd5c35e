import Clusters
import Dispatching
import Spool
import Store
import Tuning

/// One row of `stune status`: a task in the queue, or a trial that is not.
struct StatusRow {
    /// The task as Slurm prints it, such as `4821_17`; empty for a trial without a task.
    var id = ""
    /// The job's name.
    var name = ""
    /// The state in full, such as RUNNING; for a trial without a task, its own state in capitals.
    var state = ""
    /// Seconds since it started.
    var seconds = 0
    /// The time limit in minutes.
    var limitMinutes: Int?
    /// The nodes it runs on.
    var nodes = ""
    /// Why it waits.
    var reason = ""
    /// Its owner.
    var user = ""
    /// Its partition.
    var partition = ""
    /// Its trial; `nil` if the name does not show it.
    var trial: TrialID?
    /// The rung that it leads to, or where the trial is.
    var rung: Int?
    /// The resource of that rung.
    var resource: Resource?
    /// The objective of the trial's last result.
    var value: Double?
    /// The array's token.
    var token = ""

    /// squeue's two letters for a state.
    static let codes = [
        "PENDING": "PD", "RUNNING": "R", "SUSPENDED": "S", "COMPLETING": "CG", "COMPLETED": "CD",
        "CANCELLED": "CA", "FAILED": "F", "TIMEOUT": "TO", "NODE_FAIL": "NF", "PREEMPTED": "PR",
        "BOOT_FAIL": "BF", "DEADLINE": "DL", "OUT_OF_MEMORY": "OOM", "REQUEUED": "RQ",
        "REQUEUE_HOLD": "RH", "SPECIAL_EXIT": "SE", "PAUSED": "PA", "DIVERGED": "DV",
    ]

    /// The row of a task in the queue. Its trial and rung come from the store or, until the snapshot has them, from the
    /// job's name.
    init(
        _ task: StudyTask, _ row: StoreReader.TaskRow?, _ trial: StoreReader.TrialRow?, levels: [Resource]
    ) {
        let seen = task.sighting
        id = seen.task.description
        (name, state, seconds) = (seen.jobName, seen.stateName, seen.elapsedSeconds)
        (limitMinutes, nodes, reason) = (seen.timeLimitMinutes, seen.nodes, seen.reason)
        (user, partition, token) = (seen.user, seen.partition, task.token.digits)
        if let row {
            (self.trial, rung, resource) = (row.trial, row.rung, row.to)
        } else if let place = QueueName(seen.jobName) {
            (self.trial, rung) = (TrialID(place.offset + seen.task.index), place.rung)
            resource = place.rung < levels.count ? levels[place.rung] : nil
        }
        value = trial?.value
    }

    /// The row of a trial without a task in the queue.
    init(_ trial: StoreReader.TrialRow) {
        state = trial.state.uppercased()
        (self.trial, rung, resource, value) = (trial.trial, trial.rung, trial.resource, trial.value)
        reason = trial.reason
    }

    /// A field as text.
    subscript(field: StatusField) -> String {
        switch field {
        case .id: id
        case .name: name
        case .state: state
        case .stateCode: StatusRow.codes[state] ?? state
        case .time: Numbers.duration(seconds: seconds)
        case .limit: limitMinutes.map { Numbers.duration(seconds: $0 * 60) } ?? "UNLIMITED"
        case .nodes: nodes
        case .reason: reason.isEmpty ? "None" : reason
        case .where_: nodes.isEmpty ? (id.isEmpty ? reason : "(\(self[.reason]))") : nodes
        case .user: user
        case .partition: partition
        case .trial: trial?.description ?? "-"
        case .rung: rung.map { String($0) } ?? "-"
        case .resource: resource?.description ?? "-"
        case .metric: Numbers.metric(value)
        case .token: token
        }
    }
}

/// The parts of a job's name in the queue: `digits.rung1+1000.0123456789abcdef`.
struct QueueName: Equatable {
    /// The rung.
    let rung: Int
    /// The trial of a task is this number plus the task's index.
    let offset: Int

    /// Reads a name; `nil` if it is not one of stune's.
    init?(_ name: String) {
        let parts = name.split(separator: ".")
        guard parts.count == 3, parts[1].hasPrefix("rung") else { return nil }
        let numbers = parts[1].dropFirst(4).split(separator: "+").map { Int($0) }
        guard let rung = numbers.first ?? nil else { return nil }
        self.rung = rung
        offset = numbers.count > 1 ? numbers[1] ?? 0 : 0
    }
}

import Dispatching
import Store
import StudyFile
import Tuning

/// What tasks ask for, where that differs between them.
extension Pass {
    /// Tells the dispatcher what the tasks of new assignments ask for.
    mutating func request(_ decisions: [Decision], because event: Event) throws {
        for case .evaluate(let work) in decisions {
            var need = try need(of: work.trial, rung: work.rung, from: work.from, to: work.to)
            if let previous = work.reason.previous {
                need.before = cores.dispatcher.placement(of: previous)?.request
                need.lacked = lack(in: event, of: previous)
            }
            let request = requests.request(for: need, cores.needs)
            if !request.isPlain { try dispatch(.requested(work.id, request)) }
        }
    }

    /// What the request of a trial's task depends on.
    private func need(
        of trial: TrialID, rung: Int, from: Resource, to: Resource
    ) throws -> RequestRule.Case {
        RequestRule.Case(
            configuration: requests.dependOnConfigurations
                ? requests.completed(try transaction.reader.configuration(of: trial)) : Configuration(),
            trial: trial, rung: rung, units: to.units - from.units,
            taskStays: cores.dispatcher.tasksTakeOtherWork)
    }

    /// What the task of an assignment had too little of, as an event says.
    private func lack(in event: Event, of assignment: AssignmentID) -> RequestRule.Lack? {
        switch event {
        case .lost(let fact) where fact.assignment == assignment && fact.mayHaveMore == true:
            fact.fate == .outOfMemory ? .memory : .time
        // The kernel kills what takes too much memory, and a worker that is left alive sees only that.
        case .ended(let fact)
        where fact.attempt.assignment == assignment && fact.ending == .signalled(number: 9): .memory
        default: nil
        }
    }

    /// Whether the task of an assignment that has its result may go on with its trial: whether it has what the next rung
    /// asks for.
    func taskServesNextRung(of placement: Placement, secondsLeft: Double?) throws -> Bool {
        guard !requests.arePlain else { return true }
        let (levels, next) = (cores.dispatcher.plan.levels, placement.rung + 1)
        guard levels.indices.contains(next) else { return true }
        let need = try need(of: placement.trial, rung: next, from: placement.to, to: levels[next])
        return placement.request.serves(requests.request(for: need, cores.needs))
            && requests.suffices(secondsLeft: secondsLeft, for: need, cores.needs)
    }

    /// Notes what an attempt has taken and used.
    ///
    /// - Parameter seconds: how long it took, if it began with nothing behind it and reached its target.
    mutating func learnNeeds(of placement: Placement, seconds: Double?, used: Usage?) {
        guard requests.learns else { return }
        if let seconds {
            cores.needs.learn(
                placement.trial, rung: placement.rung, units: placement.to.units - placement.from.units,
                seconds: seconds)
        }
        if let bytes = used?.memoryBytes { cores.needs.learn(placement.trial, bytes: bytes) }
    }
}

extension TaskNeeds {
    /// What the attempts of a study have taken and used, as its tables have it.
    init(of reader: StoreReader) throws {
        self.init()
        for attempt in try reader.endedAttempts() {
            // Where no controller ran, both times are that of its return.
            if attempt.isFinished, let seconds = attempt.seconds, seconds >= 1 {
                learn(attempt.trial, rung: attempt.rung, units: attempt.units, seconds: seconds)
            }
            if let bytes = attempt.used?.memoryBytes { learn(attempt.trial, bytes: bytes) }
        }
    }
}

extension Assignment.Reason {
    /// The assignment that was to do the same work before.
    fileprivate var previous: AssignmentID? {
        switch self {
        case .retry(of: let other, _), .continued(of: let other, _), .relaunched(of: let other, _): other
        case .new, .promoted, .unstopped, .retained, .advised, .finished, .replicate: nil
        }
    }
}

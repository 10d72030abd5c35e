import Dispatching
import Spool
import StudyFile
import Tuning

/// What the tasks of a study ask for, as far as it differs between them.
struct RequestRule {
    private let batch: BatchOptions
    /// How many trials share a task.
    private let slots: Int
    private let space: SearchSpace

    /// The rule of a study.
    init(_ spec: StudySpec) {
        (batch, slots, space) = (spec.batch, spec.execution.slotsPerTask, spec.plan.space)
    }

    /// A trial's configuration as its options depend on it.
    func completed(_ configuration: Configuration?) -> Configuration {
        space.completed(configuration ?? Configuration())
    }

    /// What is known of an assignment, beside what others have needed.
    struct Case {
        /// Its trial's configuration.
        var configuration: Configuration
        /// The trial.
        var trial: TrialID
        /// The rung that it leads to.
        var rung: Int
        /// The resource that it is to add.
        var units: Int
        /// Whether its task is meant to take other work when this is done.
        var taskStays = false
        /// What the task of the same work asked for before; `nil`: it is tried for the first time.
        var before: TaskRequest?
        /// Why that came to nothing, if for want of one of these.
        var lacked: Lack?
    }

    /// What a task has had too little of.
    enum Lack: Hashable {
        case time, memory
    }

    /// Whether all tasks ask for the same.
    var arePlain: Bool { batch.choices.isEmpty && batch.automatic.isEmpty }

    /// Whether options depend on the trial's parameters or its rung.
    var dependOnConfigurations: Bool { !batch.choices.isEmpty }

    /// Whether it matters what attempts take and use.
    var learns: Bool { !batch.automatic.isEmpty }

    /// What the task of an assignment asks for.
    func request(for work: Case, _ needs: TaskNeeds) -> TaskRequest {
        TaskRequest(
            options: optionSum(work.configuration, rung: work.rung), minutes: minutes(work, needs),
            mebibytes: mebibytes(work, needs))
    }

    /// Whether the time that a task has left is likely to be enough for an assignment; always where the study says what
    /// tasks ask for.
    func suffices(secondsLeft: Double?, for work: Case, _ needs: TaskNeeds) -> Bool {
        guard let rule = batch.automatic.time, let secondsLeft,
            let needed = needs.seconds(work.trial, rung: work.rung, units: work.units)
        else { return true }
        return needed * rule.margin < secondsLeft
    }

    /// Whether a task that asked for this may have more of what it lacked.
    func mayHaveMore(_ lack: Lack, than request: TaskRequest) -> Bool {
        switch lack {
        case .time:
            guard let rule = batch.automatic.time else { return false }
            return request.minutes > 0 && request.minutes < rule.mostMinutes
        case .memory:
            guard let rule = batch.automatic.memory else { return false }
            return request.mebibytes > 0 && request.mebibytes < rule.mostMebibytes
        }
    }

    private func optionSum(_ configuration: Configuration, rung: Int) -> UInt64 {
        guard !batch.choices.isEmpty else { return 0 }
        var sum = TextSum()
        let texts = batch.choices.texts(for: configuration, rung: rung)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            sum.add(name)
            sum.add(text)
        }
        return sum.value
    }

    // MARK: Time

    private func minutes(_ work: Case, _ needs: TaskNeeds) -> Int {
        guard let rule = batch.automatic.time else { return 0 }
        let known = needs.seconds(work.trial, rung: work.rung, units: work.units).map {
            RequestStep.roundedUp(limit(leaving: $0 * rule.margin))
        }
        var minutes = known ?? rule.firstMinutes
        if work.taskStays { minutes = max(minutes, rule.firstMinutes) }
        if let before = work.before?.minutes {
            minutes = max(minutes, work.lacked == .time ? before * 2 : work.lacked == nil ? 0 : before)
        }
        return min(minutes, rule.mostMinutes)
    }

    /// The least time limit in minutes of a task that has so many seconds for its work, beside its start and the time in
    /// which it saves and leaves.
    private func limit(leaving seconds: Double) -> Int {
        let needed = min(seconds, 1e9) + RequestRule.startSeconds
        var minutes = max(1, Int((needed / 60).rounded(.up)))
        // To leave takes a third at most, so this ends.
        while Double(minutes * 60 - LeaveTime.seconds(asked: batch.leaveSeconds, limit: minutes * 60))
            < needed
        {
            minutes += max(1, minutes / 20)
        }
        return minutes
    }

    /// What a task takes until its command starts: the launch, and the lines of `setup`.
    private static let startSeconds = 60.0

    // MARK: Memory

    private func mebibytes(_ work: Case, _ needs: TaskNeeds) -> Int {
        guard let rule = batch.automatic.memory else { return 0 }
        let known = needs.bytes(work.trial).map { bytes in
            RequestStep.roundedUp(
                Int((min(bytes * Double(slots) * rule.margin, 1e18) / 1_048_576).rounded(.up)))
        }
        var mebibytes = known.map { max($0, RequestRule.leastMebibytes) } ?? rule.firstMebibytes
        if let before = work.before?.mebibytes {
            mebibytes = max(mebibytes, work.lacked == .memory ? before * 2 : before)
        }
        return min(mebibytes, rule.mostMebibytes)
    }

    /// The least memory that is asked for: the worker and the shells of `setup` need some themselves.
    private static let leastMebibytes = 256
}

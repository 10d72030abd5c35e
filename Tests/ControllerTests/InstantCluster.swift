import Clusters
import Dispatching
import Spool
import Synchronization
import Tuning

/// A cluster whose tasks run as soon as they are submitted: through the real spool, with real manifests, claims and
/// letters, but without processes.
///
/// The metric is a function of the configuration and the resource, so that a study has only one course.
final class InstantCluster: Cluster {
    /// What happens to a task, by trial; by default it finishes.
    typealias Script = @Sendable (Manifest.Entry) -> Course

    /// The further metrics that a task reports; none by default.
    typealias Others = @Sendable (Manifest.Entry) -> [String: Double]

    /// The course of a task.
    enum Course: Sendable {
        /// It reports at every resource, saves a checkpoint, and finishes.
        case finishes
        /// It ends in this way without a report.
        case ends(Ending)
        /// It ends without a message.
        case vanishes(TaskState)
        /// It reports this value at its target.
        case reports(Double)
        /// It never starts.
        case waits
    }

    private struct State {
        var submitted: [(token: ArrayToken, id: ArrayID)] = []
        var arrays: [TaskArray] = []
        var states: [TaskID: TaskState] = [:]
        var failures: [ClusterError] = []
        var cancelled: [TaskID] = []
        var reason = ""
        var refusals = 0
        var restarts: [TaskID: Int] = [:]
        var endingEarly: Set<TaskID> = []
        var warned: [TaskID] = []
    }

    private let state = Mutex(State())
    private let study: StudyDirectory
    private let script: Script
    private let others: Others
    private let limit: Int
    /// The greatest number of tasks at the same time; `nil` for no limit.
    private let mostTasks: Int?

    init(
        _ study: StudyDirectory, limit: Int = 1_001, mostTasks: Int? = nil,
        script: @escaping Script = { _ in .finishes },
        others: @escaping Others = { _ in [:] }
    ) {
        self.others = others
        self.study = study
        self.limit = limit
        self.mostTasks = mostTasks
        self.script = script
    }

    /// The submissions that were carried out.
    var submissions: [ArrayToken] { state.withLock { $0.submitted.map(\.token) } }
    /// The arrays of these submissions.
    var arrays: [TaskArray] { state.withLock { $0.arrays } }
    /// The tasks that were cancelled.
    var cancelled: [TaskID] { state.withLock { $0.cancelled } }

    /// How many submissions were over its limit.
    var refusals: Int { state.withLock { $0.refusals } }

    /// Why its tasks wait.
    func wait(for reason: String) { state.withLock { $0.reason = reason } }

    /// A task is over, or runs.
    func change(_ task: TaskID, to new: TaskState) { state.withLock { $0.states[task] = new } }

    /// The tasks whose workers were told that they will end soon.
    var warned: [TaskID] { state.withLock { $0.warned } }

    /// From now on a task runs, and will end before its time limit.
    func preempt(_ task: TaskID) {
        state.withLock { state in
            state.states[task] = .running
            state.endingEarly.insert(task)
        }
    }

    func warn(_ tasks: [TaskID]) async throws(ClusterError) { state.withLock { $0.warned += tasks } }

    /// Makes the next submissions fail; a doubtful one is carried out all the same.
    func fail(_ errors: ClusterError...) { state.withLock { $0.failures = errors } }

    /// An operator has a task requeued.
    func requeue(_ task: TaskID) { set(task, .pending, restarts: 1) }

    /// From now on a task is in this state and was restarted this often.
    func set(_ task: TaskID, _ now: TaskState, restarts: Int) {
        state.withLock { state in
            state.states[task] = now
            state.restarts[task] = restarts
        }
    }

    /// Forgets the newest array and uses its number again, like a slurmctld that lost its last seconds.
    func forgetNewest() {
        state.withLock { state in
            guard let newest = state.submitted.popLast() else { return }
            state.states = state.states.filter { $0.key.array != newest.id }
        }
    }

    func maxArraySize() async throws(ClusterError) -> Int { limit }

    func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
        let failure = state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
        if let failure, case .doubtful = failure {
            _ = try run(array)
            throw failure
        }
        if let failure { throw failure }
        let busy = state.withLock { $0.states.values.count { !$0.isOver } }
        if let mostTasks, busy + array.indices.count > mostTasks {
            state.withLock { $0.refusals += 1 }
            throw .overLimit(reason: "at most \(mostTasks) tasks")
        }
        return try run(array)
    }

    func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
        state.withLock { $0.submitted.filter { $0.token == token }.map(\.id) }
    }

    func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
        state.withLock { state in
            state.states.filter { arrays.contains($0.key.array) }.map {
                var sighting = TaskSighting(
                    task: $0.key, state: $0.value, stateName: "\($0.value)".uppercased(),
                    restarts: state.restarts[$0.key] ?? 0,
                    reason: $0.value == .pending ? state.reason : "")
                sighting.endsEarly = state.endingEarly.contains($0.key)
                return sighting
            }
        }
    }

    func cancel(_ tasks: [TaskID]) async throws(ClusterError) {
        state.withLock { state in
            state.cancelled += tasks
            for task in tasks where state.states[task]?.isOver == false { state.states[task] = .cancelled }
        }
    }

    func isRunning(job: UInt32) async throws(ClusterError) -> Bool? { nil }

    private func run(_ array: TaskArray) throws(ClusterError) -> ArrayID {
        let id = state.withLock { state in
            let id = ArrayID(UInt32(state.submitted.count + 1))
            state.submitted.append((array.token, id))
            state.arrays.append(array)
            return id
        }
        do {
            let manifest = try Manifest.read(array.token, in: study)
            for index in array.indices {
                let ends = try manifest.lanes(of: index).map { try play($0, array.token, id) }
                let end = ends.first { $0 != .completed } ?? .completed
                state.withLock { $0.states[TaskID(array: id, index: index)] = end }
            }
        } catch {
            throw .busy(reason: "\(error)")
        }
        return id
    }

    private func play(_ entry: Manifest.Entry, _ token: ArrayToken, _ id: ArrayID) throws -> TaskState {
        let attempt = Turn(token: token, index: entry.index, epoch: 0)
        let course = script(entry)
        if case .waits = course { return .pending }
        let claim = Claim(array: id.number, host: "here", process: 1)
        guard try claim.take(attempt, in: study) == nil else { return .completed }
        var bodies: [Message.Body] = [
            .started(Message.Started(array: id.number, host: "here", process: 1))
        ]
        var end = TaskState.completed
        switch course {
        case .finishes:
            for step in (entry.from.units + 1)...max(entry.to.units, entry.from.units + 1) {
                bodies.append(
                    report(InstantCluster.loss(entry.configuration, step), at: step, others(entry)))
            }
            bodies.insert(.checkpoint(resource: entry.to), at: bodies.count - 1)
            bodies.append(.ended(.finished, stderrTail: ""))
        case .reports(let value):
            bodies.append(report(value, at: entry.to.units, others(entry)))
            bodies.append(.ended(.finished, stderrTail: ""))
        case .ends(let ending): bodies.append(.ended(ending, stderrTail: "boom"))
        case .vanishes(let state): end = state
        case .waits: break
        }
        let messages = bodies.enumerated().map {
            Message(attempt: attempt, sequence: $0.offset, time: 0, body: $0.element)
        }
        try Inbox(study).put(messages)
        return end
    }

    private func report(_ value: Double, at step: Int, _ others: [String: Double]) -> Message.Body {
        let all = others.merging(["loss": value]) { $1 }
        return .report(
            resource: Resource(step), metrics: all.filter { $0.value.isFinite },
            nonFinite: all.filter { !$0.value.isFinite }.mapValues { _ in "nan" })
    }

    /// The loss of a configuration after this many steps.
    static func loss(_ configuration: Configuration, _ step: Int) -> Double {
        guard case .float(let rate)? = configuration["lr"] else { return 1 }
        return (rate - 0.3) * (rate - 0.3) + 1 / Double(step)
    }
}

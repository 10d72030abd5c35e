package import Clusters
package import Dispatching
import Spool
import StudyFile
package import Tuning

/// A cluster in virtual time, with a number of slots and a queue. A task first waits for a random time, then for a free
/// slot, first come, first served. Then it starts, and holds its slot until it ends.
///
/// It never fails: it measures what a strategy costs without faults.
package final class VirtualCluster: Cluster, @unchecked Sendable {
    // Unchecked because all access is from the simulation's one thread.

    /// The cost so far.
    package struct Usage: Hashable, Sendable {
        /// The arrays that were submitted.
        package var arrays = 0
        /// The most arrays that were submitted within an hour, whenever that began.
        package var busiestHour = 0
        /// The tasks that were started. Each is a job to Slurm.
        package var tasks = 0
        /// The sum of their waits, from submission to start.
        package var waitSeconds = 0.0
        /// The sum of the time that slots were held, from start to end, or until now.
        package var slotSeconds = 0.0
    }

    /// The allocation of a started task, until it ends.
    struct Allocation: Sendable {
        /// The task.
        var task: TaskID
        /// The token of its array.
        var token: ArrayToken
        /// When it is asked to save and leave; `nil` for never.
        var leave: Duration?
    }

    private final class Job {
        let array: TaskArray
        var records: [Int: Record] = [:]

        init(_ array: TaskArray) { self.array = array }
    }

    private struct Record {
        var state = TaskState.pending
        var submitted: Duration
    }

    private let time: VirtualTime
    private let startup: Duration
    private var waits: QueueWait.Draws
    private let run: (Allocation) async -> TaskState
    private var freeSlots: Int
    private var queue: [TaskID] = []
    private var jobs: [ArrayID: Job] = [:]
    private var lastID: UInt32 = 0
    /// Called with each submission.
    var onSubmission: () -> Void = {}
    /// When arrays were submitted, in order.
    private var submissions: [Duration] = []
    private var past = Usage()
    private var running: [TaskID: Duration] = [:]
    /// The cost so far.
    package var usage: Usage {
        var usage = past
        usage.slotSeconds += running.values.reduce(Duration.zero) { $0 + (time.now - $1) }.seconds
        return usage
    }

    /// A cluster.
    ///
    /// - Parameters:
    ///   - startup: the time of a task from its start until it begins to train.
    ///   - run: runs a task, and returns how it ended.
    init(
        time: VirtualTime, slots: Int, startup: Duration, waits: QueueWait.Draws,
        run: @escaping (Allocation) async -> TaskState
    ) {
        self.time = time
        self.startup = startup
        self.waits = waits
        self.run = run
        freeSlots = slots
    }

    /// Slurm's default.
    package func maxArraySize() async throws(ClusterError) -> Int { 1_001 }

    /// See `Cluster.submit`.
    package func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
        lastID += 1
        let (id, job) = (ArrayID(lastID), Job(array))
        jobs[id] = job
        past.arrays += 1
        let limit = array.options.timeMinutes.map { Int($0) * 60 }
        submissions.append(time.now)
        past.busiestHour = max(past.busiestHour, submissions(within: SiteBudget.hour))
        onSubmission()
        for index in array.indices {
            job.records[index] = Record(submitted: time.now)
            time.after(.seconds(waits.draw(limit: limit))) {
                self.becomeEligible(TaskID(array: id, index: index))
            }
        }
        return id
    }

    /// How many arrays were submitted within the last so long, its first moment included.
    func submissions(within span: Duration) -> Int {
        submissions.reversed().prefix { $0 >= time.now - span }.count
    }

    /// See `Cluster.find`.
    package func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
        jobs.filter { $0.value.array.token == token }.map(\.key).sorted()
    }

    /// See `Cluster.sightings`.
    package func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
        arrays.sorted().flatMap { id -> [TaskSighting] in
            guard let job = jobs[id] else { return [] }
            return job.records.sorted { $0.key < $1.key }.map { index, record in
                TaskSighting(
                    task: TaskID(array: id, index: index), token: job.array.token, state: record.state,
                    stateName: "\(record.state)".uppercased())
            }
        }
    }

    /// See `Cluster.cancel`. Running tasks continue; the ended study ignores them.
    package func cancel(_ tasks: [TaskID]) async throws(ClusterError) {
        for task in tasks where self[task]?.state == .pending { self[task]?.state = .cancelled }
    }

    /// See `Cluster.isRunning`. Here controllers have no jobs.
    package func isRunning(job: UInt32) async throws(ClusterError) -> Bool? { nil }

    private subscript(task: TaskID) -> Record? {
        get { jobs[task.array]?.records[task.index] }
        set { jobs[task.array]?.records[task.index] = newValue }
    }

    // MARK: The life of a task

    private func becomeEligible(_ task: TaskID) {
        queue.append(task)
        startTasks()
    }

    private func startTasks() {
        while freeSlots > 0, !queue.isEmpty {
            let task = queue.removeFirst()
            if self[task]?.state == .pending { start(task) }
        }
    }

    private func start(_ task: TaskID) {
        guard let job = jobs[task.array], let submitted = self[task]?.submitted else { return }
        let start = time.now
        self[task]?.state = .running
        running[task] = start
        freeSlots -= 1
        past.tasks += 1
        past.waitSeconds += (start - submitted).seconds
        let options = job.array.options
        let limit = options.timeMinutes.map { Int($0) * 60 }
        let leave = limit.map {
            start + .seconds($0 - LeaveTime.seconds(asked: options.leaveSeconds, limit: $0))
        }
        let allocation = Allocation(task: task, token: job.array.token, leave: leave)
        time.start { [self] in
            await time.sleep(for: startup)
            let state = await run(allocation)
            self[task]?.state = state
            running[task] = nil
            past.slotSeconds += (time.now - start).seconds
            freeSlots += 1
            startTasks()
        }
    }
}

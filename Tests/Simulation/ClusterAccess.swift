import Clusters
import Dispatching
import Simulated
import Spool
import Tuning

/// The simulated cluster as one controller reaches it: its requests take time, get lost, and end with the controller's
/// process.
struct ClusterAccess: Cluster {
    let cluster: SimulatedCluster
    let process: SimulatedProcess
    private var world: World { cluster.world }

    init(_ cluster: SimulatedCluster, from process: SimulatedProcess) {
        self.cluster = cluster
        self.process = process
    }

    func maxArraySize() async throws(ClusterError) -> Int {
        try await request("limits")
        return world.scenario.maxArraySize
    }

    func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
        try await request("submit")
        if world.strikes(.busy) { throw .busy(reason: "Resource temporarily unavailable") }
        if cluster.activeTasks + array.indices.count > world.scenario.maxJobs {
            world.count(.overLimit)
            throw .overLimit(reason: "Job violates accounting/QOS policy")
        }
        if world.strikes(.requestLost) {
            throw .doubtful(reason: "Socket timed out on send/recv operation")
        }
        let id = cluster.accept(array)
        world.ledger.accepted(array, id, at: world.time.now)
        if world.strikes(.replyLost) {
            try await reply()
            throw .doubtful(reason: "Socket timed out on send/recv operation")
        }
        try await reply()
        return id
    }

    func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
        try await request("find")
        if world.mutation == .neverAdopts { return [] }
        let found = cluster.jobs.values.filter { job in
            let last = job.name.split(separator: ".").last
            let own = JobComment(job.comment)?.token ?? last.flatMap { ArrayToken(String($0)) }
            let looksAlike = world.mutation == .adoptsStrangers && cluster.strangers.contains(job.id)
            return own == token || looksAlike
        }
        return found.map(\.id).sorted()
    }

    func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
        try await request("tasks")
        let all = cluster.sightings(of: arrays)
        guard world.mutation == .clusterNotBelieved else { return all }
        return all.map { TaskSighting(task: $0.task, state: .running, stateName: "RUNNING") }
    }

    func cancel(_ tasks: [TaskID]) async throws(ClusterError) {
        try await request("cancel")
        world.ledger.cancelled(tasks, cluster, world)
        cluster.cancel(tasks, byHand: false)
        try await reply()
    }

    func isRunning(job: UInt32) async throws(ClusterError) -> Bool? {
        try await request("job")
        return cluster.isRunningController(job)
    }

    /// A request on its way: the caller may die before it is sent, and the cluster may not answer.
    private func request(_ what: String) async throws(ClusterError) {
        process.step()
        guard !process.isDead else { throw .refused(reason: "the process is gone") }
        world.ledger.countRequest(what)
        await world.time.sleep(for: world.seconds(0.001, 0.2))
        guard !process.isDead else { throw .refused(reason: "the process is gone") }
        if cluster.isAway { throw .busy(reason: "Unable to contact slurm controller (connect failure)") }
        if world.strikes(.clusterAway, factor: 0.05) {
            cluster.goAway(for: world.seconds(5, 120))
            throw .busy(reason: "Unable to contact slurm controller (connect failure)")
        }
    }

    /// The reply on its way back: the caller may have died when it comes.
    private func reply() async throws(ClusterError) {
        await world.time.sleep(for: world.seconds(0.001, 0.3))
        process.step()
        guard !process.isDead else { throw .refused(reason: "the process is gone") }
    }
}

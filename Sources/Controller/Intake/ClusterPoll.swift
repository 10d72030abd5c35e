import Clusters
import Dispatching
import Logging
import Spool
import Store
import Tuning

extension Controller {
    /// Asks the cluster about the open tasks, when it is time.
    mutating func poll() async throws {
        guard watch.isDue(at: time.now), window.requestsLeft(at: time.now) > 0 else { return }
        // Where the cluster does not answer, or nothing is there to ask for.
        let lastPause = watch.asks(at: time.now)
        let open = cores.dispatcher.watched()
        guard !open.isEmpty else {
            watch.seesNothing(at: time.now)
            troubles.hold("held", nil, isLogged: true)
            return try tellHeld()
        }
        let workless = try workless()
        let sightings: [TaskSighting]
        window.asks(cluster.requestsPerLook, at: time.now)
        do throws(ClusterError) {
            let tokens = cores.dispatcher.watchedArrays()
            // A number that the cluster has given to another array since says nothing of ours.
            let arrays = Set(open.map(\.task.array))
            let all = try await cluster.sightings(of: arrays.union(workless.keys))
            sightings = all.filter {
                arrays.contains($0.task.array)
                    && ($0.token == nil || $0.token == tokens[$0.task.array.number])
            }
            retirement.known.formUnion(arrays.map(\.number))
            // A number that the cluster has given to another array since says that this one is over.
            let others = all.filter { $0.token == nil || $0.token == workless[$0.task.array] }
            retirement.see(others, of: workless, now: time.now)
        } catch {
            // Not knowing is no news: nothing is declared lost while the cluster does not answer.
            log.warning("\(error)")
            troubles.hold("cluster", error.description, isLogged: true)
            return try tellHeld()
        }
        troubles.hold("cluster", nil, isLogged: true)
        await warn(sightings)
        let hasHope = cores.dispatcher.hasIdleWorkers || cores.study.isOver
        let reason = watch.see(sightings, open: open, hasHope: hasHope, lastPause: lastPause, at: time.now)
        explainLost(open)
        try tellHeld()
        let isStuck = watch.held.holdsAll(of: Set(open.map(\.task))) && !cores.dispatcher.hasIdleWorkers
        troubles.hold("held", isStuck ? watch.held.text : nil, isLogged: true)
        if let reason {
            log.error("\(reason)")
            try commit { _ in [.refused(reason: reason)] }
        }
    }

    /// Tells the workers of tasks that the cluster is about to end, each start once: during a preemption's grace time Slurm
    /// itself tells no batch script.
    private mutating func warn(_ sightings: [TaskSighting]) async {
        let ending = Array(watch.toWarn(sightings).prefix(window.requestsLeft(at: time.now)))
        guard !ending.isEmpty else { return }
        window.asks(ending.count, at: time.now)
        do throws(ClusterError) {
            try await cluster.warn(ending.map(\.task))
        } catch {
            // The next look tries again.
            return log.warning("\(error)")
        }
        watch.warned(ending)
        log.info("told \(ending.count) tasks, which the cluster is about to end, to save and leave")
    }

    /// Adds what the output says to the state of tasks that ended without a message.
    private mutating func explainLost(_ open: [TaskWatch.Open]) {
        let directory = setup.directory
        watch.explain { item in
            guard item.fate == .silent,
                let task = open.first(where: { $0.assignment == item.assignment })?.task,
                let sentence = TaskOutput.sentence(of: task, in: directory)
            else { return item }
            var explained = item
            explained.state += ": " + sentence
            return explained
        }
    }
}

import Clusters
import Dispatching
import Logging
import Spool
import Store
import Tuning

/// The rest of a study that is over: nothing of it may start again.
struct EndSweep {
    /// Since when it is tried; `nil` if it has not begun.
    var since: Duration?
    /// When the cluster is asked next.
    var next = Duration.zero
    /// The arrays that still have running tasks, by the cluster's last answer; `nil` before the first answer.
    var running: Set<ArrayToken>?
    /// Whether nothing is left, or nothing can be done about it.
    var isDone = false
}

extension Controller {
    /// Marks a study as over, so that workers that start later leave at once, and cancels all its tasks that the
    /// cluster could still start: waiting ones, such as after a requeue, and running ones whose lanes' last message is
    /// from an earlier start.
    ///
    /// - Returns: whether that is done. If not, call it again.
    mutating func sweep() async throws -> Bool {
        guard !endSweep.isDone else { return true }
        guard try lease.isHeld() else { throw ControllerError.superseded }
        if endSweep.since == nil {
            try setup.directory.files.publish(Array("{\"version\":1}\n".utf8), at: setup.directory.over)
            endSweep.since = time.now
        }
        guard time.now >= endSweep.next, let since = endSweep.since else { return false }
        endSweep.next = time.now + setup.pace.poll
        // The site allows no request for now.
        guard window.requestsLeft(at: time.now) > 0 else { return false }
        let isLate = time.now - since >= ControllerLimits.endSweep
        do throws(ClusterError) {
            let (left, running) = try await cancelLeftovers()
            // Workers that are about to leave pack what they have; in a study that only pretends there is nothing to pack.
            let areLeaving =
                !running.isEmpty && !setup.forgetsStore && time.now - since < ControllerLimits.leaving
            endSweep.isDone = left == 0 && !areLeaving
            if left == 0, areLeaving {
                endSweep.next = min(endSweep.next, since + ControllerLimits.leaving)
            }
            endSweep.running = running
            if isLate, left > 0 {
                log.warning(
                    "\(left) cancelled tasks are still in the queue; when they start, they see the end and leave"
                )
            }
        } catch {
            log.warning("\(error)")
            if isLate { log.warning("tasks that start later see that the study is over, and leave") }
        }
        endSweep.isDone = endSweep.isDone || isLate
        if endSweep.isDone, let running = endSweep.running { try await tidyAtEnd(running: running) }
        return endSweep.isDone
    }

    /// Cancels what could still start.
    ///
    /// - Returns: how many tasks that was, and the tokens of the arrays that are not over.
    private mutating func cancelLeftovers() async throws(ClusterError) -> (
        left: Int, running: Set<ArrayToken>
    ) {
        let arrays: [UInt32: ArrayToken]
        do {
            arrays = try store.read { try $0.submittedArrays() }
        } catch {
            throw .busy(reason: "\(error)")
        }
        guard !arrays.isEmpty else { return (0, []) }
        window.asks(cluster.requestsPerLook, at: time.now)
        let sightings = try await cluster.sightings(of: Set(arrays.keys.map(ArrayID.init)))
        // A number that the cluster has given to another array since says nothing of ours.
        let own = sightings.filter { $0.token == nil || $0.token == arrays[$0.task.array.number] }
        let running = Set(own.filter { !$0.state.isOver }.compactMap { arrays[$0.task.array.number] })
        let left = own.filter { sighting in
            guard let token = arrays[sighting.task.array.number] else { return false }
            return mayStart(sighting, PlannedTask(token: token, index: sighting.task.index))
        }
        let tasksByArray = Dictionary(grouping: left.map(\.task), by: \.array).sorted { $0.key < $1.key }
        for (_, tasks) in tasksByArray where window.requestsLeft(at: time.now) > 0 {
            window.asks(at: time.now)
            try await cluster.cancel(tasks)
        }
        return (left.count, running)
    }

    private func mayStart(_ sighting: TaskSighting, _ task: PlannedTask) -> Bool {
        switch sighting.state {
        case .pending: return true
        case .running:
            guard sighting.restarts > 0 else { return false }
            // What cannot be read now is asked for again.
            let last = (try? store.read { try $0.lastWord(task) }) ?? nil
            return last ?? -1 < sighting.restarts
        case .completed, .failed, .cancelled, .displaced, .outOfMemory, .timedOut: return false
        }
    }

    /// A study that continues is not over, whatever an earlier controller has written.
    func unmarkEnd() throws {
        if !cores.study.isOver { try setup.directory.files.remove(setup.directory.over) }
    }
}

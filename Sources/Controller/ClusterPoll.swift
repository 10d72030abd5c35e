import Clusters
import Logging
import Spool
import Store
import Tuning

extension Controller {
    /// Asks the cluster about the open tasks, when it is time.
    mutating func poll() async throws {
        guard time.now >= nextPoll else { return }
        let lastPause = pollPause
        // Where the cluster does not answer, or nothing is there to ask for.
        askAgain(after: setup.pace.poll)
        let (rows, open) = try store.read { reader in
            let (rows, intents) = (try reader.openTasks(), try reader.openIntents())
            // Submitted, and without a number: the cluster has given that to another array, and forgotten this.
            // It is asked about under a number that no array has.
            let submitted = rows.filter { row in
                row.job != nil || !intents.contains { $0.intent == .submit(token: row.token) }
            }
            return (rows, try submitted.map { try TaskWatch.Open($0, reader) })
        }
        guard !open.isEmpty else {
            (held, hopelessSince) = (HeldTasks(), nil)
            return try tellHeld()
        }
        let sightings: [TaskSighting]
        do throws(ClusterError) {
            let tokens = Dictionary(rows.map { ($0.job ?? 0, $0.token) }) { first, _ in first }
            // A number that the cluster has given to another array since says nothing of ours.
            sightings = try await cluster.sightings(of: Set(open.map(\.task.array))).filter {
                $0.token == nil || $0.token == tokens[$0.task.array.number]
            }
        } catch {
            // Not knowing is no news: nothing is declared lost while the cluster does not answer.
            log.warning("\(error)")
            return try tellHeld()
        }
        await warn(sightings)
        lost = explained(watch.see(sightings, open: open, now: time.now), open)
        let states = sightings.map(\.timeless)
        let isQuiet = states == lastStates && !watch.isSettling(since: time.now)
        lastStates = states
        askAgain(after: isQuiet ? min(lastPause * 2, setup.pace.longestPoll) : setup.pace.poll)
        held = HeldTasks(sightings)
        try tellHeld()
        let isIdle = try store.read { try $0.idleCount() } > 0
        try endIfHopeless(isIdle ? nil : HeldTasks.hopeless(Set(open.map(\.task)), sightings))
    }

    /// Ends the study when none of its tasks can ever start, for a reason that the cluster has given for a while.
    private mutating func endIfHopeless(_ reason: String?) throws {
        guard let reason, !study.isOver else {
            hopelessSince = nil
            return
        }
        let since = hopelessSince ?? time.now
        hopelessSince = since
        guard time.now - since >= setup.pace.hopeless else { return askAgain(after: setup.pace.poll) }
        log.error("\(reason)")
        try commit { _ in [.refused(reason: reason)] }
    }

    /// Tells the workers of tasks that the cluster is about to end, each start once: during a preemption's grace time Slurm
    /// itself tells no batch script.
    private mutating func warn(_ sightings: [TaskSighting]) async {
        let ending = sightings.filter { $0.endsEarly && warned[$0.task] != $0.restarts }
        guard !ending.isEmpty else { return }
        do throws(ClusterError) {
            try await cluster.warn(ending.map(\.task))
        } catch {
            // The next look tries again.
            return log.warning("\(error)")
        }
        for sighting in ending { warned[sighting.task] = sighting.restarts }
        log.info("told \(ending.count) tasks, which the cluster is about to end, to save and leave")
    }

    /// When the cluster is asked again.
    mutating func askAgain(after pause: Duration) {
        (pollPause, nextPoll) = (pause, time.now + pause)
    }

    /// Says which tasks will not start by themselves, since nobody else would.
    private mutating func tellHeld() throws {
        guard held != toldHeld else { return }
        if let text = held.text { log.warning("\(text)") }
        try store.write { [held] in try $0.notice("held", held.text, time: time.wallTime) }
        toldHeld = held
    }
}

extension TaskWatch.Open {
    fileprivate init(_ row: StoreReader.TaskRow, _ reader: StoreReader) throws {
        self.init(
            assignment: row.assignment, task: TaskID(array: ArrayID(row.job ?? 0), index: row.task),
            hasStarted: row.hasStarted, lastWord: row.lastWord)
        guard row.turn > 0 else { return }
        givenTo = row.epoch
        newestStart = try reader.newestEpoch(row.plannedTask)
    }
}

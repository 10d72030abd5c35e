import Clusters
import Controller
import Dispatching
import Simulated
import Spool
import Store
import StudyFile
import Tuning

/// Holds what a study's store says, once all is over, against what truly happened.
///
/// It knows the promises and not how they are kept: it shares no code with the study's state machine, the
/// scheduler or the controller.
struct Promises {
    let reader: StoreReader
    let world: World
    let simulation: Simulation
    let events: [(id: Int64, time: Double, event: Event, decisions: [Decision])]
    var ledger: Ledger { world.ledger }

    init(reader: StoreReader, world: World, simulation: Simulation) throws {
        self.reader = reader
        self.world = world
        self.simulation = simulation
        var events: [(Int64, Double, Event, [Decision])] = []
        try reader.forEachEvent { logged in
            events.append(
                (
                    logged.id, logged.time - world.time.epoch, try logged.event(), try logged.decided()
                ))
        }
        self.events = events
    }

    /// All decisions, as text.
    func decisions() throws -> [String] { try events.flatMap(\.decisions).map { try StoreJSON.text($0) } }

    func check() throws {
        let replay = try Replay(reader)
        ledger.check(
            replay.difference == nil,
            "replay differs at event \(replay.difference?.event ?? 0): \(replay.difference?.what ?? "")")
        ledger.check(replay.coversPlacements, "who ran what where is not recorded from the start")
        var accounting = Accounting(plan: world.scenario.plan, ledger: ledger)
        for entry in events { accounting.take(entry.event, entry.decisions) }
        accounting.finish()
        try checkReports()
        try checkLosses()
        try checkCleanEnds()
        checkClaims()
        try checkArrays()
        try checkCancels()
        try checkFailures()
        try checkCheckpoints()
        try checkNeeds()
        checkOutputs()
        checkRequests()
        checkPartitions()
        checkLimits()
        checkWishes(events.compactMap { if case .wished(let wish) = $0.event { wish } else { nil } })
    }

    // MARK: Reports

    /// Every published report must be in the store exactly once, and nothing else.
    private func checkReports() throws {
        var found: [Ledger.Key: Int] = [:]
        let names = try attemptNames()
        for entry in events {
            guard let (attempt, word, metrics) = Promises.news(entry.event), let name = names(attempt)
            else { continue }
            let key = Ledger.Key(attempt: name, word: word)
            found[key, default: 0] += 1
            guard let sent = ledger.sent[key] else {
                // If a worker was gone before it knew of the work, the controller writes this itself.
                if case .ended(let fact) = entry.event, fact.ending == .givenBack { continue }
                ledger.check(false, "event \(entry.id) tells of \(key), which nobody sent")
                continue
            }
            if case .report(_, let values, _) = sent.body {
                ledger.check(values == metrics, "event \(entry.id) has other metrics than \(key)")
            }
        }
        for (key, _) in ledger.published.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            // For a waiting worker, only the answer matters.
            if key.word == "idle" { continue }
            let count = found[key] ?? 0
            if key.word == "waiting", count == 0 { continue }
            ledger.check(count == 1, "\(key) was published, and is in the log \(count) times")
        }
    }

    private static func news(_ event: Event) -> (AttemptID, String, [String: Double])? {
        switch event {
        case .started(let fact): (fact.attempt, "started", [:])
        case .reported(let report): (report.attempt, "report \(report.resource)", report.metrics)
        case .checkpointed(let checkpoint, _):
            (checkpoint.attempt, "checkpoint \(checkpoint.resource)", [:])
        case .waited(let attempt): (attempt, "waiting", [:])
        case .ended(let fact): (fact.attempt, "ended", [:])
        case .accepted, .submitted, .refused, .doesNotWait, .askedAhead, .crowded, .lost, .cancelled, .code,
            .stopped,
            .proposed, .advised, .resumed, .wished, .learned:
            nil
        }
    }

    /// The spool's name of an attempt.
    private func attemptNames() throws -> (AttemptID) -> Turn? {
        let tasks = try tasks()
        return { attempt in
            tasks[attempt.assignment].map {
                Turn(token: $0.token, index: $0.index, epoch: attempt.epoch, turn: $0.turn)
            }
        }
    }

    private func tasks() throws -> [AssignmentID: Ledger.SpoolTask] {
        var tasks: [AssignmentID: Ledger.SpoolTask] = [:]
        for trial in try reader.trials() {
            for row in try reader.attempts(of: trial.trial) {
                tasks[row.task.assignment] = Ledger.SpoolTask(
                    token: row.task.token, index: row.task.index, turn: row.task.turn, epoch: row.task.epoch
                )
            }
        }
        return tasks
    }

    /// After a command has ended where it was told to continue, the study must know that commands do not wait.
    private func checkCleanEnds() throws {
        let names = try attemptNames()
        var isKnown = false
        for entry in events {
            if case .doesNotWait = entry.event { isKnown = true }
            guard case .ended(let fact) = entry.event, let name = names(fact.attempt),
                ledger.cleanEnds.contains(name), !entry.decisions.isEmpty
            else { continue }
            ledger.check(
                isKnown, "\(name) ended where it was told to go on, and commands are still waited for")
        }
    }

    // MARK: Tasks

    /// A task must not be lost if its worker has said before that it finished.
    private func checkLosses() throws {
        let tasks = try tasks()
        for entry in events where !entry.decisions.isEmpty {
            guard case .lost(let fact) = entry.event, let task = tasks[fact.assignment] else { continue }
            let words = ledger.lastWords.filter {
                Ledger.SpoolTask($0.key) == task && $0.value.ending == .finished
                    && $0.value.at.seconds < entry.time
            }
            let newest = ledger.claims.keys.filter { Ledger.SpoolTask($0) == task }.map(\.epoch).max()
            // For a process that the cluster does not know, it cannot say whether it is over.
            let isKnown = !words.keys.contains {
                ledger.claims[$0]?.contains { ledger.unknown.contains($0.process) } ?? false
            }
            ledger.check(
                !isKnown || !words.keys.contains { $0.epoch == newest },
                "assignment \(fact.assignment) was declared lost at \(entry.time) (\(fact.state)), and had finished"
            )
        }
    }

    /// One process has an attempt, and one array has a task.
    private func checkClaims() {
        var arrays: [Ledger.SpoolTask: Set<UInt32>] = [:]
        for (attempt, holders) in ledger.claims {
            ledger.check(holders.count == 1, "\(attempt) is claimed by \(holders.map(\.process))")
            arrays[Ledger.SpoolTask(token: attempt.token, index: attempt.index), default: []].formUnion(
                holders.map(\.array))
        }
        for (task, ids) in arrays {
            ledger.check(ids.count == 1, "task \(task.index) of \(task.token) ran in the arrays \(ids)")
        }
    }

    /// An array must be submitted once, unless a controller was paused between its last look and its request. Adopted
    /// arrays must be the study's own.
    private func checkArrays() throws {
        for (token, ids) in ledger.accepted {
            ledger.check(
                ids.count == 1 || ledger.ghosts > 0, "\(token) was submitted \(ids.count) times: \(ids)")
        }
        for entry in events {
            guard case .submitted(let fact) = entry.event, let token = ArrayToken(fact.token) else {
                continue
            }
            let own = ledger.accepted[token] ?? []
            ledger.check(
                own.contains { $0.number == fact.job },
                "job \(fact.job) was taken for the array \(token), and is not")
        }
    }

    /// A trial fails because of itself or its tasks, as often as the rules say, and never because of the controller,
    /// the cluster's replies or the files.
    private func checkFailures() throws {
        for entry in events {
            for case .conclude(let trial, .failed(let reason)) in entry.decisions {
                let strikes = ledger.strikes[trial] ?? 0
                let isFinal = reason.contains("reported nothing") || reason.contains("cannot be used")
                let needed = isFinal ? 1 : leastRetries + 1
                ledger.check(
                    strikes >= needed,
                    "trial \(trial) failed (\(reason)) after \(strikes) strikes, where \(needed) are needed"
                )
            }
        }
    }

    /// The fewest retries that the study has allowed at any time.
    private var leastRetries: Int {
        events.reduce(world.scenario.plan.maxRetries) { least, entry in
            guard case .wished(let wish) = entry.event, case .changed(let change) = wish.kind else {
                return least
            }
            return min(least, change.maxRetries ?? least)
        }
    }

    /// What the store says is kept is there.
    private func checkCheckpoints() throws {
        for trial in try reader.trials() {
            guard let kept = try reader.checkpoint(of: trial.trial) else { continue }
            let path = "\(Scenario.directory)/\(kept.path)"
            ledger.check(
                simulation.server.entry(path) != nil, "the checkpoint \(kept.path) is kept, and is gone")
        }
    }

    /// The output of commands must exist once, packed or not.
    private func checkOutputs() {
        for (path, text) in ledger.printed.sorted(by: { $0.key < $1.key }) {
            let found = simulation.server.printed(path).map { String(decoding: $0, as: UTF8.self) }
            ledger.check(
                found == text, "'\(text)' was printed into \(path), and that has \(found ?? "gone")")
        }
    }

    /// No checkpoint may be removed that a task with unfinished work needs.
    private func checkNeeds() throws {
        guard !ledger.needs.isEmpty else { return ledger.check(true, "") }
        let tasks = try tasks()
        for need in ledger.needs {
            let done = events.first { entry in
                Promises.landed(entry.event).flatMap { tasks[$0] } == need.task
                    || Promises.isDropped(world.ledger.trials[need.task], by: entry.event)
            }
            let isDone = done.map { $0.time <= need.at.seconds + 0.001 } ?? false
            ledger.check(isDone, need.what)
        }
    }

    /// The assignment that ends with an event, as far as one event shows; it may belong to a start that a later one has
    /// superseded.
    private static func landed(_ event: Event) -> AssignmentID? {
        switch event {
        // Here the cluster decides.
        case .ended(let fact) where fact.ending.awaitsCluster: nil
        case .ended(let fact): fact.attempt.assignment
        case .lost(let fact): fact.assignment
        default: nil
        }
    }

    /// Whether the user wants a trial no more.
    private static func isDropped(_ trial: TrialID?, by event: Event) -> Bool {
        guard case .wished(let wish) = event, case .dropped(let trials) = wish.kind, let trial else {
            return false
        }
        return trials.contains(trial)
    }

    /// Whether the process that was to go on with an assignment was gone before it knew.
    private static func hasLeft(_ event: Event, before work: Assignment?) -> Bool {
        guard case .ended(let fact) = event, fact.ending != .wentOn else { return false }
        return fact.attempt == work?.inPlace
    }

    private static func work(_ decision: Decision) -> Assignment? {
        if case .evaluate(let work) = decision { work } else { nil }
    }

    /// No task may be cancelled while one of its lanes has work for its newest start.
    private func checkCancels() throws {
        guard ledger.ghosts == 0, !ledger.cancels.isEmpty else { return }
        let end = events.first { entry in
            entry.decisions.contains { if case .finish = $0 { true } else { false } }
        }
        for row in try reader.trials().flatMap({ try reader.attempts(of: $0.trial) }).map(\.task) {
            let begin = events.first { $0.decisions.contains { Promises.work($0)?.id == row.assignment } }
            let work = begin?.decisions.lazy.compactMap(Promises.work).first { $0.id == row.assignment }
            let done = events.first { entry in
                Promises.landed(entry.event) == row.assignment
                    || Promises.hasLeft(entry.event, before: work)
                    || Promises.isDropped(work?.trial, by: entry.event) && entry.id > begin?.id ?? 0
                    || entry.decisions.contains { Promises.work($0)?.inPlace?.assignment == row.assignment }
            }
            // What an earlier start was given after others is displaced by a later one.
            let isDisplaced =
                row.turn > 0
                && ledger.claims.keys.contains { $0.token == row.token && $0.epoch > row.epoch }
            guard let begin, !isDisplaced else { continue }
            // What a worker was given after others may have waited elsewhere before.
            let turn = Turn(token: row.token, index: row.index, epoch: row.epoch, turn: row.turn)
            let placed = row.turn == 0 ? begin.time : ledger.claimTimes[turn]?.seconds ?? .infinity
            let over = min(done?.time ?? .infinity, end?.time ?? .infinity)
            for cancel in ledger.cancels
            where cancel.task.array.number == row.job && cancel.task.index == row.task {
                let at = cancel.at.seconds
                ledger.check(
                    at <= placed || at + 0.001 >= over,
                    "\(cancel.task) is cancelled at \(at), and its lane \(row.index) has work: assignment "
                        + "\(row.assignment) of turn \(row.turn), from \(placed) to \(over)")
            }
        }
    }

    /// Slurm must be asked rarely, whatever happens.
    private func checkRequests() {
        let polls = world.time.now.seconds / Double(world.scenario.pollSeconds)
        let asked = ledger.requests["tasks"] ?? 0
        let budget = Int(polls) + 2 * ledger.controllers + 5
        ledger.check(
            asked <= budget, "the cluster was asked about tasks \(asked) times, the budget is \(budget)")
    }
    /// No hour has more submissions than the site allows.
    private func checkLimits() {
        guard let most = world.scenario.limits?.submissionsPerHour, ledger.ghosts == 0 else { return }
        let (hour, moments) = (Duration.seconds(3_600), ledger.submissions)
        for (index, end) in moments.enumerated() where index >= most {
            ledger.check(
                end - moments[index - most] >= hour,
                "\(most + 1) arrays were submitted from \(moments[index - most]) to \(end)")
        }
    }
}

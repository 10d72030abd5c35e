import Clusters
import Dispatching
import Simulated
import Spool
import Tuning
import Worker

/// What truly happened in a simulation, recorded by the side that cannot be wrong. The checkers compare the study's
/// store with it. It does not know how the controller works.
final class Ledger: @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    struct Key: Hashable, CustomStringConvertible {
        var attempt: Turn
        /// `started`, `report 3`, `checkpoint 3`, `waiting`, `idle` or `ended`.
        var word: String
        var description: String { "\(word) of \(attempt)" }

        init(attempt: Turn, word: String) {
            self.attempt = attempt
            self.word = word
        }

        init(_ message: Message) {
            attempt = message.attempt
            switch message.body {
            case .started: word = "started"
            case .report(let resource, _, _): word = "report \(resource)"
            case .checkpoint(let resource, _, _): word = "checkpoint \(resource)"
            case .waiting: word = "waiting"
            case .idle: word = "idle"
            case .ended: word = "ended"
            }
        }
    }

    /// Messages whose publication returned, and when.
    private(set) var published: [Key: (message: Message, at: Duration)] = [:]
    /// Messages that a worker tried to publish.
    private(set) var sent: [Key: Message] = [:]
    /// Which process of which array was told that it holds an attempt.
    private(set) var claims: [Turn: [(array: UInt32, process: String)]] = [:]
    /// When an attempt was claimed first.
    private(set) var claimTimes: [Turn: Duration] = [:]
    /// The arrays that the cluster took for each token.
    private(set) var accepted: [ArrayToken: [ArrayID]] = [:]
    /// When the cluster took arrays, in order.
    private(set) var submissions: [Duration] = []
    /// How often something befell a trial that may count against it.
    private(set) var strikes: [TrialID: Int] = [:]
    /// When each attempt's last word was published.
    private(set) var lastWords: [Turn: (ending: Ending, at: Duration)] = [:]
    /// The output of commands, by file.
    var printed: [String: String] = [:]
    /// Processes of tasks that the cluster does not know, or no longer.
    var unknown: Set<String> = []
    private(set) var requests: [String: Int] = [:]
    /// Checkpoints that were missing when a task needed them: violations, unless the task's work was done.
    private(set) var needs: [Need] = []
    private(set) var checks = 0
    private(set) var violations: [String] = []
    /// The running tasks in the store, at the last pass of a controller.
    var open: Set<SpoolTask> = []
    /// How often a controller was paused and may have woken beside another.
    var ghosts = 0
    var controllers = 0
    /// When a controller first said that the study was over.
    var overAt: Duration?
    /// The longest history that an external searcher was sent.
    var told: [ExternalSearcher.Experience] = []
    /// The most that an external scheduler was told.
    var steps: [ScheduledStep] = []

    /// The attempts whose commands ended with code 0 right where they were told to go on.
    var cleanEnds: Set<Turn> = []

    /// What the user has asked for, by the name of the request.
    var asked: [String: Request.Kind] = [:]

    /// A task that misses its checkpoint.
    struct Need {
        var task: SpoolTask
        var at: Duration
        var what: String
    }

    /// A task, for any of its starts, and the index of its assignment. Later assignments belong to one start.
    struct SpoolTask: Hashable {
        var token: ArrayToken
        var index: Int
        var turn = 0
        var epoch = 0

        init(token: ArrayToken, index: Int, turn: Int = 0, epoch: Int = 0) {
            self.token = token
            self.index = index
            self.turn = turn
            self.epoch = turn > 0 ? epoch : 0
        }

        init(_ attempt: Turn) {
            self.init(
                token: attempt.token, index: attempt.index, turn: attempt.turn, epoch: attempt.epoch)
        }
    }

    /// The processes that have created each answer's name.
    private var answers: [String: Set<String>] = [:]

    /// What each running task resumes from.
    private var resumes: [String: [Int: (path: String, attempt: Turn)]] = [:]
    /// The tasks that controllers have cancelled, and when.
    private(set) var cancels: [(task: TaskID, at: Duration)] = []

    func check(_ promise: Bool, _ what: @autoclosure () -> String) {
        checks += 1
        if !promise { violations.append(what()) }
    }

    func sent(_ messages: [Message]) {
        for message in messages { sent[Key(message)] = message }
    }

    func published(_ messages: [Message], at now: Duration) {
        for message in messages {
            published[Key(message)] = (message, now)
            if case .ended(let ending, _, _) = message.body { lastWords[message.attempt] = (ending, now) }
        }
    }

    func claimed(
        _ attempt: Turn, _ entry: Manifest.Entry, array: UInt32, _ process: SimulatedProcess,
        _ server: FileServer, _ world: World
    ) {
        claims[attempt, default: []].append((array, process.name))
        claimTimes[attempt] = claimTimes[attempt] ?? world.time.now
        world.note(
            "\(process.name) claims \(attempt): trial \(entry.trial) from \(entry.from) to \(entry.to)")
        let task = SpoolTask(attempt)
        checkStart(attempt, entry, server, world)
        if attempt.turn == 0, let overAt, process.born > overAt {
            check(false, "\(process.name) begins \(attempt), and the study was over before it started")
        }
        trials[task] = entry.trial
        current[SpoolTask(token: attempt.token, index: attempt.index)] = entry.trial
        guard let resume = entry.resume else { return }
        let path = "\(Scenario.directory)/\(resume)"
        resumes[process.name, default: [:]][attempt.index] = (path, attempt)
        guard open.contains(task), isNewest(attempt), server.entry(path) == nil else { return }
        needs.append(
            Need(
                task: task, at: world.time.now,
                what: "\(attempt) is to resume from \(resume), which is gone"))
    }

    /// A start of a task must begin with the newest checkpoint that earlier starts have published and all nodes can
    /// see.
    private func checkStart(
        _ attempt: Turn, _ entry: Manifest.Entry, _ server: FileServer, _ world: World
    ) {
        guard attempt.turn == 0 else { return }
        for epoch in 0..<attempt.epoch {
            let earlier = Turn(token: attempt.token, index: attempt.index, epoch: epoch)
            let directory =
                "\(Scenario.directory)/\(StudyDirectory(Scenario.directory).checkpoints(of: earlier, entry.trial))"
            for name in server.names(in: directory) ?? [] {
                guard let resource = Int(name), resource < entry.to.units,
                    let saved = server.entry("\(directory)/\(name)"), saved.visibleAt <= world.time.now
                else { continue }
                check(
                    resource <= entry.from.units,
                    "\(attempt) begins at \(entry.from), and start \(epoch) has saved \(resource)")
            }
        }
    }

    private(set) var trials: [SpoolTask: TrialID] = [:]
    /// The trial that each task works on now.
    private(set) var current: [SpoolTask: TrialID] = [:]

    /// The worker and the controller must not both decide what a worker does next (H9).
    func linked(_ path: String, by process: String) {
        guard path.contains("/directives/") else { return }
        let side = process.hasPrefix("controller") ? "a controller" : "the worker"
        answers[path, default: []].insert(side)
        check(answers[path]?.count == 1, "\(path) was made by a controller, and by the worker")
    }

    /// A file is removed for good, so no wanted task may need it.
    func removed(_ path: String, _ server: FileServer, _ world: World) {
        guard path.contains("/trials/") else { return }
        for (name, lanes) in resumes {
            guard let need = lanes.values.first(where: { $0.path == path && isNewest($0.attempt) }) else {
                continue
            }
            let task = SpoolTask(need.attempt)
            let what = "the checkpoint \(path) is removed, and \(name) resumes from it"
            needs.append(Need(task: task, at: world.time.now, what: what))
        }
    }

    /// Whether no later start of the task has claimed it. An earlier start may continue, but decides nothing.
    private func isNewest(_ attempt: Turn) -> Bool {
        !claims.keys.contains {
            $0.token == attempt.token && $0.index == attempt.index && $0.epoch > attempt.epoch
        }
    }

    func gone(_ process: SimulatedProcess) { resumes[process.name] = nil }
    func gone(_ process: SimulatedProcess, lane: Int) { resumes[process.name]?[lane] = nil }

    func accepted(_ array: TaskArray, _ id: ArrayID, at now: Duration) {
        accepted[array.token, default: []].append(id)
        submissions.append(now)
    }

    func cancelled(_ tasks: [TaskID], _ cluster: SimulatedCluster, _ world: World) {
        world.note("the controller cancels \(tasks)")
        cancels += tasks.map { ($0, world.time.now) }
        for task in tasks {
            check(
                !cluster.strangers.contains(task.array), "\(task) is cancelled, and is none of the study's")
        }
    }

    func strike(_ trial: TrialID) { strikes[trial, default: 0] += 1 }

    func failedByInfrastructure(_ lane: Int, of task: TaskIdentity, code: Int32) {
        // 75 follows the bounded wait for the manifest. No cache lasts that long, so it must not happen.
        guard code != 75, let trial = current[SpoolTask(token: task.token, index: lane)] else {
            return
        }
        strike(trial)
    }

    func countRequest(_ what: String) { requests[what, default: 0] += 1 }
}

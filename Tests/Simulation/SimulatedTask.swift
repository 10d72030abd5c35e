import Simulated
import Spool
import Tuning
import Worker

/// A task of an array: the worker's own code for claiming, numbering, judging and publishing, around a
/// training loop that only pretends to train.
struct SimulatedTask {
    let world: World
    let server: FileServer
    let identity: TaskIdentity
    let process: SimulatedProcess

    private var study: StudyDirectory {
        StudyDirectory(
            Scenario.directory, on: SimulatedFiles(server: server, process: process, world: world))
    }

    /// Runs the task, and returns the worker's exit code.
    func run() async -> Int32 {
        do {
            return try await attempt()
        } catch {
            world.note("\(process.name) exits with \(error.exitCode): \(error)")
            if !process.isDead { world.ledger.failedByInfrastructure(identity, code: error.exitCode) }
            return error.exitCode
        }
    }

    private func attempt() async throws(WorkerError) -> Int32 {
        let patience: any TimeSource =
            world.mutation == .manifestNotWaitedFor ? ImpatientTime(time: process.time) : process.time
        var identity = identity
        if world.mutation == .restartsNotCounted { identity.epoch = 0 }
        let start = AttemptStart(study: study, task: identity, time: patience) { [world] in
            world.note("a task waits: \($0)")
        }
        switch try await start.claim(host: process.name, process: process.number) {
        case .superseded(let holder):
            world.note("\(process.name) has nothing to do: \(holder)")
            return 0
        case .claimed(let attempt, let entry, let manifest):
            world.ledger.claimed(attempt, entry, array: identity.array, process, server, world)
            return try await train(attempt, entry, manifest)
        }
    }

    private func train(
        _ attempt: SpoolAttempt, _ entry: Manifest.Entry, _ manifest: Manifest
    ) async throws(WorkerError) -> Int32 {
        var log = AttemptLog(metric: manifest.metric, from: entry.from, to: entry.to)
        var courier = courier(attempt)
        let array = world.mutation == .lettersNameNoJob ? 0 : identity.array
        try await send(
            [.started(.init(array: array, host: process.name, process: process.number))], &courier)
        let training = Training(world: world, entry: entry)
        var end = AttemptLog.CommandEnd.exited(0)
        steps: for resource in stride(from: entry.from.units + 1, through: entry.to.units, by: 1) {
            await world.time.sleep(for: world.scenario.step)
            if process.isDead { return 137 }
            let isToLeave = process.isToLeave
            switch training.step(resource) {
            case .crash:
                world.ledger.strike(entry.trial)
                end = .exited(1)
                break steps
            case .silence:
                world.ledger.strike(entry.trial)
                break steps
            case .value(let metric):
                if resource == entry.to.units || isToLeave || world.scenario.savesEachStep {
                    try save(resource, attempt, entry)
                    try await tell("{\"checkpoint\":\(resource)}", &log, &courier)
                }
                try await tell(
                    "{\"metrics\":{\"loss\":\(metric)},\"resource\":\(resource)}", &log, &courier)
            }
            if isToLeave { break }
        }
        if process.isToLeave { log.askedToLeave() }
        let ending = log.ended(end)
        try await send([.ended(ending, stderrTail: "")], &courier)
        world.ledger.ended(attempt, ending, at: world.time.now)
        return ending == .finished ? 0 : 1
    }

    private func tell(
        _ line: String, _ log: inout AttemptLog, _ courier: inout Courier
    ) async throws(WorkerError) {
        switch log.wrote(Array(line.utf8)) {
        case .send(let body), .sendAtTarget(let body): try await send([body], &courier)
        case .checkpoint(let resource): try await send([.checkpoint(resource: resource)], &courier)
        case .note(let text): world.note("\(process.name): \(text)")
        }
    }

    private func send(_ bodies: [Message.Body], _ courier: inout Courier) async throws(WorkerError) {
        do throws(SpoolError) {
            try await courier.send(bodies) { _ in }
        } catch {
            throw .unpublished("\(error)")
        }
    }

    private func courier(_ attempt: SpoolAttempt) -> Courier {
        let (world, study) = (world, study)
        return Courier(attempt: attempt, time: process.time) { (messages) throws(SpoolError) in
            var messages = messages
            if world.mutation == .lettersNotNumbered {
                for index in messages.indices { messages[index].sequence = index }
            }
            world.ledger.sent(messages)
            try Inbox(study).put(messages)
            world.ledger.published(messages, at: world.time.now)
        }
    }

    /// The training code publishes a checkpoint: under a temporary name, then by rename.
    private func save(
        _ resource: Int, _ attempt: SpoolAttempt, _ entry: Manifest.Entry
    ) throws(WorkerError) {
        let directory = "\(study.path)/\(StudyDirectory.attempt(attempt, of: entry.trial))/checkpoints"
        do throws(FileError) {
            try study.files.createDirectory(directory)
            try study.files.publish(Array("weights".utf8), at: "\(directory)/\(resource)")
        } catch {
            throw .directory("\(error)")
        }
    }
}

/// The training code: a value for each step, or something worse, as a function of the trial and the dice.
struct Training {
    let world: World
    let entry: Manifest.Entry

    enum Step {
        case value(String)
        case crash
        case silence
    }

    func step(_ resource: Int) -> Step {
        if world.strikes(.crashingCode) { return .crash }
        if world.strikes(.silentCode) { return .silence }
        guard case .float(let rate)? = entry.configuration["lr"] else { return .crash }
        // Bad by the configuration, so that it is bad in every attempt.
        if let share = world.scenario.rates[.badMetric], rate < share {
            world.count(.badMetric)
            return .value(["NaN", "\"inf\"", "-Infinity"][entry.trial.number % 3])
        }
        let noise = Double((entry.trial.number * 7_919 + resource * 104_729) % 1_000) / 5_000
        return .value("\((rate - 0.3) * (rate - 0.3) + 1 / Double(resource) + noise)")
    }
}

/// A clock for one who waits for nothing.
private final class ImpatientTime: TimeSource, @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    private let time: NodeTime
    private var looks = 0

    init(time: NodeTime) { self.time = time }

    /// An hour later at each look.
    var now: Duration {
        looks += 1
        return .seconds(3_600 * looks)
    }

    var wallTime: Double { time.wallTime }
    func sleep(for duration: Duration) async {}
}

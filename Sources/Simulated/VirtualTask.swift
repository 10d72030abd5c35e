import Clusters
import Curves
import Spool
import Tuning
import Worker

/// A task that only pretends to train: the worker's own code for claiming, judging, numbering and publishing, around
/// steps that take virtual time.
///
/// It carries out one assignment, as a worker does today. A worker that stays in its allocation for more would take
/// the next one where `run` returns: queue wait and startup belong to the allocation, and are paid before.
struct VirtualTask {
    let study: StudyDirectory
    let time: VirtualTime
    let landscape: any Landscape
    let allocation: VirtualCluster.Allocation
    let findings: Findings
    let manifests: Manifests

    /// What the tasks of an array have read of its manifest: on a cluster each of them does so by itself, on a node of
    /// its own.
    final class Manifests: @unchecked Sendable {
        // Unchecked: all access is from the simulation's one thread.
        fileprivate var read: [ArrayToken: Manifest] = [:]
    }

    /// Runs the task, and returns how it ended.
    func run() async throws(WorkerError) -> TaskState {
        let identity = try TaskIdentity(
            token: allocation.token, index: allocation.task.index,
            environment: ["SLURM_ARRAY_JOB_ID": allocation.task.array.description])
        let start = AttemptStart(
            study: study, task: identity, time: time, known: manifests.read[allocation.token]
        ) { _ in }
        switch try await start.claim(host: "node", process: 1) {
        case .superseded: return .completed
        case .claimed(let attempt, let entry, let manifest):
            manifests.read[allocation.token] = manifest
            return try await carryOut(attempt, entry, manifest)
        }
    }

    private func carryOut(
        _ attempt: SpoolAttempt, _ entry: Manifest.Entry, _ manifest: Manifest
    ) async throws(WorkerError) -> TaskState {
        findings.begin(entry.trial)
        let inbox = Inbox(study)
        var courier = Courier(attempt: attempt, time: time) { (messages) throws(SpoolError) in
            try inbox.put(messages)
        }
        let (last, hasLeft) = await train(entry)
        var log = AttemptLog(metric: manifest.metric, from: entry.from, to: entry.to)
        let place = Message.Started(array: allocation.task.array.number, host: "node", process: 1)
        var news = [Message.Body.started(place)]
        if let last {
            try save(last.resource, attempt, entry)
            news += read("{\"checkpoint\":\(last.resource)}", &log)
            news += read(ReportText(metric: manifest.metric, step: last).line, &log)
        }
        if hasLeft { log.askedToLeave() }
        let ending = log.ended(.exited(0))
        // One letter for all: a worker says at once that it began, but only people want to know, and half of the
        // simulation's time would go into telling them.
        try await send(news + [.ended(ending, stderrTail: "")], &courier)
        return ending == .finished ? .completed : hasLeft ? .timedOut : .failed
    }

    /// Trains step by step until the target, or until no other step fits into the allocation.
    ///
    /// - Returns: the last step, and whether it was told to leave before the target.
    private func train(_ entry: Manifest.Entry) async -> (last: TrainingStep?, hasLeft: Bool) {
        var last: TrainingStep?
        for step in landscape.steps(of: entry.trial, entry.configuration, from: entry.from, to: entry.to) {
            if let leave = allocation.leave, time.now + .seconds(step.seconds) > leave {
                await time.sleep(for: leave - time.now)
                return (last, true)
            }
            await time.sleep(for: .seconds(step.seconds))
            findings.see(step, at: time.now)
            last = step
        }
        return (last, false)
    }

    /// What follows from a line that the training code wrote.
    private func read(_ line: String, _ log: inout AttemptLog) -> [Message.Body] {
        switch log.wrote(Array(line.utf8)) {
        case .send(let body), .sendAtTarget(let body): [body]
        case .checkpoint(let resource): [.checkpoint(resource: resource)]
        case .note: []
        }
    }

    private func send(_ bodies: [Message.Body], _ courier: inout Courier) async throws(WorkerError) {
        do throws(SpoolError) {
            try await courier.send(bodies) { _ in }
        } catch {
            throw .unpublished("\(error)")
        }
    }

    /// The training code publishes a checkpoint; what is in it, nobody reads.
    private func save(
        _ resource: Resource, _ attempt: SpoolAttempt, _ entry: Manifest.Entry
    ) throws(WorkerError) {
        let path = "\(study.path)/\(StudyDirectory.checkpoint(attempt, of: entry.trial, at: resource))"
        do throws(FileError) {
            try study.files.createDirectory(Files.parent(of: path))
            try study.files.publish([], at: path)
        } catch {
            throw .directory("\(error)")
        }
    }
}

/// A report as the training code writes it: a line of JSON, in which what is not finite is a word.
private struct ReportText: Encodable {
    let metrics: [String: Metric]
    let resource: Resource

    init(metric: String, step: TrainingStep) {
        metrics = [metric: Metric(value: step.value)]
        resource = step.resource
    }

    var line: String { String(decoding: SpoolJSON.encode(self), as: UTF8.self) }

    struct Metric: Encodable {
        let value: Double

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if value.isFinite {
                try container.encode(value)
            } else {
                try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
            }
        }
    }
}

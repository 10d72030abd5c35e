import Clusters
import Dispatching
import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// A study at one moment: its rows, its ladder, its best trial.
struct StatusView {
    /// The study's name.
    let name: String
    /// The study's directory.
    let path: String
    /// The rows, by task, then by trial.
    let rows: [StatusRow]
    /// The rungs.
    let ladder: [StoreReader.RungRow]
    /// The resource of each rung.
    let levels: [Resource]
    /// The best trial; with several metrics, by the first one.
    let best: StoreReader.TrialRow?
    /// The bounds that the best trial breaks; `nil` in a study without bounds.
    let broken: BrokenBounds?
    /// The trials that no other dominates, if there are several metrics.
    let set: ParetoView
    /// The best value of each metric in each rung, if there are several.
    let bestMetrics: [Int: [Double]]
    /// The names of the metrics.
    let metrics: [String]
    /// The number of trials in each state.
    let counts: [String: Int]
    /// The total number of trials.
    let trials: Int
    /// The bytes of the kept checkpoints, and their limit.
    let keptBytes: Int
    let quota: Int?
    /// The failed trials.
    let failures: FailureReport
    /// Whether a controller runs; `nil` if the study is over.
    let controller: ControllerView?
    /// Why the tasks' time limit is too short, if that is known.
    let timeAdvice: String?
    /// Why the study ended; `nil` while it has not.
    let outcome: StudyOutcome?
    /// How well each rung's ranking predicts the next.
    let agreements: [RankAgreement]
    /// What attempts have used, in lines.
    let usage: [String]
    /// What arrays wait for that the limit on submissions holds back; `nil`: none does.
    let submissions: SubmissionWait?
    /// Which code the command was.
    let code: CodeHistory
    /// The controller's notices.
    let notices: [String]
    /// The age of the snapshot, in seconds.
    let age: Double

    /// The study in a directory, with its tasks in the queue.
    init(_ directory: String, _ tasks: [StudyTask], _ states: String?) async throws {
        let study = try OpenStudy(directory)
        let wanted = states.map { Set($0.uppercased().split(separator: ",").map(String.init)) }
        (name, path) = (study.spec.name, study.path)
        metrics = study.spec.plan.objectives.map(\.metric)
        quota = study.spec.plan.quota
        (trials, levels) = (study.spec.plan.trials, study.spec.plan.scheduler.levels)
        async let totals = StatusView.totals(of: study)
        let own = tasks.filter { Files.absolute($0.studyDirectory) == study.path }
        let reader = try study.snapshot.read { reader in
            (
                rows: try StatusView.rows(
                    own, reader, all: wanted?.contains("ALL") ?? false,
                    levels: study.spec.plan.scheduler.levels),
                ladder: try reader.ladder(study.goal), best: try reader.best(study.goal),
                set: try ParetoView(reader, study.spec.plan, directory: study.path),
                bestMetrics: study.hasSeveralMetrics ? try reader.bestMetrics(study.spec.plan) : [:],
                outcome: try reader.outcome(),
                seconds: try reader.secondsPerUnit(),
                notices: try study.notices(reader),
                submissions: try reader.submissionWait(), code: try CodeHistory(reader),
                broken: try reader.best(study.goal).flatMap {
                    try reader.brokenBounds(of: $0.trial, study.spec.plan)
                }
            )
        }
        rows = reader.rows.filter { row in
            guard let wanted, !wanted.contains("ALL") else { return true }
            return wanted.contains(row.state) || wanted.contains(row[.stateCode])
        }
        (ladder, best) = (reader.ladder, reader.best)
        (set, bestMetrics, broken) = (reader.set, reader.bestMetrics, reader.broken)
        (outcome, submissions) = (reader.outcome, reader.outcome == nil ? reader.submissions : nil)
        (notices, code) = (reader.notices, reader.code)
        timeAdvice =
            reader.outcome == nil
            ? TimeAdvice(study.spec, secondsPerUnit: reader.seconds)?.description : nil
        controller = reader.outcome == nil && !study.isArchive ? try await ControllerView(study) : nil
        (counts, keptBytes, agreements, failures, usage) = try await totals
        let attributes = try? FileManager.default.attributesOfItem(atPath: study.directory.snapshot)
        age = (attributes?[.modificationDate] as? Date).map { Date.now.timeIntervalSince($0) } ?? 0
    }

    /// The queries that go through all trials or checkpoints, on their own connection, in parallel with the others.
    private static func totals(
        of study: OpenStudy
    ) throws -> (
        counts: [String: Int], keptBytes: Int, agreements: [RankAgreement], failures: FailureReport,
        usage: [String]
    ) {
        try Store.openSnapshot(study.directory.snapshot).read { reader in
            (
                try reader.trialCounts(), try reader.keptBytes(),
                study.hasSeveralMetrics ? [] : try reader.rankAgreements(),
                try FailureReport(reader, directory: study.path),
                try UsageSummary(reader, study.spec).lines
            )
        }
    }

    private static func rows(
        _ tasks: [StudyTask], _ reader: StoreReader, all: Bool, levels: [Resource]
    ) throws -> [StatusRow] {
        var inQueue: Set<TrialID> = []
        let planned = tasks.map { PlannedTask(token: $0.token, index: $0.sighting.task.index) }
        let work = try reader.work(in: planned)
        let trials = try reader.trials(Set(work.values.joined().map(\.trial)))
        var rows = zip(tasks, planned).sorted { $0.0.sighting.task < $1.0.sighting.task }.flatMap {
            task, place in
            let lanes = work[place] ?? []
            if lanes.isEmpty { return [StatusRow(task, nil, nil, levels: levels)] }
            return lanes.map { StatusRow(task, $0, trials[$0.trial], levels: levels) }
        }
        for row in rows { if let trial = row.trial { inQueue.insert(trial) } }
        if all { rows += try reader.trials().filter { !inQueue.contains($0.trial) }.map { StatusRow($0) } }
        return rows
    }

    /// The ladder, the best trial and further notes, in lines.
    var summary: [String] {
        var table = Table(
            [
                ("RUNG", .right), ("RESOURCE", .right), ("RUNNING", .right), ("RESULTS", .right),
                ("PROMOTED", .right),
            ] + (metrics.count > 1 ? metrics.map { ("BEST \($0)", .right) } : [("BEST", .right)]))
        for rung in ladder {
            table.add(
                [
                    String(rung.rung), rung.rung < levels.count ? levels[rung.rung].description : "-",
                    String(rung.running), String(rung.results), String(rung.promoted),
                ] + bests(of: rung).map(Numbers.metric))
        }
        let states = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var lines = table.lines()
        lines.append("")
        lines.append(
            "\(counts.values.reduce(0, +)) of \(trials) trials: \(states.joined(separator: ", "))")
        if let sentence = set.sentence {
            lines.append(sentence)
        } else if let best {
            lines.append(
                "best: trial \(best.trial), \(metrics[0]) = \(Numbers.metric(best.value)) at resource "
                    + "\(best.resource ?? .none)")
            if let words = broken?.words {
                lines.append("no trial keeps all bounds; this one has \(words)")
            }
        }
        if keptBytes > 0 || quota != nil {
            let most = quota.map { " of \(ByteSize.words($0))" } ?? ""
            lines.append("checkpoints: \(ByteSize.words(keptBytes))\(most)")
        }
        if let submissions { lines.append(StatusView.words(submissions)) }
        lines += usage + [code.sentence].compactMap(\.self)
        lines += agreements.filter(\.isPoor).map { "warning: \($0)" }
        if let timeAdvice { lines.append("warning: \(timeAdvice)") }
        lines += failures.lines()
        if let outcome { lines += StatusView.words(outcome) }
        lines += notices.flatMap { Table.paragraph("note: \($0)", indent: "  ") }
        if outcome == nil {
            lines.append("as of \(Int(age)) s ago")
            lines += controller?.lines(now: Date.now.timeIntervalSince1970) ?? []
        }
        return lines
    }

    /// The best value of each metric in a rung.
    func bests(of rung: StoreReader.RungRow) -> [Double?] {
        if metrics.count == 1 { return [rung.best] }
        return bestMetrics[rung.rung] ?? metrics.map { _ in nil }
    }

    /// What arrays wait for, in words.
    static func words(_ wait: SubmissionWait) -> String {
        "waits for submissions: \(wait.lastHour) of \(wait.perHour) in the last hour, next at "
            + "\(Numbers.clock(wait.next)) (limits.submissions_per_hour)"
    }

    /// Why a study ended, in words: a line, and separate lines of output from the cluster or the command.
    static func words(_ outcome: StudyOutcome) -> [String] {
        return switch outcome {
        case .completed: ["the study is complete"]
        case .cancelled: ["the study was cancelled"]
        case .stopped(let reason): ["the study is complete: \(reason)"]
        case .refused(let why):
            Table.paragraph("the study stopped: the cluster refused its jobs: \(why)", indent: "  ")
        case .tooManyFailures(let count, let last):
            Table.paragraph(
                "the study stopped after \(count) failures in a row; the last: \(last)", indent: "  ")
        }
    }
}

/// The output of `--json`.
struct StatusDocument: Encodable {
    private struct Task: Encodable {
        var id, name, state, reason, nodes: String
        var seconds: Int
        var trial: TrialID?
        var rung: Int?
        var resource: Resource?
        var value: Double?
    }

    private struct Rung: Encodable {
        var rung: Int
        var resource: Resource?
        var running, results, promoted: Int
        var best: Double?
        /// The best of each metric, if there are several.
        var bests: [Double?]?
    }

    private struct Best: Encodable {
        var trial: TrialID
        var value: Double?
        var resource: Resource?
        /// The metrics that break a bound; absent in a study without bounds.
        var breaks: [String]?
    }

    private let name, directory: String
    private let tasks: [Task]
    private let ladder: [Rung]
    private let best: Best?
    /// The trials that no other dominates, if there are several metrics.
    private let pareto: [TrialID]?
    private let trials: [String: Int]
    private let checkpointBytes: Int
    /// Absent if there is no limit.
    private let checkpointQuota: Int?
    /// What arrays wait for that the limit on submissions holds back; absent where none does.
    private let submissions: SubmissionWait?
    private let outcome: String?
    private let failures: FailureReport
    /// Whether a controller runs, and what to do if none does; absent once the study is over.
    private let controller: ControllerView?
    private let warnings, notices: [String]
    /// Which code the command was, oldest first.
    private let code: [Code]
    private let snapshotAgeSeconds: Double

    /// What a controller has found at its start.
    private struct Code: Encodable {
        /// When it was recorded, in seconds since 1970.
        var since: Double
        var commit: String?
        var dirty: Bool?
        var digest: String
        var files: [String: String]
    }

    /// The document of a view.
    init(_ view: StatusView) {
        (name, directory) = (view.name, view.path)
        tasks = view.rows.map {
            Task(
                id: $0.id, name: $0.name, state: $0.state, reason: $0.reason, nodes: $0.nodes,
                seconds: $0.seconds, trial: $0.trial, rung: $0.rung, resource: $0.resource, value: $0.value)
        }
        ladder = view.ladder.map {
            Rung(
                rung: $0.rung, resource: $0.rung < view.levels.count ? view.levels[$0.rung] : nil,
                running: $0.running, results: $0.results, promoted: $0.promoted, best: $0.best,
                bests: view.metrics.count > 1 ? view.bests(of: $0) : nil)
        }
        pareto = view.metrics.count > 1 ? view.set.rows.map(\.row.trial) : nil
        best =
            view.metrics.count > 1
            ? nil
            : view.best.map {
                Best(
                    trial: $0.trial, value: $0.value, resource: $0.resource,
                    breaks: view.broken?.metrics)
            }
        (trials, outcome) = (view.counts, view.outcome.map { StatusView.words($0).joined(separator: "\n") })
        (failures, controller) = (view.failures, view.controller)
        submissions = view.submissions
        (checkpointBytes, checkpointQuota) = (view.keptBytes, view.quota)
        warnings =
            view.agreements.filter(\.isPoor).map(\.description)
            + [view.timeAdvice, view.code.sentence].compactMap(\.self)
        code = view.code.rows.map {
            Code(
                since: $0.time, commit: $0.code.commit, dirty: $0.code.isDirty, digest: $0.code.digest,
                files: $0.code.files)
        }
        (notices, snapshotAgeSeconds) = (view.notices, view.age)
    }
}

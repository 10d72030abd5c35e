import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// What `stune top` shows of a study at one moment, all of it from the snapshot.
struct TopView {
    /// Something to select: a task that waits or runs, or a trial.
    struct Row: Hashable {
        var trial: TrialID
        /// The cells, in the order of the header.
        var cells: [String]
    }

    /// What the list has.
    enum List: CaseIterable {
        /// The tasks in flight.
        case tasks
        /// The trials, the furthest and best first.
        case trials

        /// The titles of the columns.
        var header: [String] {
            switch self {
            case .tasks: ["TASK", "STATE", "TRIAL", "RUNG", "TO", "TIME", "NODE"]
            case .trials: ["TRIAL", "STATE", "RUNG", "RESOURCE", "VALUE", "PARAMETERS"]
            }
        }
    }

    /// The most rows of a list: nobody leafs through more.
    static let mostRows = 500

    /// What stands above the list.
    let head: [String]
    /// The ladder, its header first.
    let ladder: [String]
    /// The rows of the list.
    let rows: [Row]

    /// A view from its parts.
    init(head: [String], ladder: [String], rows: [Row]) {
        (self.head, self.ladder, self.rows) = (head, ladder, rows)
    }

    /// The view of a study.
    init(_ study: OpenStudy, _ reader: StoreReader, _ list: List, now: Double) throws {
        head = try TopView.head(study, reader, now: now)
        ladder = try TopView.ladder(study, reader)
        rows =
            switch list {
            case .tasks: try TopView.tasks(reader, now: now)
            case .trials: try TopView.trials(study, reader)
            }
    }

    private static func head(
        _ study: OpenStudy, _ reader: StoreReader, now: Double
    ) throws -> [String] {
        let counts = try reader.trialCounts()
        let states = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
            separator: ", ")
        let end = try reader.outcomeTime() ?? now
        let hours = try reader.taskSeconds(now: end) / 3_600 * Double(study.spec.batch.minNodes ?? 1)
        let wall =
            try reader.study().map { Numbers.duration(seconds: Int(max(0, end - $0.created))) } ?? "-"
        var lines = [
            "\(study.spec.name): \(counts.values.reduce(0, +)) of \(study.spec.plan.trials) trials: \(states)",
            "\(wall) since it began, \(Numbers.metric(hours, digits: 3)) node-hours",
        ]
        if study.hasSeveralMetrics {
            lines.append("several metrics: 'stune best' prints the Pareto set")
        } else if let best = try reader.best(study.goal) {
            lines.append(
                "best: trial \(best.trial), \(study.metric) = \(Numbers.metric(best.value)) at resource "
                    + "\(best.resource ?? .none)")
        }
        if let alarm = try FailureReport(reader, directory: study.path).alarm {
            lines.append("WARNING: \(alarm)")
        }
        if let outcome = try reader.outcome() { return lines + StatusView.words(outcome).prefix(1) }
        return study.isArchive ? lines : lines + (try ControllerView(filesOf: study).lines(now: now))
    }

    private static func ladder(_ study: OpenStudy, _ reader: StoreReader) throws -> [String] {
        var table = Table([
            ("RUNG", .right), ("RESOURCE", .right), ("RUNNING", .right), ("RESULTS", .right),
            ("PROMOTED", .right), ("BEST", .right),
        ])
        for rung in try reader.ladder(study.goal) {
            table.add([
                String(rung.rung), study.resource(of: rung.rung)?.description ?? "-", String(rung.running),
                String(rung.results), String(rung.promoted), Numbers.metric(rung.best),
            ])
        }
        return table.lines()
    }

    /// The tasks in flight: those that run first, the longest first.
    private static func tasks(_ reader: StoreReader, now: Double) throws -> [Row] {
        let attempts = try reader.openAttempts()
        let open = try reader.openTasks().map { task in
            (task: task, attempt: attempts[task.assignment].flatMap { $0.started == nil ? nil : $0 })
        }.sorted { one, other in
            let (first, second) = (one.attempt?.started ?? .infinity, other.attempt?.started ?? .infinity)
            return (first, one.task.assignment) < (second, other.task.assignment)
        }
        return open.prefix(mostRows).map { task, attempt in
            let time = attempt?.started.map { Numbers.duration(seconds: Int(max(0, now - $0))) }
            return Row(
                trial: task.trial,
                cells: [
                    task.job.map { "\($0)_\(task.task)" } ?? "-", attempt == nil ? "waits" : "runs",
                    task.trial.description, String(task.rung), task.to.description, time ?? "-",
                    attempt?.host ?? "-",
                ])
        }
    }

    private static func trials(_ study: OpenStudy, _ reader: StoreReader) throws -> [Row] {
        let ordered = try reader.trials().sorted { $0.isBetter(than: $1, study.goal) }
        return ordered.prefix(mostRows).map { row in
            let values = study.spec.plan.space.parameters.map {
                "\($0.name)=\(row.configuration.cell($0.name))"
            }
            return Row(
                trial: row.trial,
                cells: [
                    row.trial.description, row.state, String(row.rung), row.resource?.description ?? "-",
                    Numbers.metric(row.value), values.joined(separator: " "),
                ])
        }
    }
}

import Foundation
import Spool
import Testing
import Tuning

@testable import StudyFile

/// What the fields of a study file mean when they change.
@Suite struct StudyFieldTests {
    @Test func `each field at the top of the file has a meaning, and nothing else`() {
        #expect(StudyField.allCases.map(\.rawValue).sorted() == Section.study.fields.map(\.name).sorted())
    }

    @Test func `the page has a row for each field, with the words of the table`() throws {
        let page = try String(contentsOf: repository.appending(path: "docs/change.md"), encoding: .utf8)
        for field in StudyField.allCases {
            let (rest, over) = (field.meaning(.atRest), field.meaning(.over))
            #expect(field.meaning(.running) == rest, "\(field)")
            let words = rest == over ? "the same" : over.words
            let row = "| `\(field.rawValue)` | \(rest.words) | \(words) |"
            #expect(page.contains(row), "docs/change.md lacks: \(row)")
        }
    }

    /// What is changed in the example, and which parts differ then.
    static let changes: [(settings: [String], parts: [String])] = [
        (["trials=99"], ["trials"]), (["parallel=3", "max_retries=4"], ["parallel", "max_retries"]),
        (["max_failures=2"], ["max_failures"]), (["settle_seconds=7"], ["settle_seconds"]),
        (["slurm.time=3:00:00"], ["slurm.time"]), (["slurm.partition=other"], ["slurm.partition"]),
        (["stop.target=0.125"], ["stop"]), (["stop.wall_time=5:00"], ["stop"]),
        (["checkpoints.keep=2", "checkpoints.quota=3G"], ["checkpoints.keep", "checkpoints.quota"]),
        (["checkpoints.every=2"], ["checkpoints.every"]), (["execution.mode=rung"], ["execution.mode"]),
        (["execution.slots_per_task=2"], ["execution.slots_per_task", "execution.slots_per_task"]),
        (["command=[python3, other.py]"], ["command"]), (["name=other"], ["name"]),
        (["metric.name=other"], ["metric"]), (["searcher={type: grid}"], ["searcher"]),
        (["prior_results=[old.stune]"], ["prior_results"]),
        (["scheduler.max_resource=81"], ["scheduler"]), (["outputs=files"], ["outputs"]),
    ]

    private static func study(_ settings: [String] = []) throws -> StudySpec {
        try StudyFile.read(
            text: example(), file: "study.yaml", changed: settings.map { try Setting($0) }
        ).spec
    }

    @Test(arguments: changes)
    func `what has changed is told by its path`(settings: [String], parts: [String]) throws {
        let (old, new) = (try Self.study(), try Self.study(settings))
        let difference = StudyDifference(from: old, to: new)
        #expect(difference.items.map(\.path) == parts && !difference.hasUnknown)
        var taken = old
        taken.take(Set(difference.paths), from: new)
        #expect(taken == new)
        let refused = difference.fields.filter {
            if case .refused = $0.meaning(.running) { true } else { false }
        }
        #expect(difference.refusals(.running).count == refused.count)
    }

    @Test func `a study does not differ from itself, and values are told before and after`() throws {
        let study = try Self.study()
        #expect(StudyDifference(from: study, to: study).isEmpty)
        let items = StudyDifference(from: study, to: try Self.study(["trials=99", "slurm.time=90"])).items
        #expect(items[0].words == "trials: \(study.plan.trials) → 99")
        #expect(items[1].words.hasSuffix("→ 90 minutes"), "\(items[1].words)")
    }

    @Test func `no part of a study is missing from the table of parts`() throws {
        // A study that differs in everything.
        var other = try Self.study()
        other.name = "other"
        other.plan = Plan(
            objective: Objective(metric: "x", goal: .maximize), space: SearchSpace([]),
            searcher: .grid(GridPlan()), scheduler: .none(maxResource: Resource(3)), trials: 1,
            parallel: 99,
            maxRetries: 9, maxFailures: 99, keep: 77, together: 5, points: [Configuration()],
            stop: StopPlan(resource: 7), others: [Objective(metric: "y", goal: .minimize)], quota: 1 << 30,
            bounds: [MetricBound(metric: "z", .atMost, 2)])
        other.command = try CommandTemplate(["other"])
        other.batch = BatchOptions()
        other.batch.timeMinutes = 12_345
        other.execution = Execution(mode: .rung, lingerSeconds: 3, slotsPerTask: 5)
        (other.saveEvery, other.settleSeconds, other.outputs) = (17, 3, .files)
        other.priorResults = ["old.stune"]
        other.stop = StopLimits(wallMinutes: 3)
        #expect(!StudyDifference(from: try Self.study(), to: other).hasUnknown)
    }
}

import Foundation
import Plots
import Report
import Simulated
import StudyFile
import Tuning

/// The results of one case.
struct CaseResult {
    /// The case.
    let item: SimulationCase
    /// The value to find; `nil` if none was requested.
    let target: Double?
    /// How many of the best trials to follow together; `nil` for none.
    let top: Int?
    /// The runs, by seed.
    let runs: [StudyRun.Record]

    private var sign: Double { item.spec.plan.objective.goal == .minimize ? 1 : -1 }
    private var nodes: Double { Double(item.spec.batch.minNodes ?? 1) }

    /// The best values over time.
    var course: Course { Course(runs.map(\.improvements), sign: sign) }

    /// The hypervolume over time; `nil` unless the study has two metrics over a table.
    var growth: Course? {
        guard item.spec.plan.objectives.count == 2, case .table = item.curves.kind else { return nil }
        return Course(runs.map { [Improvement(seconds: 0, value: 0)] + $0.growths }, sign: -1)
    }

    /// The best trials together over time; `nil` if not requested.
    var leaders: LeadersCourse? { top.map { _ in LeadersCourse(runs.map(\.standings), sign: sign) } }

    /// The hypervolume at the end of a run.
    func hypervolume(_ run: StudyRun.Record) -> Double { run.growths.last?.value ?? 0 }

    /// When a run measured the target or better, in seconds; infinite for never.
    func secondsToTarget(_ run: StudyRun.Record) -> Double {
        guard let target else { return .infinity }
        return run.improvements.first { sign * $0.value <= sign * target }?.seconds ?? .infinity
    }

    /// How many runs measured the target.
    var reached: Int { runs.count { secondsToTarget($0).isFinite } }

    /// The best value of a run; `nil` if it measured none.
    func best(_ run: StudyRun.Record) -> Double? { run.improvements.last?.value }

    /// The node hours that a run's tasks held.
    func nodeHours(_ run: StudyRun.Record) -> Double { run.usage.slotSeconds * nodes / 3_600 }

    /// The mean wait of a run's tasks, in seconds.
    func wait(_ run: StudyRun.Record) -> Double {
        run.usage.waitSeconds / Double(max(1, run.usage.tasks))
    }

    /// The spread of a number over the runs.
    func spread(_ number: (StudyRun.Record) -> Double) -> Spread { Spread(runs.map(number)) }

    /// The spread of the best values at the end. A run without any counts as the worst.
    var bestSpread: Spread { spread { best($0) ?? sign * .infinity } }
}

/// The output of `stune simulate`.
struct SimulationReport {
    private let plan: SimulationPlan
    private let cases: [CaseResult]

    init(plan: SimulationPlan, cases: [CaseResult]) {
        self.plan = plan
        self.cases = cases
    }

    private var objective: Objective { plan.base.plan.objective }

    // MARK: For people

    /// The tables, line by line.
    func lines() -> [String] {
        [
            "study '\(plan.base.name)' over \(plan.source): \(objective.goal.rawValue) \(objective.metric), "
                + "\(plan.repeats) \(plan.repeats == 1 ? "run" : "runs") each, from seed \(plan.seed); medians, with "
                + "quartiles in brackets",
            target, "",
        ] + costs() + [""] + bestOverTime()
    }

    private var target: String {
        let targets = Set(cases.map(\.target))
        guard let first = targets.first, let value = first else { return "no target" }
        let bound = objective.goal == .minimize ? "or less" : "or more"
        return targets.count == 1
            ? "target: \(objective.metric) \(Numbers.metric(value)) \(bound)"
            : "target: each variant's own, since their metrics differ"
    }

    private func costs() -> [String] {
        var table = Table(
            [
                ("VARIANT", .left), ("WORKERS", .right), ("QUEUE_WAIT", .right), ("REACHED", .right),
                ("TO_TARGET", .right), ("END", .right), ("BEST", .right), ("NODE_HOURS", .right),
                ("JOBS", .right), ("ARRAYS", .right), ("WAIT_PER_JOB", .right), ("TRIALS", .right),
                ("COMPLETE", .right),
            ] + hypervolumeColumn)
        for result in cases {
            table.add(
                key(result) + [
                    result.target == nil ? "-" : "\(result.reached)/\(result.runs.count)",
                    cell(result.spread(result.secondsToTarget), Numbers.span),
                    cell(result.spread { $0.seconds }, Numbers.span),
                    cell(result.bestSpread, Numbers.metric),
                    cell(result.spread(result.nodeHours)) { Numbers.metric($0, digits: 3) },
                    cell(result.spread { Double($0.usage.tasks) }) { Numbers.metric($0, digits: 6) },
                    cell(result.spread { Double($0.usage.arrays) }) { Numbers.metric($0, digits: 6) },
                    cell(result.spread(result.wait), Numbers.span),
                    cell(result.spread { Double($0.trials) }) { Numbers.metric($0, digits: 6) },
                    cell(result.spread { Double($0.complete) }) { Numbers.metric($0, digits: 6) },
                ]
                    + hypervolumeColumn.map { _ in
                        cell(result.spread(result.hypervolume)) { Numbers.metric($0, digits: 4) }
                    })
        }
        return table.lines()
    }

    private func bestOverTime() -> [String] {
        var table = Table(
            [
                ("AFTER", .right), ("VARIANT", .left), ("WORKERS", .right), ("QUEUE_WAIT", .right),
                ("BEST_SO_FAR", .right),
            ] + topColumns + hypervolumeColumn)
        let courses = cases.map { ($0, $0.course, $0.leaders, $0.growth) }
        for moment in moments {
            for (result, course, leaders, growth) in courses {
                let best = course.best(at: moment)
                let volume = growth?.best(at: moment)
                let together = [leaders?.means.best(at: moment), leaders?.deviations.best(at: moment)]
                table.add(
                    [Numbers.span(moment)] + key(result) + [best.map { cell($0, Numbers.metric) } ?? "-"]
                        + zip(topColumns, together).map { $1.map { cell($0, Numbers.metric) } ?? "-" }
                        + hypervolumeColumn.map { _ in
                            volume.map { cell($0) { Numbers.metric($0, digits: 4) } } ?? "-"
                        })
            }
        }
        return table.lines()
    }

    /// Two more columns, if the best trials together were requested.
    private var topColumns: [(String, Table.Alignment)] {
        plan.top.map { [("TOP_\($0)_MEAN", .right), ("TOP_\($0)_DEVIATION", .right)] } ?? []
    }

    /// One more column, if a study has two metrics over a table.
    private var hypervolumeColumn: [(String, Table.Alignment)] {
        cases.contains { $0.growth != nil } ? [("HYPERVOLUME", .right)] : []
    }

    /// Moments in geometric progression, from a tenth of the shortest case to the end of the longest.
    private var moments: [Double] {
        let ends = cases.compactMap { $0.spread { $0.seconds }.median }.filter { $0 > 0 }
        guard let first = ends.min(), let last = ends.max() else { return [] }
        return (0...5).map { step in
            first / 10 * pow(last * 10 / first, Double(step) / 5)
        }
    }

    private func key(_ result: CaseResult) -> [String] {
        [
            result.item.variant ?? "as in the file", String(result.item.slots),
            result.item.wait.text,
        ]
    }

    /// The median, with the quartiles if they differ from it.
    private func cell(_ spread: Spread, _ text: (Double?) -> String) -> String {
        guard spread.lower != spread.upper else { return text(spread.median) }
        return "\(text(spread.median)) (\(text(spread.lower))…\(text(spread.upper)))"
    }

    /// Warnings about studies that did not end as they should, and notes.
    var warnings: [String] {
        plan.notes
            + cases.compactMap { result in
                let early = result.runs.filter { $0.outcome.state != StudyOutcome.completed.state }
                guard let first = early.first else { return nil }
                return
                    "\(key(result)[0]), \(result.item.slots) workers: \(early.count) of \(result.runs.count) "
                    + "studies did not complete; of the first one: "
                    + StatusView.words(first.outcome).joined(separator: " ")
            }
    }

    // MARK: As a picture

    /// The best values over time, or the quality of the best trials together.
    var chart: Chart {
        let studies =
            "\(plan.base.name): \(plan.repeats) simulated \(plan.repeats == 1 ? "study" : "studies") each"
        let values = "\(objective.metric) so far"
        return Chart(
            title: plan.top == nil
                ? "\(studies), median and quartiles" : "\(studies), medians of mean and standard deviation",
            valueLabel: plan.top.map { "best \($0) trials' \(values)" } ?? "best \(values)",
            isLowBetter: objective.goal == .minimize, target: cases.first?.target,
            series: cases.map { result in
                Chart.Series(
                    name: legend(result), stairs: result.leaders?.chartStairs ?? result.course.chartStairs,
                    end: result.runs.map(\.seconds).max() ?? 0)
            })
    }

    private func legend(_ result: CaseResult) -> String {
        let key = key(result)
        return "\(key[0]), \(key[1]) workers, queue wait \(key[2])"
    }
}

extension Course {
    /// The medians with their quartiles.
    fileprivate var chartStairs: [Chart.Stair] {
        stairs.map {
            Chart.Stair(
                seconds: $0.seconds, lower: $0.best.lower, median: $0.best.median, upper: $0.best.upper)
        }
    }
}

extension LeadersCourse {
    /// The means with their deviations.
    fileprivate var chartStairs: [Chart.Stair] {
        stairs.map { stair in
            let (mean, deviation) = (stair.mean.median, stair.deviation.median)
            let band = mean.flatMap { mean in deviation.map { (mean - $0, mean + $0) } }
            return Chart.Stair(seconds: stair.seconds, lower: band?.0, median: mean, upper: band?.1)
        }
    }
}

// MARK: As JSON

extension SimulationReport: Encodable {
    private enum Key: CodingKey {
        case study, source, metric, goal, repeats, seed, notes, cases
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(plan.base.name, forKey: .study)
        try fields.encode(plan.source, forKey: .source)
        try fields.encode(objective.metric, forKey: .metric)
        try fields.encode(objective.goal, forKey: .goal)
        try fields.encode(plan.repeats, forKey: .repeats)
        try fields.encode(plan.seed, forKey: .seed)
        try fields.encode(warnings, forKey: .notes)
        try fields.encode(cases, forKey: .cases)
    }
}

extension CaseResult: Encodable {
    private enum Key: CodingKey {
        case variant, workers, queueWait, target, reached, secondsToTarget, seconds, best, nodeHours, jobs,
            arrays
        case waitSecondsPerJob, trials, complete, bestOverTime, topOverTime, hypervolume,
            hypervolumeOverTime, runs
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(item.variant, forKey: .variant)
        try fields.encode(item.slots, forKey: .workers)
        try fields.encode(item.wait.text, forKey: .queueWait)
        try fields.encode(target, forKey: .target)
        try fields.encode(reached, forKey: .reached)
        try fields.encode(spread(secondsToTarget), forKey: .secondsToTarget)
        try fields.encode(spread { $0.seconds }, forKey: .seconds)
        try fields.encode(bestSpread, forKey: .best)
        try fields.encode(spread(nodeHours), forKey: .nodeHours)
        try fields.encode(spread { Double($0.usage.tasks) }, forKey: .jobs)
        try fields.encode(spread { Double($0.usage.arrays) }, forKey: .arrays)
        try fields.encode(spread(wait), forKey: .waitSecondsPerJob)
        try fields.encode(spread { Double($0.trials) }, forKey: .trials)
        try fields.encode(spread { Double($0.complete) }, forKey: .complete)
        try fields.encode(course, forKey: .bestOverTime)
        try fields.encodeIfPresent(leaders, forKey: .topOverTime)
        if let growth {
            try fields.encode(spread(hypervolume), forKey: .hypervolume)
            try fields.encode(growth, forKey: .hypervolumeOverTime)
        }
        try fields.encode(runs.map { RunLine($0, of: self) }, forKey: .runs)
    }

    /// The output of `--json` for a run.
    private struct RunLine: Encodable {
        private let run: StudyRun.Record
        private let result: CaseResult

        init(_ run: StudyRun.Record, of result: CaseResult) {
            self.run = run
            self.result = result
        }

        private enum Key: CodingKey {
            case seed, state, outcome, seconds, secondsToTarget, best, topMean, topDeviation, trials,
                complete,
                failed
            case nodeHours, jobs, arrays, waitSeconds, hypervolume, improvements
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            let toTarget = result.secondsToTarget(run)
            try fields.encode(run.seed, forKey: .seed)
            try fields.encode(run.outcome.state, forKey: .state)
            try fields.encode(
                StatusView.words(run.outcome).joined(separator: "\n"), forKey: .outcome)
            try fields.encode(run.seconds, forKey: .seconds)
            try fields.encode(toTarget.isFinite ? toTarget : nil, forKey: .secondsToTarget)
            try fields.encode(result.best(run), forKey: .best)
            if result.top != nil {
                try fields.encode(run.standings.last?.mean, forKey: .topMean)
                try fields.encode(run.standings.last?.deviation, forKey: .topDeviation)
            }
            try fields.encode(run.trials, forKey: .trials)
            try fields.encode(run.complete, forKey: .complete)
            try fields.encode(run.failed, forKey: .failed)
            try fields.encode(result.nodeHours(run), forKey: .nodeHours)
            try fields.encode(run.usage.tasks, forKey: .jobs)
            try fields.encode(run.usage.arrays, forKey: .arrays)
            try fields.encode(run.usage.waitSeconds, forKey: .waitSeconds)
            if result.growth != nil { try fields.encode(result.hypervolume(run), forKey: .hypervolume) }
            try fields.encode(run.improvements, forKey: .improvements)
        }
    }
}

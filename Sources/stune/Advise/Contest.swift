import ArgumentParser
import Curves
import Foundation
import Simulated
import Spool
import StudyFile
import Tuning

/// Strategies side by side on a table of the user's own trainings, with the same seeds.
struct Contest {
    /// How one strategy did.
    struct Row: Encodable {
        let scheduler: String
        let searcher: String
        /// The median of the best values within the time; `nil` if half of the runs have found none.
        let best: Double?
        /// In how many runs it was better than the study as it is, and in how many worse.
        let better: Int
        let worse: Int

        /// Whether the difference from the study as it is could hardly be chance: a two-sided sign test at 5 %.
        var isClear: Bool { Contest.chance(better, worse) < 0.05 }
    }

    /// The strategies, the study's own first.
    let rows: [Row]
    private let runs: Int
    private let metric: String
    private let sign: Double

    /// The table of a study.
    ///
    /// - Throws: an exit code of 2, after printing what is wrong.
    static func table(_ path: String, _ plan: Plan) throws -> CurveTable {
        do {
            let bytes = try Files.system.read(Files.absolute(path), limit: CurveLimits.fileBytes)
            return try CurveTable.read(bytes, file: path, for: plan)
        } catch let error as FileError {
            throw complaint("\(error)", code: 2)
        } catch let error as InvalidTable {
            throw complaint(about: error.mistakes)
        }
    }

    /// Runs all strategies that the study may have.
    ///
    /// - Parameter trials: how many the table has configurations for.
    /// - Throws: an exit code, after printing what is wrong.
    init(
        _ study: String, curves: String, _ circumstances: Circumstances, repeats: Int, base: StudySpec,
        trials: Int
    ) throws {
        let plan = base.plan
        let alternatives = Contest.alternatives(to: plan, trials: circumstances.seconds.map { _ in trials })
        let options = try SimulationOptions.parse([
            study, "--curves", curves, "--repeats", String(repeats), "--workers",
            String(circumstances.workers), "--queue-wait",
            circumstances.queueWait > 0 ? "exp:\(circumstances.queueWait)" : "0",
        ])
        let results: [CaseResult]
        do {
            results = try SimulationPlan(options, alternatives: alternatives).run()
        } catch let failure as StudyRun.Failure {
            throw complaint("\(failure)", code: 1)
        }
        let sign = plan.objective.goal == .minimize ? 1.0 : -1
        let losses = results.map { result in
            result.runs.map { run in
                run.improvements.last { $0.seconds <= circumstances.seconds ?? .infinity }
                    .map { sign * $0.value } ?? .infinity
            }
        }
        rows = zip(results, losses).map { result, found in
            let pairs = Array(zip(found, losses[0]))
            let median = Spread(found).median
            let own = result.item.spec.plan
            return Row(
                scheduler: own.scheduler.name, searcher: own.searcher.name, best: median.map { sign * $0 },
                better: pairs.count { $0 < $1 }, worse: pairs.count { $0 > $1 })
        }
        (runs, metric, self.sign) = (repeats, plan.objective.metric, sign)
    }

    /// Each scheduler with random search and with `auto`.
    ///
    /// - Parameter trials: how many they have, where the time ends them; `nil`: as many as the study.
    private static func alternatives(to plan: Plan, trials: Int?) -> [[Setting]] {
        let searchers = plan.objectives.count > 1 ? ["random"] : ["random", "auto"]
        return ["none", "asha", "async_hyperband"].flatMap { scheduler in
            searchers.compactMap { searcher in
                let texts =
                    ["scheduler.type=\(scheduler)", "searcher.type=\(searcher)"]
                    + (trials.map { ["trials=\($0)"] } ?? [])
                return try? texts.map { text throws(Setting.Invalid) in try Setting(text) }
            }
        }
    }

    /// The advice, where the winner on the table decides over scheduler and searcher.
    func winning(_ advice: [AdviceLine]) -> [AdviceLine] {
        let clear = rows.dropFirst().filter { $0.isClear && $0.better > $0.worse }
        let winner = clear.min {
            sign * ($0.best ?? sign * .infinity) < sign * ($1.best ?? sign * .infinity)
        }
        return advice.map { line in
            guard ["scheduler.type", "searcher.type"].contains(line.field) else { return line }
            let isScheduler = line.field == "scheduler.type"
            guard let winner else {
                return AdviceLine(
                    field: line.field, now: line.now, take: line.now,
                    why: "on your table nothing is clearly better in \(runs) runs")
            }
            return AdviceLine(
                field: line.field, now: line.now,
                take: isScheduler ? winner.scheduler : winner.searcher,
                why:
                    "on your table \(winner.scheduler) with \(winner.searcher) is better in \(winner.better) of "
                    + "\(runs) runs, and worse in \(winner.worse)")
        }
    }

    /// The table, line by line.
    func lines() -> [String] {
        var table = Table([
            ("SCHEDULER", .left), ("SEARCHER", .left), ("BEST", .right), ("BETTER", .right),
            ("WORSE", .right), ("CLEARLY", .left),
        ])
        for (number, row) in rows.enumerated() {
            let isOwn = number == 0
            table.add([
                row.scheduler, row.searcher, Numbers.metric(row.best), isOwn ? "-" : String(row.better),
                isOwn ? "-" : String(row.worse),
                isOwn
                    ? "(as in the file)"
                    : row.isClear ? (row.better > row.worse ? "better" : "worse") : "no",
            ])
        }
        return [
            "best \(metric), medians of \(runs) runs with the same seeds; better and worse than the file's own:"
        ]
            + table.lines()
    }

    /// How likely two numbers of wins would be at least so unequal by chance: the sign test, two-sided.
    static func chance(_ better: Int, _ worse: Int) -> Double {
        let count = better + worse
        guard count > 0 else { return 1 }
        var (term, tail) = (pow(0.5, Double(count)), 0.0)
        for wins in 0...min(better, worse) {
            tail += term
            term *= Double(count - wins) / Double(wins + 1)
        }
        return min(1, 2 * tail)
    }
}

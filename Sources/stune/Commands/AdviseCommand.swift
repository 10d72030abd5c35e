import ArgumentParser
import Curves
import Spool
import Store
import StudyFile
import Tuning

/// `stune advise`: which strategy suits a study.
struct AdviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Say which scheduler, searcher and numbers suit a study, and why.",
        discussion: """
            Give what a unit of resource takes (such as an epoch, in seconds) and how long the study may take. The advice \
            follows from these numbers and from what was measured on recorded learning curves (docs/choosing.md). Nothing \
            is changed, and no job is submitted.

            With --curves, a table of your own trainings ('stune simulate' has its format), the seconds are taken from it, \
            and the strategies are tried on it, with the same seeds: what is measured there counts more than all others.

            Examples:
              stune advise study.yaml --seconds 40 --hours 48
              stune advise study.yaml --seconds 40 --hours 48 --workers 16 --queue-wait 600
              stune advise study.yaml --curves curves.csv.gz --hours 4

            Exit codes: 0 done; 2 wrong use, or a file that cannot be used.
            """)

    @Argument(help: "The study file (YAML).")
    var study: String

    @Option(help: "What a unit of resource takes, in seconds.")
    var seconds: Double?

    @Option(help: "How long the study may take, in hours (default: its 'stop.wall_time', if any).")
    var hours: Double?

    @Option(help: "How many tasks run at once (default: the study's 'parallel').")
    var workers: Int?

    @Option(help: "How long a task waits in the queue, in seconds.")
    var queueWait = 0.0

    @Option(help: "Recorded learning curves: a CSV file, gzipped or not.")
    var curves: String?

    @Option(help: "With --curves: how many times each strategy runs, each with the next seed.")
    var repeats = 20

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard seconds != nil || curves != nil else {
            throw ValidationError(
                "give --seconds, what a unit of resource takes, or --curves, a table that has it")
        }
        if let seconds, !(seconds > 0 && seconds <= 1e7) {
            throw ValidationError("--seconds: above 0, and at most 10,000,000")
        }
        if let hours, !(hours > 0 && hours <= 1e5) {
            throw ValidationError("--hours: above 0, and at most 100,000")
        }
        if let workers, !StudyFileLimits.parallel.contains(workers) {
            throw ValidationError(
                "--workers: from 1 to \(StudyFileLimits.parallel.upperBound)")
        }
        guard queueWait >= 0, queueWait <= 1e7 else {
            throw ValidationError("--queue-wait: from 0 to 10,000,000 seconds")
        }
        guard (2...10_000).contains(repeats) else { throw ValidationError("--repeats: from 2 to 10,000") }
    }

    func run() throws {
        let parsed = try StudyInput.read(study, tellsNotes: false).study
        let table = try curves.map { try Contest.table($0, parsed.spec.plan) }
        let rate = seconds ?? table?.secondsPerUnit ?? 1
        let circumstances = Circumstances(
            parsed.spec.plan, secondsPerUnit: rate, workers: workers,
            seconds: hours.map { $0 * 3_600 } ?? parsed.spec.stop?.wallMinutes.map { Double($0) * 60 },
            queueWait: queueWait)
        var advice = Adviser(parsed, circumstances).advice()
        var contest: Contest?
        if let curves, let table {
            let held = try Contest(
                study, curves: curves, circumstances, repeats: repeats, base: parsed.spec,
                trials: table.configurations.count)
            advice = held.winning(advice)
            contest = held
        }
        if json {
            print(
                try StoreJSON.text(
                    Answer(
                        secondsPerTraining: circumstances.training, trainings: circumstances.trainings,
                        workers: circumstances.workers, advice: advice, contest: contest?.rows)))
            return
        }
        for line in lines(parsed, circumstances, advice, contest) { print(line) }
    }

    /// The output of `--json`.
    private struct Answer: Encodable {
        /// What a full training takes, in seconds.
        let secondsPerTraining: Double
        /// For how many of them, one after the other, there is time.
        let trainings: Double
        let workers: Int
        let advice: [AdviceLine]
        /// The strategies on the table of `--curves`.
        let contest: [Contest.Row]?
    }

    private func lines(
        _ parsed: ParsedStudy, _ circumstances: Circumstances, _ advice: [AdviceLine], _ contest: Contest?
    ) -> [String] {
        let plan = parsed.spec.plan
        var table = Table([("FIELD", .left), ("NOW", .left), ("TAKE", .left), ("WHY", .left)])
        for line in advice {
            table.add([line.field, line.now, line.isFine ? "as it is" : line.take, line.why])
        }
        return [
            "study '\(parsed.spec.name)': a training to resource \(plan.scheduler.maxResource) takes "
                + "\(Numbers.span(circumstances.training)); \(circumstances.workers) workers have time for "
                + "\(Numbers.metric(circumstances.trainings * Double(circumstances.workers), digits: 6)) of them"
                + (circumstances.seconds.map { " in \(Numbers.span($0))" }
                    ?? ", as much as the \(plan.trials) trials take"),
            "",
        ] + table.lines() + (contest.map { [""] + $0.lines() } ?? [])
    }
}

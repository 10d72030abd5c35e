import ArgumentParser
import Curves
import Foundation
import Plots
import Simulated
import Store
import StudyFile

/// `stune simulate`: what a study would cost and find.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Tell what a study would cost and find, from recorded learning curves.",
        discussion: """
            Runs the study in virtual time: the real controller on a cluster that only pretends, over a table of \
            recorded curves or over a built-in function. No job is submitted. It tells the time to a target, the best \
            value over time with its spread, node-hours, jobs and queue waits, for each variant side by side with the \
            same seeds. docs/simulate.md describes the table, and how to record one.

            What a trial measures at any resource counts as a value found. Hours are those of the simulated cluster.

            Examples:
              stune simulate study.yaml --curves curves.csv.gz
              stune simulate study.yaml --curves curves.csv.gz --workers 16,64 --queue-wait 0,exp:600 \\
                --against scheduler.type=none,scheduler.reduction_factor=4 --plot study.svg
              stune simulate hartmann6.yaml --function hartmann6 --target -3.2

            The same seed prints the same bytes. Exit codes: 0 done; 1 it could not be simulated; 2 wrong use, or a \
            file that cannot be used.
            """)

    @OptionGroup var options: SimulationOptions

    @Flag(help: "Print the result as JSON, each run with its numbers.")
    var json = false

    @Option(help: "Draw the best value, or with --top the best trials, over time into this .svg file.")
    var plot: String?

    func run() throws {
        let picture = try plot.map(PictureFile.init)
        let plan = try SimulationPlan(options)
        let start = ContinuousClock.now
        let results: [CaseResult]
        do {
            results = try plan.run()
        } catch let failure as StudyRun.Failure {
            throw complaint("\(failure)", code: 1)
        }
        let report = SimulationReport(plan: plan, cases: results)
        if json {
            print(try StoreJSON.text(report))
        } else {
            for line in report.lines() { print(line) }
        }
        for warning in report.warnings { say(warning) }
        try picture?.write(report.chart.drawing())
        let seconds = (ContinuousClock.now - start).seconds
        let studies = plan.cases.count * plan.repeats
        say("\(studies) \(studies == 1 ? "study" : "studies") in \(String(format: "%.1f", seconds)) s")
    }
}

/// The file that a picture is written to, as SVG.
private struct PictureFile {
    private let path: String

    /// A file with this path.
    ///
    /// - Throws: an error message unless the name ends with `.svg`.
    init(_ path: String) throws {
        guard (path as NSString).pathExtension.lowercased() == "svg" else {
            throw complaint(
                "--plot: '\(path)' does not end with .svg, the only format: browsers and word processors open it, "
                    + "and 'rsvg-convert' turns it into PNG or PDF", code: 2)
        }
        self.path = path
    }

    /// Writes the picture.
    func write(_ drawing: Drawing) throws {
        do {
            try Data(SVG.text(drawing).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw complaint("cannot write '\(path)': \(error.localizedDescription)", code: 1)
        }
    }
}

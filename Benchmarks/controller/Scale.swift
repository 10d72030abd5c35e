import ArgumentParser
import Controller
import Foundation
import Simulated
import Spool
import Store
import Tuning

/// `bench-controller scale`: a large study from its first trial to its last, and its restart.
struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A large study through controller and store: time, memory, and starting it again.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How often it is measured.") var runs = 1
    @Option(help: "The trials.") var trials = 1_000_000
    @Option(help: "The tasks in flight.") var parallel = 1_000
    @Option(help: "The cluster's MaxArraySize.") var arrayLimit = 4_000_001
    @Option(help: "r: the resource, and so the reports, of the lowest rung.") var minResource = 1
    @Option(help: "R: the resource of the highest rung.") var maxResource = 27

    func run() async throws {
        var figures = Figures()
        for _ in 0..<runs { try await measure(&figures) }
        try figures.tell("scale", json: options.json)
    }

    private func measure(_ figures: inout Figures) async throws {
        let place = try Place(below: options.place)
        let study = StudyDirectory("/study", on: MemoryFiles(), database: place.path)
        try study.create()
        let plan = ASHAPlan(
            minResource: Resource(minResource), maxResource: Resource(maxResource), reductionFactor: 3)
        let setup = try BenchStudy.setup(
            study, scheduler: .asha(plan), trials: trials, parallel: parallel)
        let cluster = InstantTasks(study, levels: plan.rungs, limit: arrayLimit)

        let (start, processor) = (seconds(), processorSeconds())
        var course = Course()
        var controller = try await BenchStudy.controller(setup, cluster)
        _ = try await controller.run(
            shouldStop: { false }, observe: { _ in course.mark(cluster) })
        let written = cluster.written
        let total = seconds() - start - written.seconds
        figures.add("reports", Double(written.reports))
        figures.add("reports/s", Double(written.reports) / total)
        figures.add("seconds", total)
        figures.add("last/first tenth", course.costOfTenth(9) / course.costOfTenth(0))
        let used = processorSeconds() - processor - written.processor
        figures.add("reports/s by processor time", Double(written.reports) / used)
        figures.add("peak MiB", peakMebibytes())
        figures.add("store MB", Double(Files.size(study.store(0)) ?? 0) / 1e6)
        figures.add("written MB", writtenMegabytes())

        let (again, before) = (seconds(), processorSeconds())
        controller = try await BenchStudy.controller(setup, cluster)
        figures.add("restart seconds", seconds() - again)
        figures.add("restart seconds by processor time", processorSeconds() - before)
        figures.add("peak MiB after restart", peakMebibytes())
        try controller.finish()
    }
}

/// How many reports were in at which time, without the time of the simulated cluster.
private struct Course {
    private var marks: [(reports: Int, processor: Double)] = [(0, processorSeconds())]

    mutating func mark(_ cluster: InstantTasks) {
        let written = cluster.written
        marks.append((written.reports, processorSeconds() - written.processor))
    }

    /// The processor seconds per report in this tenth, counted from 0.
    func costOfTenth(_ tenth: Int) -> Double {
        let all = marks[marks.count - 1].reports
        let (first, last) = (all * tenth / 10, all * (tenth + 1) / 10)
        let inside = marks.filter { ($0.reports >= first && $0.reports <= last) }
        guard let low = inside.first, let high = inside.last, high.reports > low.reports else {
            return .nan
        }
        return (high.processor - low.processor) / Double(high.reports - low.reports)
    }
}

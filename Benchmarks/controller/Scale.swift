import ArgumentParser
import Controller
import Foundation
import Spool
import Store
import Tuning

/// `bench-controller scale`: a large study from its first trial to its last, and its start anew.
struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A large study through controller and store: time, memory, and starting it again.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How often it is measured.") var runs = 1
    @Option(help: "The trials.") var trials = 1_000_000
    @Option(help: "The tasks in flight.") var parallel = 1_000
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
        let cluster = InstantTasks(study, levels: plan.rungs)

        var course = Course()
        let processor = processorSeconds()
        var controller = try await BenchStudy.controller(setup, cluster)
        _ = try await controller.run(
            shouldStop: { false }, observe: { _ in course.mark(cluster) })
        course.mark(cluster)
        let end = course.end
        figures.add("reports", Double(end.reports))
        figures.add("reports/s", Double(end.reports) / end.seconds)
        figures.add("seconds", end.seconds)
        figures.add("last/first tenth", course.costOfTenth(9) / course.costOfTenth(0))
        figures.add("processor seconds", processorSeconds() - processor - cluster.written.seconds)
        figures.add("peak MiB", peakMebibytes())
        figures.add("store MB", Double(Files.size(study.store(0)) ?? 0) / 1e6)

        let again = seconds()
        controller = try await BenchStudy.controller(setup, cluster)
        figures.add("restart seconds", seconds() - again)
        figures.add("peak MiB after restart", peakMebibytes())
        try await controller.finish()
    }
}

/// How many reports were in when. The time of the simulated cluster does not count.
private struct Course {
    private let start = seconds()
    private var marks: [(reports: Int, seconds: Double)] = [(0, 0)]

    /// The last mark.
    var end: (reports: Int, seconds: Double) { marks[marks.count - 1] }

    mutating func mark(_ cluster: InstantTasks) {
        let written = cluster.written
        marks.append((written.reports, seconds() - start - written.seconds))
    }

    /// The seconds a report in the tenth of this number, from 0.
    func costOfTenth(_ tenth: Int) -> Double {
        let first = end.reports * tenth / 10
        let last = end.reports * (tenth + 1) / 10
        let inside = marks.filter { ($0.reports >= first && $0.reports <= last) }
        guard let low = inside.first, let high = inside.last, high.reports > low.reports else {
            return .nan
        }
        return (high.seconds - low.seconds) / Double(high.reports - low.reports)
    }
}

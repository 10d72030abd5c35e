import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import Tuning

/// `bench-controller ingest`: from files in the inbox to committed rows.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reports a second, from letters in the inbox to committed rows, by reports in a letter.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How often each is measured.") var runs = 3
    @Option(help: "The letters of a measurement, at most.") var letters = 100_000
    @Option(help: "The reports of a measurement, at most.") var reports = 400_000
    @Option(help: "The reports in a letter.") var perLetter = [1, 10, 100]

    /// The tasks that report.
    private static let tasks = 1_000

    func run() async throws {
        var figures = Figures()
        for _ in 0..<runs {
            for perLetter in perLetter {
                let rate = try await measure(perLetter)
                figures.add("\(perLetter)/letter", rate.wall)
                figures.add("\(perLetter)/letter by processor time", rate.processor)
            }
        }
        try figures.tell("ingest, reports/s", json: options.json)
    }

    /// Reports per second, by the clock and by processor time.
    private func measure(_ perLetter: Int) async throws -> (wall: Double, processor: Double) {
        let place = try Place(below: options.place)
        let study = StudyDirectory(place.path, on: HastyFiles())
        try study.create()
        let setup = try BenchStudy.setup(
            StudyDirectory(place.path), scheduler: .none(maxResource: Resource(1 << 40)),
            trials: Ingest.tasks, parallel: Ingest.tasks)
        let cluster = InstantTasks(setup.directory, levels: [Resource(1 << 40)]) { _ in true }
        var controller = try await BenchStudy.controller(setup, cluster)
        while try await controller.pass() {}
        try controller.finish()
        let tasks = try Store.openSnapshot(study.snapshot).read { try $0.openTasks() }
        let each = min(letters / Ingest.tasks, reports / Ingest.tasks / perLetter)
        for task in tasks { try write(task, study, letters: each, perLetter) }

        controller = try await BenchStudy.controller(setup, cluster)
        let (start, processor) = (seconds(), processorSeconds())
        while try await controller.pass() {}
        let (elapsed, used) = (seconds() - start, processorSeconds() - processor)
        try controller.finish()
        let taken = try Store.openSnapshot(study.snapshot).read { try $0.reports().count }
        guard taken == tasks.count * each * perLetter else {
            throw ValidationError("\(taken) reports were taken in of \(tasks.count * each * perLetter)")
        }
        return (Double(taken) / elapsed, Double(taken) / used)
    }

    /// Writes the letters of one task: its start and its reports.
    private func write(
        _ task: StoreReader.TaskRow, _ study: StudyDirectory, letters: Int, _ perLetter: Int
    ) throws {
        guard let job = task.job else { return }
        var first = Letter(token: task.token, index: task.index)
        first.add(#""array":\#(job),"host":"node\#(task.index % 100)","process":4711"#, "started")
        try study.files.create(first.path(in: study), first.bytes, mode: 0o600)
        let loss = Letter.loss(task.trial)
        for number in 0..<letters {
            var letter = Letter(token: task.token, index: task.index, sequence: 1 + number * perLetter)
            for step in 1...perLetter {
                let resource = number * perLetter + step
                letter.add(report: loss + 1 / Double(resource), at: resource)
            }
            try study.files.create(letter.path(in: study), letter.bytes, mode: 0o600)
        }
    }
}

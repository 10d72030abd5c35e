import ArgumentParser
import Clusters
import Controller
import Dispatching
import Foundation
import Simulated
import Spool
import Store
import Tuning

/// `bench-controller load`: what a large running study costs its user and its machine.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long 'stune status' takes, and what the controller of reporting tasks costs.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How often it is measured.") var runs = 3
    @Option(help: "The trials of the study before it is measured.") var trials = 100_000
    @Option(help: "The tasks in flight, of which each reports once a second.") var tasks = 1_000
    @Option(help: "How long they report, in seconds.") var seconds = 20.0

    func run() async throws {
        let place = try Place(below: options.place)
        let (setup, cluster) = try await prepare(place)
        // Writes everything to the disk before the measurement.
        sync()
        var figures = Figures()
        figures.add("store MB", Double(Files.size(setup.directory.store(0)) ?? 0) / 1e6)
        for _ in 0..<runs {
            for _ in 0..<5 { figures.add("status ms", try status(of: place)) }
            try await measure(setup, cluster, &figures)
        }
        try figures.tell("load", json: options.json)
    }

    /// A study whose last trials run, while all others rest.
    private func prepare(_ place: Place) async throws -> (setup: StudySetup, cluster: InstantTasks) {
        let plan = ASHAPlan(
            minResource: Resource(1_000), maxResource: Resource(27_000), reductionFactor: 3)
        let waiting = trials - tasks
        let memory = StudyDirectory(place.path, on: MemoryFiles(), database: place.path)
        try memory.create()
        let quick = try BenchStudy.setup(
            memory, scheduler: .asha(plan), trials: trials, parallel: tasks)
        let cluster = InstantTasks(memory, levels: plan.rungs, steps: 1_000) { $0.number >= waiting }
        var controller = try await BenchStudy.controller(quick, cluster)
        while try await controller.pass() {}
        try controller.finish()

        var setup = quick
        setup.directory = StudyDirectory(place.path)
        try setup.directory.create()
        return (setup, cluster)
    }

    /// The milliseconds of `stune status`.
    private func status(of place: Place) throws -> Double {
        let program = Files.parent(of: Files.absolute(CommandLine.arguments[0])) + "/stune"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["status", place.path]
        process.standardOutput = FileHandle.nullDevice
        let start = bench_controller.seconds()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("'stune status' failed; build it beside this program")
        }
        return (bench_controller.seconds() - start) * 1_000
    }

    private func measure(
        _ setup: StudySetup, _ cluster: InstantTasks, _ figures: inout Figures
    ) async throws {
        var controller = try await BenchStudy.controller(setup, cluster)
        let before = try Store.openSnapshot(setup.directory.snapshot).read { try $0.eventCount() }
        let feeder = Process()
        feeder.executableURL = URL(fileURLWithPath: Files.absolute(CommandLine.arguments[0]))
        feeder.arguments = ["feed", setup.directory.path, String(seconds)]
        try feeder.run()
        let start = bench_controller.seconds()
        let processor = processorSeconds()
        let until = start + seconds
        _ = try await controller.run(
            shouldStop: { bench_controller.seconds() >= until }, observe: { _ in })
        let elapsed = bench_controller.seconds() - start
        figures.add("% of a core", (processorSeconds() - processor) / elapsed * 100)
        feeder.waitUntilExit()
        let events = try Store.openSnapshot(setup.directory.snapshot).read { try $0.eventCount() } - before
        figures.add("events/s", Double(events) / elapsed)
    }
}

/// `bench-controller feed`: the tasks of a study, each with one report per second.
struct Feed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reports for each open task of a study once a second.", shouldDisplay: false)

    @Argument var directory: String
    @Argument var seconds: Double

    func run() throws {
        let study = StudyDirectory(directory, on: HastyFiles())
        let snapshot = try Store.openSnapshot(study.snapshot)
        var tasks = try snapshot.read { reader in
            try reader.openTasks().compactMap { row -> Sender? in
                guard let job = row.job else { return nil }
                let next = try reader.takenMessages(
                    of: AttemptID(assignment: row.assignment, epoch: 0)
                ).next
                return Sender(token: row.token, index: row.index, job: job, trial: row.trial, next: next)
            }
        }
        let start = bench_controller.seconds()
        for second in 0..<Int(seconds) {
            for index in tasks.indices {
                let due = start + Double(second) + Double(index) / Double(tasks.count)
                let pause = due - bench_controller.seconds()
                if pause > 0.001 { Thread.sleep(forTimeInterval: pause) }
                try tasks[index].send(to: study)
            }
        }
    }

    private struct Sender {
        let token: ArrayToken
        let index: Int
        let job: UInt32
        let trial: TrialID
        var next: Int

        mutating func send(to study: StudyDirectory) throws {
            var letter = Letter(token: token, index: index, sequence: next)
            if next == 0 {
                letter.add(#""array":\#(job),"host":"node\#(index % 100)","process":4711"#, "started")
                next += 1
            }
            letter.add(report: Letter.loss(trial) + 1 / Double(next), at: next)
            next += 1
            let path = letter.path(in: study)
            let temporary = path.replacing("/new/", with: "/tmp/")
            try study.files.create(temporary, letter.bytes, mode: 0o600)
            try study.files.rename(temporary, to: path)
        }
    }
}

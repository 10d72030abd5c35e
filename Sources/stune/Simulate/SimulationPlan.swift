import Curves
import Foundation
import Simulated
import Spool
import StudyFile
import Synchronization
import Tuning

/// The studies that one `stune simulate` runs: each variant, with each number of workers and each queue wait.
struct SimulationPlan {
    /// The studies to compare, the file's own first.
    let cases: [SimulationCase]
    /// How often each is run.
    let repeats: Int
    /// The seed of the first repeat.
    let seed: UInt64
    /// Notes to print before the result, in whole sentences.
    let notes: [String]
    /// The study as in its file.
    let base: StudySpec
    /// The name of the file or function that replaces training.
    let source: String
    /// How many of the best trials to follow together; `nil` for none.
    let top: Int?
    private let startupSeconds: Double
    /// The directory of the study file, where an external searcher starts.
    private let workingDirectory: String

    /// Reads all files, and finds every case.
    ///
    /// - Throws: an exit code of 2, after printing what is wrong.
    ///
    /// - Parameter alternatives: studies to compare with the file's own, each with these settings changed; `nil`: those
    ///   of `--against`, each with one.
    init(_ options: SimulationOptions, alternatives: [[Setting]]? = nil) throws {
        let unchanged = try StudyInput.read(options.study).study
        let base = unchanged.spec
        self.base = base
        repeats = options.repeats
        startupSeconds = options.startup
        workingDirectory = Files.parent(of: Files.absolute(options.study))
        top = options.top
        seed = options.seed ?? base.plan.searcher.seed
        source = options.curves ?? options.function ?? ""
        let alternatives = try alternatives ?? SimulationPlan.settings(options).map { [$0] }
        var sources = try CurveSources(options, base: base)
        let studies = try ([[]] + alternatives).map { settings -> Variant in
            let study =
                settings.isEmpty
                ? unchanged : try StudyInput.read(options.study, changed: settings).study
            let spec = study.spec
            if spec.plan.scheduler.hasChildren {
                throw complaint(
                    "\(options.study): what training shows is looked up here by a trial's configuration, and with pbt it "
                        + "depends on those of its ancestors too; choose another scheduler", code: 2)
            }
            if let top = options.top, top > spec.plan.trials {
                throw complaint(
                    "--top: there are no \(top) best of \(spec.plan.trials) trials; ask for fewer", code: 2)
            }
            return Variant(
                settings: settings, study: study, curves: try sources.source(for: spec),
                priors: try SimulationPlan.priors(of: spec, options.study))
        }
        let workers = try SimulationPlan.workers(options)
        let waits = try SimulationPlan.waits(options)
        cases = studies.flatMap { variant in
            let (spec, named) = (variant.study.spec, variant.study.named)
            let limits = named.has("limits") ? variant.study.settings.limits : nil
            return (workers ?? [nil]).flatMap { count in
                waits.map { wait in
                    SimulationCase(
                        settings: variant.settings, spec: spec, priors: variant.priors, limits: limits,
                        curves: variant.curves,
                        slots: count ?? spec.plan.parallel,
                        isParallelOwn: variant.settings.contains { $0.field == "parallel" } || count == nil,
                        wait: wait)
                }
            }
        }
        notes = sources.notes
    }

    /// A study to compare with the file's own.
    private struct Variant {
        /// What differs from the study file.
        var settings: [Setting]
        var study: ParsedStudy
        var curves: CurveSource
        var priors: [PriorResults]
    }

    /// The prior results that a study begins with.
    private static func priors(of spec: StudySpec, _ file: String) throws -> [PriorResults] {
        do {
            return try PriorSources(spec, file: file, in: nil).findings().map(\.results)
        } catch let error as PriorSources.Unusable {
            throw complaint("\(error)", code: 2)
        }
    }

    private static func settings(_ options: SimulationOptions) throws -> [Setting] {
        var settings: [Setting] = []
        do throws(Setting.Invalid) {
            for text in options.against { settings += try Setting.list(text) }
        } catch {
            throw complaint("--against: \(error.why)", code: 2)
        }
        if settings.contains(where: { $0.description.hasPrefix("searcher.seed=") }) {
            throw complaint(
                "--against: all variants run with the same seeds; give the first with --seed", code: 2)
        }
        return settings
    }

    private static func workers(_ options: SimulationOptions) throws -> [Int?]? {
        try options.workers?.split(separator: ",", omittingEmptySubsequences: false).map { text in
            guard let count = Int(text), StudyFileLimits.parallel.contains(count) else {
                throw complaint(
                    "--workers: '\(text)' is not a number of workers; write whole numbers from 1 to "
                        + "\(StudyFileLimits.parallel.upperBound), separated by commas", code: 2)
            }
            return count
        }
    }

    private static func waits(_ options: SimulationOptions) throws -> [(text: String, wait: QueueWait)] {
        try options.queueWait.split(separator: ",", omittingEmptySubsequences: false).map { text in
            do {
                let wait = try QueueWait(String(text)) { path in
                    let bytes = try Files.system.read(path, limit: 64 << 20)
                    return try QueueWait.trace(String(decoding: bytes, as: UTF8.self), file: path)
                }
                return (String(text), wait)
            } catch let error as QueueWait.Invalid {
                throw complaint("--queue-wait: \(error.why)", code: 2)
            } catch let error as FileError {
                throw complaint("--queue-wait: \(error)", code: 2)
            }
        }
    }

    /// Runs each case as often as requested, on all processors.
    ///
    /// - Throws: `StudyRun.Failure`.
    func run() throws -> [CaseResult] {
        let count = cases.count * repeats
        let results = Mutex<[Int: Result<StudyRun.Record, any Error>]>([:])
        let place = StorePlace.directory()
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let isStopped = results.withLock { $0.values.contains { (try? $0.get()) == nil } }
            if isStopped { return }
            let seed = seed &+ UInt64(index % repeats)
            let result = Result {
                var run = try cases[index / repeats].run(seed, startupSeconds: startupSeconds, top: top)
                run.workingDirectory = workingDirectory
                return try run.run(in: "\(place).\(index)")
            }
            results.withLock { $0[index] = result }
        }
        let all = results.withLock { $0 }
        let records = try all.sorted { $0.key < $1.key }.map { try $0.value.get() }
        return cases.enumerated().map { number, item in
            CaseResult(
                item: item, target: item.curves.target, top: top,
                runs: Array(records[(number * repeats)..<((number + 1) * repeats)]))
        }
    }
}

/// One study on one cluster.
struct SimulationCase: Sendable {
    /// What differs from the study file.
    let settings: [Setting]
    /// The study.
    let spec: StudySpec
    /// The prior results that it begins with.
    let priors: [PriorResults]
    /// The site's limits, if the study file names any.
    let limits: RequestLimits?
    /// The simulated training.
    let curves: CurveSource
    /// How many tasks run at once.
    let slots: Int
    /// Whether to use the study's own `parallel` instead of the number of slots.
    let isParallelOwn: Bool
    /// What differs from the study file, in one text; `nil` for nothing.
    var variant: String? {
        settings.isEmpty ? nil : settings.map(\.description).joined(separator: ", ")
    }

    /// How long tasks wait in the queue.
    let wait: (text: String, wait: QueueWait)

    /// The run with a seed.
    func run(_ seed: UInt64, startupSeconds: Double, top: Int?) throws -> StudyRun {
        var spec = spec
        if !isParallelOwn { spec.plan.parallel = slots }
        let landscape: any Landscape
        switch curves.kind {
        case .table(let table):
            let draw = table.drawn(seed: seed, by: spec.plan.searcher)
            spec.plan.searcher = draw.searcher
            // Each trial must be a configuration of the table.
            spec.plan.points = []
            landscape = draw
        case .function(let function, let top):
            spec.plan.searcher = spec.plan.searcher.seeded(seed)
            landscape = try HartmannTraining(function, for: spec.plan, top: top, seed: seed)
        }
        var run = StudyRun(
            spec: spec, landscape: landscape, slots: slots, wait: wait.wait, startupSeconds: startupSeconds,
            seed: seed)
        (run.top, run.limits, run.priors) = (top, limits, priors)
        return run
    }
}

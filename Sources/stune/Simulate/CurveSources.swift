import Curves
import Simulated
import Spool
import StudyFile
import Tuning

/// The simulated training of one study, and the value to find.
struct CurveSource: Sendable {
    /// A table as the study sees it, or a function with the resource at which it is exact.
    enum Kind: Sendable {
        case table(CurveTable)
        case function(Hartmann, top: Resource)
    }

    let kind: Kind
    /// The value to find; `nil` if none was requested.
    let target: Double?
}

/// The curves for each variant of a study. A table is read again only for a variant with other parameters or another
/// metric.
struct CurveSources {
    /// Notes, in whole sentences.
    private(set) var notes: [String] = []
    private let options: SimulationOptions
    private let base: StudySpec
    private let bytes: [UInt8]
    private var tables: [(space: SearchSpace, criteria: Criteria, table: CurveTable)] = []

    init(_ options: SimulationOptions, base: StudySpec) throws {
        self.options = options
        self.base = base
        guard let path = options.curves else {
            bytes = []
            return
        }
        do throws(FileError) {
            bytes = try Files.system.read(Files.absolute(path), limit: CurveLimits.fileBytes)
        } catch {
            throw complaint("\(error)", code: 2)
        }
    }

    /// The curves for a variant.
    ///
    /// - Throws: an exit code of 2, after printing what is wrong.
    mutating func source(for spec: StudySpec) throws -> CurveSource {
        if let path = options.curves { return try table(path, spec) }
        guard let function = Hartmann.all.first(where: { $0.name == options.function })?.function else {
            throw complaint("give either --curves or --function", code: 2)
        }
        let top = base.plan.scheduler.levels.last ?? base.plan.scheduler.maxResource
        do throws(HartmannTraining.Unfit) {
            _ = try HartmannTraining(function, for: spec.plan, top: top, seed: 0)
        } catch {
            throw complaint("\(options.study): \(error)", code: 2)
        }
        return CurveSource(kind: .function(function, top: top), target: options.target)
    }

    private mutating func table(_ path: String, _ spec: StudySpec) throws -> CurveSource {
        do throws(InvalidTable) {
            let table = try read(path, spec.plan)
            try table.check(spec.plan.scheduler)
            if spec.plan.trials > table.configurations.count {
                note(
                    "\(path): there are \(table.configurations.count) configurations to draw from, so no more than "
                        + "that of the \(spec.plan.trials) trials take place")
            }
            return CurveSource(kind: .table(table), target: target(table, spec.plan.objective))
        } catch {
            throw complaint(about: error.mistakes)
        }
    }

    private mutating func read(_ path: String, _ plan: Plan) throws(InvalidTable) -> CurveTable {
        let known = tables.first { $0.space == plan.space && $0.criteria == plan.criteria }
        if let known { return known.table }
        let table = try CurveTable.read(bytes, file: path, for: plan)
        for text in table.notes { note("\(path): \(text)") }
        tables.append((plan.space, plan.criteria, table))
        return table
    }

    private mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// The requested value, or the value that this many of the table's configurations reach at the end; those that break
    /// bounds reach none. `nil` if so few reach any.
    private func target(_ table: CurveTable, _ objective: Objective) -> Double? {
        if let target = options.target { return target }
        let losses = table.finalLosses.map { $0.keepsBounds ? $0.value : .infinity }
        let loss = Spread.quantile(options.targetQuantile ?? 0.01, of: losses.sorted())
        return loss.map { objective.goal == .minimize ? $0 : -$0 }
    }
}

import StudyFile
package import Tuning

/// Recorded learning curves: what a study's metric was, and how long each step took, for each configuration and
/// resource. `docs/simulate.md` describes the file.
package struct CurveTable: Sendable {
    /// The file, as the caller named it.
    package let file: String
    /// The resources at which values were recorded, ascending.
    package let levels: [Resource]
    /// The configurations that lie within the study's parameters, in the order of the file.
    package let configurations: [Configuration]
    /// What is worth knowing, in whole sentences.
    package let notes: [String]
    /// The curve of each configuration.
    let curves: [Curve]
    private let objective: Objective
    private let resourcePlace: Place

    /// The curve of one configuration, level by level.
    struct Curve: Hashable, Sendable {
        /// The metric; not finite where it diverged.
        var values: [Double]
        /// What each step took.
        var seconds: [Double]
    }

    /// Takes what `CurveTableReader` has checked.
    init(
        file: String, levels: [Resource], configurations: [Configuration], curves: [Curve], notes: [String],
        objective: Objective, resourcePlace: Place
    ) {
        self.file = file
        self.levels = levels
        self.configurations = configurations
        self.curves = curves
        self.notes = notes
        self.objective = objective
        self.resourcePlace = resourcePlace
    }

    /// Reads a table, gzipped or not, as a study sees it: its parameters, its metric.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the file's name, for messages.
    /// - Throws: `InvalidTable` with what is wrong, each with line, column and fix.
    package static func read(_ bytes: [UInt8], file: String, for plan: Plan) throws(InvalidTable)
        -> CurveTable
    {
        var text = bytes
        if Gzip.isGzip(bytes) {
            do throws(Gzip.Unreadable) {
                text = try Gzip.inflated(bytes, limit: CurveLimits.tableBytes)
            } catch {
                let mistake = Mistake(
                    file: file, line: 1, column: 1, field: "",
                    problem: "the file begins as a gzip file, and cannot be unpacked: \(error.why)",
                    fix: "compress it anew, or give it as plain CSV")
                throw InvalidTable(mistakes: [mistake])
            }
        }
        let csv = try CSV(text, file: file)
        var reader = CurveTableReader(csv: csv, file: file, plan: plan)
        return try reader.read()
    }

    /// The metric at the greatest level of each configuration, the best first. What diverged comes last.
    package var finalLosses: [Loss] { curves.map { loss($0.values[levels.count - 1]) }.sorted() }

    /// A value as a loss: smaller is better.
    private func loss(_ value: Double) -> Loss {
        Loss(value: objective.goal == .minimize ? value : -value)
    }

    /// Checks that the table has a value at each rung of a ladder.
    ///
    /// - Throws: `InvalidTable` that names the first rung where it has none.
    package func check(_ scheduler: SchedulerPlan) throws(InvalidTable) {
        guard let missing = scheduler.levels.first(where: { !levels.contains($0) }) else { return }
        let some = levels.prefix(12).map(\.description).joined(separator: ", ")
        let mistake = Mistake(
            file: file, line: resourcePlace.line, column: resourcePlace.column, field: "resource",
            problem: "the study has a rung at resource \(missing), and the table has none",
            fix: "let min_resource, max_resource and reduction_factor lead to recorded resources: "
                + some + (levels.count > 12 ? ", … \(levels[levels.count - 1])" : ""))
        throw InvalidTable(mistakes: [mistake])
    }

    /// The table as one study draws from it: by random search trial n gets the n-th configuration of a shuffle, by any
    /// other searcher the one that is left and nearest to what it proposes.
    package func drawn(seed: UInt64, by searcher: SearcherPlan = .random(seed: 0)) -> TableDraw {
        if case .random = searcher {
            let order = ListSearcher.order(of: configurations.count, seed: seed)
            return TableDraw(
                table: self, searcher: .list(configurations, seed: seed), way: .shuffled(order))
        }
        let indices = Dictionary(zip(configurations, configurations.indices)) { first, _ in first }
        return TableDraw(
            table: self, searcher: .nearest(of: configurations, to: searcher.seeded(seed)),
            way: .nearest(indices))
    }
}

/// A table as one study draws from it.
package struct TableDraw: Landscape {
    let table: CurveTable
    /// The searcher that proposes configurations of the table.
    package let searcher: SearcherPlan
    let way: Way

    /// How a trial's curve is found.
    enum Way: Hashable, Sendable {
        /// By its number: which of the table's it has.
        case shuffled([Int])
        /// By its configuration: of equal ones the first has the curve.
        case nearest([Configuration: Int])
    }

    /// See `Landscape.steps`.
    package func steps(
        of trial: TrialID, _ configuration: Configuration, from: Resource, to: Resource
    ) -> [TrainingStep] {
        let index: Int? =
            switch way {
            case .shuffled(let order): order[trial.number]
            case .nearest(let indices): indices[configuration]
            }
        guard let index else { return [] }
        let curve = table.curves[index]
        return table.levels.indices.filter { table.levels[$0] > from && table.levels[$0] <= to }.map {
            index in
            TrainingStep(
                resource: table.levels[index], seconds: curve.seconds[index], value: curve.values[index],
                isTrue: true)
        }
    }
}

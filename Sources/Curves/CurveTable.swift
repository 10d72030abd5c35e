import StudyFile
package import Tuning

/// Recorded learning curves: what a study's metrics were, and how long each step took, for each configuration and
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
    private let objectives: [Objective]
    private let resourcePlace: TextPosition

    /// The curve of one configuration, level by level.
    struct Curve: Hashable, Sendable {
        /// The metric; not finite where it diverged.
        var values: [Double]
        /// What each step took.
        var seconds: [Double]
        /// The further metrics of a study with several, each level by level.
        var others: [[Double]] = []
    }

    /// Takes what `CurveTableReader` has checked.
    init(
        file: String, levels: [Resource], configurations: [Configuration], curves: [Curve], notes: [String],
        objectives: [Objective], resourcePlace: TextPosition
    ) {
        self.file = file
        self.levels = levels
        self.configurations = configurations
        self.curves = curves
        self.notes = notes
        self.objectives = objectives
        self.resourcePlace = resourcePlace
    }

    /// Reads a table, gzipped or not, as a study sees it: its parameters, its metrics.
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
                    fix: "compress it again, or give it as plain CSV")
                throw InvalidTable(mistakes: [mistake])
            }
        }
        let csv = try CSV(text, file: file)
        var reader = CurveTableReader(csv: csv, file: file, plan: plan)
        return try reader.read()
    }

    /// The first metric at the greatest level of each configuration, the best first. What diverged comes last.
    package var finalLosses: [Loss] { curves.map { loss($0.values[levels.count - 1], 0) }.sorted() }

    /// A value of one of the metrics as a loss: smaller is better.
    private func loss(_ value: Double, _ metric: Int) -> Loss {
        Loss(value: objectives[metric].goal == .minimize ? value : -value)
    }

    /// The best and the worst finite values of the two metrics, at all resources; `nil` where there are not two.
    package var frame: LossFrame? {
        guard objectives.count == 2 else { return nil }
        let losses = [
            curves.flatMap(\.values).map { loss($0, 0).value },
            curves.flatMap { $0.others[0] }.map { loss($0, 1).value },
        ].map { $0.filter(\.isFinite) }
        let (best, worst) = (losses.compactMap { $0.min() }, losses.compactMap { $0.max() })
        return best.count == 2 ? LossFrame(best: best, worst: worst) : nil
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
                table: self, searcher: .list(configurations, seed: seed), way: .shuffled(order),
                frame: frame)
        }
        let indices = Dictionary(zip(configurations, configurations.indices)) { first, _ in first }
        return TableDraw(
            table: self, searcher: .nearest(of: configurations, to: searcher.seeded(seed)),
            way: .nearest(indices), frame: frame)
    }
}

/// A table as one study draws from it.
package struct TableDraw: Landscape {
    let table: CurveTable
    /// The searcher that proposes configurations of the table.
    package let searcher: SearcherPlan
    let way: Way
    /// See `Landscape.frame`.
    package let frame: LossFrame?

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
                others: curve.others.map { $0[index] }, isTrue: true)
        }
    }
}

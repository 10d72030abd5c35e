import StudyFile
package import Tuning

/// Recorded learning curves: a study's metrics, and how long each step took, for each configuration and resource.
/// `docs/simulate.md` describes the file.
package struct CurveTable: Sendable {
    /// The file, as the caller named it.
    package let file: String
    /// The resources at which values were recorded, ascending.
    package let levels: [Resource]
    /// The configurations within the study's parameters, in the order of the file.
    package let configurations: [Configuration]
    /// Notes for the user, in whole sentences.
    package let notes: [String]
    /// The curve of each configuration.
    let curves: [Curve]
    private let criteria: Criteria
    private let resourcePlace: TextPosition

    /// The curve of one configuration, level by level.
    struct Curve: Hashable, Sendable {
        /// The metric; not finite where training diverged.
        var values: [Double]
        /// The duration of each step.
        var seconds: [Double]
        /// The further metrics of the study, each level by level; those that are only bounded come last.
        var others: [[Double]] = []
    }

    /// Takes values that `CurveTableReader` has checked.
    init(
        file: String, levels: [Resource], configurations: [Configuration], curves: [Curve], notes: [String],
        criteria: Criteria, resourcePlace: TextPosition
    ) {
        self.file = file
        self.levels = levels
        self.configurations = configurations
        self.curves = curves
        self.notes = notes
        self.criteria = criteria
        self.resourcePlace = resourcePlace
    }

    /// Reads a table, gzipped or not, for a study's parameters and metrics.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the file's name, for messages.
    /// - Throws: `InvalidTable` with all mistakes, each with line, column and fix.
    package static func read(_ bytes: [UInt8], file: String, for plan: Plan) throws(InvalidTable)
        -> CurveTable
    {
        let csv = try CSV(unpacking: bytes, file: file)
        var reader = CurveTableReader(csv: csv, file: file, plan: plan)
        return try reader.read()
    }

    /// What a unit of resource takes, in seconds: the median over the configurations.
    package var secondsPerUnit: Double {
        let rates = curves.map { curve in
            curve.seconds.reduce(0, +) / Double(levels[max(0, curve.seconds.count - 1)].units)
        }
        return rates.sorted()[rates.count / 2]
    }

    /// The result of each configuration at its greatest level, the best first and diverged ones last.
    package var finalLosses: [Loss] {
        let names = criteria.metrics
        return curves.map { curve in
            let values = ([curve.values] + curve.others).map { $0[levels.count - 1] }
            let metrics = Dictionary(uniqueKeysWithValues: zip(names, values))
            return criteria.loss(of: metrics.filter { $0.value.isFinite })
        }.sorted()
    }

    /// A value of one of the metrics as a loss: smaller is better.
    private func loss(_ value: Double, _ metric: Int) -> Loss {
        Loss(value: criteria.objectives[metric].goal == .minimize ? value : -value)
    }

    /// The best and the worst finite values of the two metrics, at all resources; `nil` unless there are two.
    package var frame: LossFrame? {
        guard criteria.objectives.count == 2 else { return nil }
        let losses = [
            curves.flatMap(\.values).map { loss($0, 0).value },
            curves.flatMap { $0.others[0] }.map { loss($0, 1).value },
        ].map { $0.filter(\.isFinite) }
        let (best, worst) = (losses.compactMap { $0.min() }, losses.compactMap { $0.max() })
        return best.count == 2 ? LossFrame(best: best, worst: worst) : nil
    }

    /// Checks that the table has a value at each rung of a ladder.
    ///
    /// - Throws: `InvalidTable` that names the first rung without a value.
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

    /// The table with the configurations in a study's order. With random search, trial n gets the n-th configuration of
    /// a shuffle; with any other searcher, the nearest remaining one to the proposal.
    package func drawn(seed: UInt64, by searcher: SearcherPlan = .random(seed: 0)) -> TableDraw {
        if case .random = searcher {
            let order = ListSearcher.order(of: configurations, seed: seed)
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

/// A table with configurations in a study's order.
package struct TableDraw: Landscape {
    let table: CurveTable
    /// The searcher that proposes configurations of the table.
    package let searcher: SearcherPlan
    let way: Way
    /// See `Landscape.frame`.
    package let frame: LossFrame?

    /// How to find a trial's curve.
    enum Way: Hashable, Sendable {
        /// By the trial's number: the index of its configuration in the table.
        case shuffled([Int])
        /// By the configuration; of equal ones, the first has the curve.
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

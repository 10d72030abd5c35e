import GRDB
package import Tuning

/// The tables of a study with several metrics, which are all in the reports.
extension StoreReader {
    /// The metrics of the finite results, by trial and rung, from the reports at the targets.
    ///
    /// - Parameter rung: only the results of this rung; `nil` for all.
    package func resultMetrics(rung: Int? = nil) throws -> [TrialID: [Int: [String: Double]]] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT a.id, a.trial, a.rung, r.names, r.metrics FROM results o
                JOIN assignments a ON a.trial = o.trial AND a.rung = o.rung
                JOIN attempts t ON t.assignment = a.id
                JOIN reports r ON r.assignment = a.id AND r.epoch = t.epoch AND r.resource = a."to" AND r.current
                WHERE (?1 IS NULL OR o.rung = ?1) AND o.value IS NOT NULL AND r.value IS NOT NULL
                ORDER BY a.id, r.event
                """, arguments: [rung])
        let names = try metricNames()
        var metrics: [TrialID: [Int: [String: Double]]] = [:]
        var owners: [TrialID: [Int: Int]] = [:]
        for row in rows {
            let (assignment, rung): (Int, Int) = try (row.value("id"), row.value("rung"))
            let trial = TrialID(try row.value("trial"))
            // The first report of an assignment counts; of several assignments, the last.
            if owners[trial]?[rung] == assignment { continue }
            owners[trial, default: [:]][rung] = assignment
            metrics[trial, default: [:]][rung] = try self.metrics(row, names)
        }
        return metrics
    }

    /// The metrics of each trial's last result, if it is finite.
    package func lastMetrics() throws -> [TrialID: [String: Double]] {
        let last = Dictionary(uniqueKeysWithValues: try trials().map { ($0.trial, $0.value) })
        return Dictionary(
            uniqueKeysWithValues: try resultMetrics().compactMap { trial, rungs in
                guard last[trial] ?? nil != nil, let metrics = rungs.max(by: { $0.key < $1.key }) else {
                    return nil
                }
                return (trial, metrics.value)
            })
    }

    /// A trial that no other dominates.
    package struct ParetoRow: Hashable, Sendable {
        /// The trial, with its resource and its first metric there.
        package var row: TrialRow
        /// Its metrics there.
        package var metrics: [String: Double]
    }

    /// The trials that no other dominates, of those with a finite result at the greatest resource reached: ordered by
    /// the first metric, the best first; if equal, by number.
    package func paretoSet(_ plan: Plan) throws -> [ParetoRow] {
        let top = try Int.fetchOne(database, sql: "SELECT max(rung) FROM rungs WHERE lowest IS NOT NULL")
        guard let top else { return [] }
        let metrics = try resultMetrics(rung: top).compactMapValues { $0[top] }
        let results = metrics.map { trial, metrics in
            (trial: trial, loss: StoreReader.loss(metrics, plan))
        }.sorted { $0.trial < $1.trial }
        let losses = Dictionary(uniqueKeysWithValues: results.map { ($0.trial, $0.loss) })
        let members = ParetoSet(results).trials.sorted { one, other in
            (losses[one] ?? .worst, one) < (losses[other] ?? .worst, other)
        }
        return try members.compactMap { trial in
            guard var row = try self.trial(trial), let own = metrics[trial] else { return nil }
            let resource = try Int.fetchOne(
                database, sql: "SELECT resource FROM results WHERE rung = ? AND trial = ?",
                arguments: [top, trial.number])
            (row.rung, row.resource, row.value) = (
                top, resource.map(Resource.init), own[plan.objective.metric]
            )
            return ParetoRow(row: row, metrics: own)
        }
    }

    /// The best finite value of each metric in each rung, in the plan's order.
    package func bestMetrics(_ plan: Plan) throws -> [Int: [Double]] {
        var rungs: [Int: [[String: Double]]] = [:]
        for results in try resultMetrics().values {
            for (rung, metrics) in results { rungs[rung, default: []].append(metrics) }
        }
        return rungs.mapValues { results in
            plan.objectives.compactMap { objective in
                let values = results.compactMap { $0[objective.metric] }
                return objective.goal == .minimize ? values.min() : values.max()
            }
        }
    }

    private static func loss(_ metrics: [String: Double], _ plan: Plan) -> Loss {
        let losses = plan.objectives.map { objective in
            metrics[objective.metric].map { objective.goal == .minimize ? $0 : -$0 } ?? .infinity
        }
        return Loss(value: losses[0], further: Array(losses.dropFirst()))
    }
}

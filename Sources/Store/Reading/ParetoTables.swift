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
    /// the first metric, the best first; if equal, by number. If the study has bounds, the greatest resource at which a
    /// trial keeps them all; if there is none, the set has the trials that break them the least.
    package func paretoSet(_ plan: Plan) throws -> [ParetoRow] {
        let top = try Int.fetchOne(
            database,
            sql: """
                SELECT g.rung FROM rungs g JOIN results r ON r.rung = g.rung AND r.trial = g.lowest_trial
                WHERE g.lowest IS NOT NULL ORDER BY coalesce(r.violation, 0) > 0, g.rung DESC LIMIT 1
                """)
        guard let top else { return [] }
        let criteria = plan.criteria
        let metrics = try resultMetrics(rung: top).compactMapValues { $0[top] }
        let results = metrics.map { trial, metrics in
            (trial: trial, loss: criteria.loss(of: metrics))
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
            row.violation = criteria.bounds.isEmpty ? nil : criteria.violation(of: own)
            return ParetoRow(row: row, metrics: own)
        }
    }

    /// The best finite value of each metric in each rung, in the plan's order; of the trials that keep all bounds, if there
    /// are any.
    package func bestMetrics(_ plan: Plan) throws -> [Int: [Double]] {
        let criteria = plan.criteria
        var rungs: [Int: [[String: Double]]] = [:]
        for results in try resultMetrics().values {
            for (rung, metrics) in results { rungs[rung, default: []].append(metrics) }
        }
        for (rung, results) in rungs {
            let keeping = results.filter { criteria.violation(of: $0) == 0 }
            if !keeping.isEmpty { rungs[rung] = keeping }
        }
        return rungs.mapValues { results in
            plan.objectives.compactMap { objective in
                let values = results.compactMap { $0[objective.metric] }
                return objective.goal == .minimize ? values.min() : values.max()
            }
        }
    }
}

package import Tuning

/// What a study has found, for another study to begin with.
package struct FoundTrials: Hashable, Sendable {
    /// A trial with what it has reported.
    package struct Trial: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// Its hyperparameters.
        package var configuration: Configuration
        /// Its reports that have all the metrics in question, by ascending resource. Of several at one resource, as after a
        /// retry, the newest counts.
        package var results: [PriorResult]
    }

    /// The trials, by number.
    package var trials: [Trial] = []
    /// How many reports have a value to compare trials by.
    package var reports = 0
    /// How many of them lack one of the metrics in question, by the metric.
    package var lacking: [String: Int] = [:]
}

extension StoreReader {
    /// What the trials have reported of some metrics, read from the log, which alone has values that are not finite.
    ///
    /// - Parameter metrics: the names of the metrics; at least one.
    /// - Throws: an error that names the first altered or missing event.
    package func found(_ metrics: [String]) throws -> FoundTrials {
        let own = Set(try criteria()?.objectives.map(\.metric) ?? [])
        var found = FoundTrials()
        var owners: [AssignmentID: Int] = [:]
        var epochs: [AssignmentID: Int] = [:]
        var results: [[Resource: PriorResult]] = []
        try forEachFact(withDecisions: true) { fact in
            for decision in fact.decisions {
                switch decision {
                case .sample(let trial, let configuration, _):
                    found.trials.append(
                        FoundTrials.Trial(trial: trial, configuration: configuration, results: []))
                    results.append([:])
                // The other replicates have begun from zero, and say the same once more.
                case .evaluate(let work) where work.replicate ?? 0 > 0: break
                case .evaluate(let work): owners[work.id] = work.trial.number
                case .aggregate, .conclude, .release, .discard, .finish: break
                }
            }
            guard case .reported(let report) = fact.event,
                let trial = owners[report.attempt.assignment], results.indices.contains(trial),
                report.attempt.epoch >= epochs[report.attempt.assignment, default: 0]
            else { return }
            epochs[report.attempt.assignment] = report.attempt.epoch
            let lacking = metrics.filter { report.metrics[$0] == nil && report.nonFinite[$0] == nil }
            if own.allSatisfy({ report.metrics[$0] != nil || report.nonFinite[$0] != nil }) {
                found.reports += 1
                for metric in lacking { found.lacking[metric, default: 0] += 1 }
            }
            guard lacking.isEmpty else { return }
            results[trial][report.resource] = PriorResult(
                resource: report.resource, metrics: report.metrics.filter { metrics.contains($0.key) },
                nonFinite: report.nonFinite.filter { metrics.contains($0.key) })
        }
        for index in found.trials.indices {
            found.trials[index].results = results[index].sorted { $0.key < $1.key }.map(\.value)
        }
        return found
    }
}

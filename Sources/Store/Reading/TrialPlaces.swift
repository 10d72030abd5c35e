import GRDB
package import Tuning

/// Where a trial stands among the others of its rungs.
extension StoreReader {
    /// A trial's place in a rung.
    package struct Place: Hashable, Sendable {
        /// The rung.
        package var rung: Int
        /// The place, 1 for the best; results that break bounds come behind those that keep them, and results that are not
        /// finite last.
        package var place: Int
        /// The results in the rung.
        package var results: Int
        /// How many of them were promoted.
        package var promoted: Int
    }

    /// The places of a trial in the rungs where it has a result, from the lowest up.
    package func places(of trial: TrialID, _ goal: Objective.Goal) throws -> [Place] {
        let better = goal == .minimize ? "<" : ">"
        return try Row.fetchAll(
            database,
            sql: """
                SELECT own.rung,
                  1 + count(*) FILTER (WHERE coalesce(o.violation, 0) < coalesce(own.violation, 0)
                    AND o.value IS NOT NULL OR (own.value IS NULL AND o.value IS NOT NULL)
                    OR (coalesce(o.violation, 0) = coalesce(own.violation, 0) AND (o.value \(better) own.value
                      OR (o.value IS own.value AND o.trial < own.trial)))) AS place,
                  count(*) AS results, sum(o.promoted) AS promoted
                FROM results own JOIN results o ON o.rung = own.rung
                WHERE own.trial = ? GROUP BY own.rung ORDER BY own.rung
                """, arguments: [trial.number]
        ).map {
            try Place(
                rung: $0.value("rung"), place: $0.value("place"), results: $0.value("results"),
                promoted: $0.value("promoted"))
        }
    }
}

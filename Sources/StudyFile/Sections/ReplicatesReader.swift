import Tuning

/// Reads `replicates`.
enum ReplicatesReader {
    /// The plan; `nil` if there is none, or a mistake, which is noted.
    static func read(_ cursor: Cursor?, _ scheduler: SchedulerPlan?) -> ReplicatePlan? {
        guard let cursor, let section = SectionCursor(cursor, as: .replicates),
            let count = section["count"]?.whole(StudyFileLimits.replicates)
        else { return nil }
        let words = ReplicatePlan.Aggregate.allCases.map(\.rawValue)
        let aggregate =
            section["aggregate"].map { $0.word(words).flatMap(ReplicatePlan.Aggregate.init) } ?? .mean
        let given = section["from_rung"]
        let named = given.map { $0.whole(StudyFileLimits.rungs) }
        guard let aggregate, let scheduler else { return nil }
        if case .pbt = scheduler {
            cursor.mistake(
                "the members of a population are compared all along, and cannot be trained several times",
                fix: "remove it, or choose another scheduler")
            return nil
        }
        let levels = scheduler.levels
        guard let rung = named ?? levels.count - 1 else { return nil }
        guard levels.indices.contains(rung) else {
            given?.mistake(
                "the ladder has no rung \(rung)",
                fix: "its rungs are 0 to \(levels.count - 1), with the resources "
                    + levels.prefix(12).map(\.description).joined(separator: ", "))
            return nil
        }
        return ReplicatePlan(count: count, fromRung: rung, aggregate: aggregate)
    }
}

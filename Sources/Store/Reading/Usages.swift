package import Dispatching
package import Tuning

extension StoreReader {
    /// What attempts have used: of those whose workers have said so when they ended.
    package func usages() throws -> [AttemptID: Usage] {
        let rows = try all(
            "SELECT assignment, epoch, used FROM attempts WHERE used IS NOT NULL", value: StoreReader.usage)
        return Dictionary(rows) { first, _ in first }
    }

    /// The same of the attempts of one trial.
    package func usages(of trial: TrialID) throws -> [AttemptID: Usage] {
        let rows = try all(
            """
            SELECT t.assignment, t.epoch, t.used FROM assignments a JOIN attempts t ON t.assignment = a.id
            WHERE a.trial = ? AND t.used IS NOT NULL
            """, trial.number, value: StoreReader.usage)
        return Dictionary(rows) { first, _ in first }
    }

    /// An attempt, and what it has used.
    private static func usage(_ row: PreparedRow) throws -> (AttemptID, Usage) {
        (
            AttemptID(assignment: AssignmentID(try row.int(0)), epoch: try row.int(1)),
            try StoreJSON.value(Usage.self, from: try row.text(2))
        )
    }

    /// What tasks have asked for, where that differs between them; empty where all ask for the same.
    package func requests() throws -> Set<TaskRequest> {
        Set(
            try all("SELECT DISTINCT request FROM assignments WHERE request IS NOT NULL") {
                try $0.request(0)
            })
    }

    /// An attempt that is over.
    package struct EndedAttempt: Hashable, Sendable {
        /// Its trial.
        package var trial: TrialID
        /// The rung that it was on its way to.
        package var rung: Int
        /// The resource that its assignment was to add.
        package var units: Int
        /// Whether it is the first start of its task, and reached its target.
        package var isFinished: Bool
        /// How long it took by the controller's clock; `nil`: its start is not known.
        package var seconds: Double?
        /// What it has used; `nil`: its worker has not said.
        package var used: Usage?
    }

    /// The attempts that are over, in the order of their assignments.
    package func endedAttempts() throws -> [EndedAttempt] {
        try all(
            """
            SELECT a.trial, a.rung, a."to" - a."from", t.epoch, t.ending, t.ended - t.started, t.used
            FROM attempts t JOIN assignments a ON a.id = t.assignment WHERE t.ended IS NOT NULL
            ORDER BY t.assignment, t.epoch
            """
        ) { row in
            let ending = try LogText.ending(try row.text(4))
            return EndedAttempt(
                trial: TrialID(try row.int(0)), rung: try row.int(1), units: try row.int(2),
                isFinished: try row.int(3) == 0 && (ending == .finished || ending == .wentOn),
                seconds: try row.optionalReal(5),
                used: try row.optionalText(6).map { try StoreJSON.value(Usage.self, from: $0) })
        }
    }

    /// The same by trial: the seconds of its attempts together, of the rest the most.
    package func trialUsages() throws -> [TrialID: Usage] {
        let trials = Dictionary(
            try all("SELECT id, trial FROM assignments") { row in
                (AssignmentID(try row.int(0)), TrialID(try row.int(1)))
            }
        ) { first, _ in first }
        var found: [TrialID: Usage] = [:]
        for (attempt, used) in try usages() {
            guard let trial = trials[attempt.assignment] else { continue }
            let before = found[trial] ?? Usage()
            var sum = before.max(used)
            if let more = used.cpuSeconds { sum.cpuSeconds = (before.cpuSeconds ?? 0) + more }
            found[trial] = sum
        }
        return found
    }
}

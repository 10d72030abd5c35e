package import Tuning

extension StoreReader {
    /// What attempts have used: of those whose workers have said so when they ended.
    package func usages() throws -> [AttemptID: Usage] {
        let rows = try all("SELECT assignment, epoch, used FROM attempts WHERE used IS NOT NULL") { row in
            (
                AttemptID(assignment: AssignmentID(try row.int(0)), epoch: try row.int(1)),
                try StoreJSON.value(Usage.self, from: try row.text(2))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The same of the attempts of one trial.
    package func usages(of trial: TrialID) throws -> [AttemptID: Usage] {
        let rows = try all(
            """
            SELECT t.assignment, t.epoch, t.used FROM assignments a JOIN attempts t ON t.assignment = a.id
            WHERE a.trial = ? AND t.used IS NOT NULL
            """, trial.number
        ) { row in
            (
                AttemptID(assignment: AssignmentID(try row.int(0)), epoch: try row.int(1)),
                try StoreJSON.value(Usage.self, from: try row.text(2))
            )
        }
        return Dictionary(rows) { first, _ in first }
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

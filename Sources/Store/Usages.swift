import JSONText
package import Tuning

extension StoreReader {
    /// What attempts have used, as the events of their ends say: of those whose workers have said so.
    package func usages() throws -> [AttemptID: Usage] {
        let bodies = try all(
            "SELECT body FROM events WHERE body GLOB '{\"ended\":*\"used\":*'"
        ) { try $0.text(0) }
        var usages: [AttemptID: Usage] = [:]
        for var body in bodies {
            let event = try body.withUTF8 { Event(plain: $0) } ?? StoreJSON.value(Event.self, from: body)
            guard case .ended(let fact) = event, let used = fact.used
            else { continue }
            usages[fact.attempt] = usages[fact.attempt]?.max(used) ?? used
        }
        return usages
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

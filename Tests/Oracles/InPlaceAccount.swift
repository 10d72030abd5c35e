package import Tuning

/// Checks, from events and decisions alone, what a study owes to trials that were to continue in place. It shares no
/// code with the study.
///
/// Until such a promotion has reported more than it began with, nothing of it was tried: its end is then no failure of
/// the trial, and uses up no try. Once a command has shown that it does not wait, no command is waited for.
package struct InPlaceAccount {
    /// The assignments that began in place.
    private var places: Set<AssignmentID> = []
    private var starts: [AssignmentID: Resource] = [:]
    /// The assignments that have reported more than they began with.
    private var advanced: Set<AssignmentID> = []
    /// The assignments that began after it was known that commands do not wait.
    private var known: Set<AssignmentID> = []
    private var waitsForNobody = false

    /// An account without assignments.
    package init() {}

    /// An assignment begins.
    ///
    /// - Returns: what is wrong with that; `nil` if nothing is.
    package mutating func begin(_ work: Assignment) -> String? {
        starts[work.id] = work.from
        if waitsForNobody { known.insert(work.id) }
        if work.inPlace != nil {
            places.insert(work.id)
            if waitsForNobody { return "\(work) is in place, and no command waits" }
        }
        switch work.reason {
        case .retry(let old, _) where isUntried(old):
            return "\(work) uses up a try, and nothing was tried"
        case .relaunched(let old, _) where !places.contains(old):
            return "\(work) is relaunched, and was not in place"
        default: return nil
        }
    }

    /// The newest start of an assignment's task has reported.
    package mutating func take(_ report: Report) {
        let id = report.attempt.assignment
        if let start = starts[id], report.resource > start { advanced.insert(id) }
    }

    /// An attempt's command waits at its target.
    ///
    /// - Returns: what is wrong with that; `nil` if nothing is.
    package func wait(_ attempt: AttemptID) -> String? {
        known.contains(attempt.assignment) ? "\(attempt) waits, and it was known that no command does" : nil
    }

    /// The study records that an attempt has shown that commands do not wait.
    ///
    /// - Returns: what is wrong with that; `nil` if nothing is.
    package mutating func learn(from attempt: AttemptID) -> String? {
        defer { waitsForNobody = true }
        if waitsForNobody { return "it was known before that no command waits" }
        return isUntried(attempt.assignment)
            ? nil : "\(attempt) does not show that its command does not wait"
    }

    /// The newest start of a running assignment's task has ended.
    ///
    /// - Returns: what is wrong with that; `nil` if nothing is.
    package func end(_ fact: AttemptEnded) -> String? {
        fact.ending == .paused && isUntried(fact.attempt.assignment) && !waitsForNobody
            ? "\(fact.attempt) shows that its command does not wait, and that is not in the log" : nil
    }

    /// A trial fails with this assignment.
    ///
    /// - Returns: what is wrong with that; `nil` if nothing is.
    package func fail(_ id: AssignmentID) -> String? {
        isUntried(id) ? "assignment \(id) fails its trial, and nothing of the promotion was tried" : nil
    }

    private func isUntried(_ id: AssignmentID) -> Bool { places.contains(id) && !advanced.contains(id) }
}

package import Tuning

/// What a study owes to trials that were to go on in place: an account of events and decisions alone, which shares no code
/// with the study.
///
/// Nothing of such a promotion was tried as long as it has reported no more than it began with. Then its end is no failure
/// of the trial's, and uses up no try. And once a command has shown that it does not wait, none is waited for.
package struct InPlaceAccount {
    /// The assignments that began in place.
    private var places: Set<AssignmentID> = []
    private var starts: [AssignmentID: Resource] = [:]
    /// The assignments that have reported more than they began with.
    private var advanced: Set<AssignmentID> = []
    /// The assignments that began when it was known that commands do not wait.
    private var known: Set<AssignmentID> = []
    private var waitsForNobody = false

    /// Nothing has begun.
    package init() {}

    /// An assignment begins.
    ///
    /// - Returns: what is wrong with that; `nil`: nothing.
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
    /// - Returns: what is wrong with that; `nil`: nothing.
    package func wait(_ attempt: AttemptID) -> String? {
        known.contains(attempt.assignment) ? "\(attempt) waits, and it was known that no command does" : nil
    }

    /// An attempt is said to have shown that commands do not wait.
    ///
    /// - Returns: what is wrong with that; `nil`: nothing.
    package mutating func learn(from attempt: AttemptID) -> String? {
        defer { waitsForNobody = true }
        if waitsForNobody { return "it was known before that no command waits" }
        return isUntried(attempt.assignment)
            ? nil : "\(attempt) does not show that its command does not wait"
    }

    /// The newest start of an assignment's task, which is in flight, has ended.
    ///
    /// - Returns: what is wrong with that; `nil`: nothing.
    package func end(_ fact: AttemptEnded) -> String? {
        fact.ending == .paused && isUntried(fact.attempt.assignment) && !waitsForNobody
            ? "\(fact.attempt) shows that its command does not wait, and that is not in the log" : nil
    }

    /// A trial fails with this assignment.
    ///
    /// - Returns: what is wrong with that; `nil`: nothing.
    package func fail(_ id: AssignmentID) -> String? {
        isUntried(id) ? "assignment \(id) fails its trial, and nothing of the promotion was tried" : nil
    }

    private func isUntried(_ id: AssignmentID) -> Bool { places.contains(id) && !advanced.contains(id) }
}

package import Dispatching
package import Tuning

/// Something to be done outside, recorded before it is done.
///
/// Each may be carried out twice without harm: a manifest is rewritten with the same content, a
/// submission is looked up by its token first, a cancellation and a removal find nothing left to do.
package enum Intent: Hashable, Codable, Sendable {
    /// Publish the manifest of this array and submit it.
    case submit(token: ArrayToken)
    /// Cancel these tasks.
    case cancel([PlannedTask])
    /// Remove a checkpoint; the path is relative to the study directory.
    case removeCheckpoint(path: String)
    /// Take an assignment from a task that has not started, for the worker that waits after this turn.
    case take(AssignmentID, for: Turn)
    /// Answer the worker that waits after this turn.
    case answer(Turn, Answer)

    /// Whether the cluster is asked to do something.
    package var needsCluster: Bool {
        switch self {
        case .submit, .cancel: true
        case .removeCheckpoint, .take, .answer: false
        }
    }

    /// What a worker that waits is told.
    package enum Answer: Hashable, Codable, Sendable {
        /// Go on with the trial in the same process: the assignment of the next turn.
        case goOn
        /// Leave the trial; `save`: save what was learned first.
        case release(save: Bool)
        /// Take the assignment of the next turn.
        case next
        /// Leave the task.
        case leave
    }
}

/// An intent that is recorded and not yet done.
package struct OpenIntent: Hashable, Sendable {
    /// Its number in the outbox.
    package var id: Int64
    /// What is to be done.
    package var intent: Intent
}

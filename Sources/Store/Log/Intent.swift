package import Dispatching
package import Tuning

/// An action outside the store, recorded before it is done.
///
/// Carrying it out twice does no harm: a manifest is rewritten with the same content, a submission is first looked up
/// by its token, and a cancellation or a removal finds nothing left to do.
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

    /// Whether it needs the cluster.
    package var needsCluster: Bool {
        switch self {
        case .submit, .cancel: true
        case .removeCheckpoint, .take, .answer: false
        }
    }

    /// The answer to a waiting worker.
    package enum Answer: Hashable, Codable, Sendable {
        /// Continue with the trial in the same process: the assignment of the next turn.
        case goOn
        /// Leave the trial; `save`: after saving what was learned.
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
    /// The action.
    package var intent: Intent
}

/// The state of a trial: of constant size, however long the trial is.
struct TrialState: Sendable {
    /// Where a trial is in its life.
    enum Stage: Hashable, Sendable {
        /// It trains, or waits for a place to train: a new trial, or one that was promoted.
        ///
        /// Can transition to `paused`, `out`, `replaced` and `diverged` (with its result), and to `gone` (without one).
        case underway
        /// It has a result, and may be promoted once its command has saved what it has learned and left.
        ///
        /// Can transition to `paused` (the command has left) and `leaving` (it will never be promoted).
        case saving
        /// It has a result, and may be promoted at any time.
        ///
        /// Can transition to `underway` (promoted), `saving` (its command was told to save) and `out`.
        case paused
        /// It will never be promoted, but its command still saves.
        ///
        /// Can transition to `out` (the command has left).
        case leaving
        /// It will never continue from its result: it is complete, stopped, or will never be promoted.
        ///
        /// Can transition to `settled`.
        case out
        /// It will never continue from its result: a child of another trial takes its place.
        ///
        /// Can transition to `settled`.
        case replaced
        /// A metric was not a finite number in its last result.
        ///
        /// Can transition to `out` (when the scheduler rules it out, too).
        case diverged
        /// It will never continue, and its checkpoint may be discarded to keep a quota.
        ///
        /// Can transition to `out` (the checkpoint was discarded).
        case settled
        /// It failed for good or was cancelled, and has nothing any more. Final.
        case gone
    }

    /// Where it is in its life.
    var stage = Stage.underway
    /// The newest checkpoint to start from.
    var checkpoint: CheckpointID?
    /// Older checkpoints; discarded when no running attempt can need them.
    var superseded: [CheckpointID] = []
    /// Its last finite result with its rung; a child has its parent's until it has its own.
    var result: (rung: Int, loss: Loss)?
    /// Its replicates, once it came so far that it has some.
    var replicas: Replicas?

    /// Whether it may start from a checkpoint, now or if a newer one is given up.
    func has(_ checkpoint: CheckpointID) -> Bool {
        self.checkpoint == checkpoint || superseded.contains(checkpoint)
    }

    /// A start of its task resumes from a checkpoint that was unknown or counted as superseded.
    mutating func adopt(_ adopted: CheckpointID) {
        if let checkpoint, checkpoint.resource > adopted.resource {
            // `stepBack` looks at the newest first.
            superseded.insert(adopted, at: 0)
        } else {
            if let checkpoint { superseded.append(checkpoint) }
            checkpoint = adopted
        }
    }

    /// Returns from a checkpoint at the target to the newest one below it. With nothing left to train, a retry would
    /// have nothing to report, and fail again.
    mutating func stepBack(below target: Resource) {
        guard let checkpoint, checkpoint.resource >= target else { return }
        superseded.append(checkpoint)
        let earlier = superseded.lastIndex { $0.resource < target }
        self.checkpoint = earlier.map { superseded.remove(at: $0) }
    }
}

/// What the study remembers of a trial: a few words, whatever its length.
struct TrialState: Sendable {
    /// Where a trial is in its life.
    enum Stage: Hashable, Sendable {
        /// It trains, or waits for a place to train. A new trial, and one that was promoted.
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
        /// It will never be promoted, but its command still saves what it has learned.
        ///
        /// Can transition to `out` (the command has left).
        case leaving
        /// It will never go on from its result: it is complete, stopped, or will never be promoted.
        ///
        /// Can transition to `settled`.
        case out
        /// It will never go on from its result: a child of another trial takes its place.
        ///
        /// Can transition to `settled`.
        case replaced
        /// A metric was not a finite number in its last result.
        ///
        /// Can transition to `out` (the scheduler says so, too).
        case diverged
        /// It will never go on, and where checkpoints have a quota, its own may be discarded to keep that.
        ///
        /// Can transition to `out` (the checkpoint was discarded).
        case settled
        /// It failed for good, or was cancelled: it has nothing any more. Final.
        case gone
    }

    /// Where it is in its life.
    var stage = Stage.underway
    /// The newest checkpoint to start from.
    var checkpoint: CheckpointID?
    /// Older checkpoints; discarded once no running attempt can need them.
    var superseded: [CheckpointID] = []
    /// Its last finite result, and the rung of that; a child has its parent's until it has one.
    var result: (rung: Int, loss: Loss)?

    /// Whether it may start from a checkpoint, now or if a newer one is given up.
    func has(_ checkpoint: CheckpointID) -> Bool {
        self.checkpoint == checkpoint || superseded.contains(checkpoint)
    }

    /// A start of its task goes on from a checkpoint that was not known, or had counted as superseded.
    mutating func adopt(_ adopted: CheckpointID) {
        if let checkpoint, checkpoint.resource > adopted.resource {
            // `stepBack` looks at the newest first.
            superseded.insert(adopted, at: 0)
        } else {
            if let checkpoint { superseded.append(checkpoint) }
            checkpoint = adopted
        }
    }

    /// Goes back from a checkpoint at the target to the newest one below it: with nothing left to train,
    /// a retry would have nothing to report, and come to nothing again.
    mutating func stepBack(below target: Resource) {
        guard let checkpoint, checkpoint.resource >= target else { return }
        superseded.append(checkpoint)
        let earlier = superseded.lastIndex { $0.resource < target }
        self.checkpoint = earlier.map { superseded.remove(at: $0) }
    }
}

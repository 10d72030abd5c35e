import DequeModule

/// The part of a study's state for a scheduler with a population.
struct Population: Sendable {
    /// Makes the hyperparameters of children from those of the members.
    var explorer: Explorer
    /// The children that take the places of members that exploited, in the order in which they are to start.
    var children: Deque<Child> = []
    /// How many holders each checkpoint has after the first: trials, and children that are to start.
    private var furtherHolders: [CheckpointID: Int] = [:]

    /// A population without members.
    init(_ explorer: Explorer) { self.explorer = explorer }

    /// Adds a holder of a checkpoint. It stays even if its first holder is gone.
    mutating func share(_ checkpoint: CheckpointID) { furtherHolders[checkpoint, default: 0] += 1 }

    /// A holder no longer needs a checkpoint.
    ///
    /// - Returns: whether another one does.
    mutating func release(_ checkpoint: CheckpointID) -> Bool {
        guard let others = furtherHolders[checkpoint] else { return false }
        furtherHolders[checkpoint] = others > 1 ? others - 1 : nil
        return true
    }
}

/// A trial that is to start from another one's checkpoint, when there is a place.
struct Child: Sendable {
    /// The other one.
    let parent: TrialID
    /// The parent's configuration, checkpoint and last result at the time of the decision. The parent may be gone when
    /// the child starts.
    let configuration: Configuration
    let checkpoint: CheckpointID
    let result: (rung: Int, loss: Loss)
    /// The child's first rung.
    let rung: Int
}

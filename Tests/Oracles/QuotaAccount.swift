package import Tuning

/// What the checkpoints of a study have, by its events and decisions alone, and whether that is as its quota says.
package struct QuotaAccount {
    private let quota: Int?
    private let keep: Int
    /// Children share checkpoints with their parents, which may keep them beyond the quota.
    private let isShared: Bool
    /// The bytes of each that was published and is not discarded.
    private var sizes: [CheckpointID: Int] = [:]

    /// An account of a study with this plan.
    package init(_ plan: Plan) {
        (quota, keep, isShared) = (plan.quota, plan.keep ?? 1, plan.scheduler.hasChildren)
    }

    /// A checkpoint was published, of so many bytes, if that is known.
    package mutating func publish(_ checkpoint: CheckpointID, bytes: Int?) {
        if quota != nil { sizes[checkpoint] = bytes ?? 0 }
    }

    /// A checkpoint that may not be known is kept from now on.
    package mutating func adopt(_ checkpoint: CheckpointID, bytes: Int?) {
        if quota != nil, sizes[checkpoint] == nil { sizes[checkpoint] = bytes ?? 0 }
    }

    /// A checkpoint was discarded.
    package mutating func discard(_ checkpoint: CheckpointID) { sizes[checkpoint] = nil }

    /// Whether they have more than they may: then no trial starts that is new, unless nothing else runs.
    package var isFull: Bool { quota.map { sizes.values.reduce(0, +) > $0 } ?? false }

    /// What is wrong after an event, in words: where they have more than they may, no more trials than the plan keeps
    /// have one that rest and are complete or stopped; and at the end no more of any kind.
    ///
    /// - Parameters:
    ///   - trials: whose each assignment is.
    ///   - conclusions: how each trial came to rest last.
    ///   - busy: the trials at work, or saving.
    package func complaint(
        _ trials: [AssignmentID: TrialID], _ conclusions: [TrialID: Conclusion], busy: Set<TrialID>,
        isOver: Bool
    ) -> String? {
        guard isFull, !isShared else { return nil }
        let owners = Set(sizes.keys.compactMap { trials[$0.attempt.assignment] })
        let superfluous = owners.filter { trial in
            if isOver { return true }
            guard !busy.contains(trial), let conclusion = conclusions[trial] else { return false }
            if case .stopped = conclusion { return true }
            return conclusion == .completed
        }
        guard superfluous.count > keep else { return nil }
        return "the trials \(superfluous.sorted()) keep checkpoints beyond the quota"
    }
}

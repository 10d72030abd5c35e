package import Tuning

/// The bytes of a study's checkpoints, from events and decisions alone, checked against its quota.
package struct QuotaAccount {
    private let quota: Int?
    private let keep: Int
    /// Children share checkpoints with their parents, so these may be kept beyond the quota.
    private let isShared: Bool
    /// The bytes of each published checkpoint that is not discarded.
    private var sizes: [CheckpointID: Int] = [:]

    /// An account of a study with this plan.
    package init(_ plan: Plan) {
        (quota, keep, isShared) = (plan.quota, plan.keep ?? 1, plan.scheduler.hasChildren)
    }

    /// A checkpoint was published, with this size if it is known.
    package mutating func publish(_ checkpoint: CheckpointID, bytes: Int?) {
        if quota != nil { sizes[checkpoint] = bytes ?? 0 }
    }

    /// A checkpoint, perhaps unknown so far, is kept from now on.
    package mutating func adopt(_ checkpoint: CheckpointID, bytes: Int?) {
        if quota != nil, sizes[checkpoint] == nil { sizes[checkpoint] = bytes ?? 0 }
    }

    /// A checkpoint was discarded.
    package mutating func discard(_ checkpoint: CheckpointID) { sizes[checkpoint] = nil }

    /// Whether the quota is exceeded. Then no new trial starts, unless nothing else runs.
    package var isFull: Bool { quota.map { sizes.values.reduce(0, +) > $0 } ?? false }

    /// What is wrong after an event, in words. Above the quota, at most as many trials as the plan keeps may have a
    /// checkpoint while they rest and are complete or stopped; at the end, at most as many of any kind.
    ///
    /// - Parameters:
    ///   - trials: the trial of each assignment.
    ///   - conclusions: how each trial came to rest last.
    ///   - busy: the trials that run or save.
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

import HeapModule

/// How many bytes the checkpoints of a study have together, and which trials give theirs up first where that is more than
/// the plan allows. Bytes are counted without a limit too, since one may be set later.
struct Quota: Sendable {
    /// How many bytes they may have; `nil`: any number.
    var limit: Int?
    /// How many they have. What several trials share counts once.
    private(set) var bytes = 0
    /// How many checkpoints have to go because there are too many files.
    var crowd = 0
    /// Whether there have ever been too many files.
    private var watchesFiles = false
    /// The bytes of each checkpoint that is kept; 0 where nobody knows them.
    private var sizes: [CheckpointID: Int] = [:]
    /// The trials that were settled, and perhaps some that have no checkpoint any more.
    private var settled = Heap<Standing>()

    init(limit: Int?) { self.limit = limit }

    /// Whether they have more than they may.
    var isExceeded: Bool { crowd > 0 || limit.map { bytes > $0 } ?? false }

    /// Whether checkpoints of trials that never go on may have to go.
    var isLimited: Bool { limit != nil || watchesFiles }

    /// From now on checkpoints may have to go because there are too many files.
    mutating func watchFiles() { watchesFiles = true }

    /// Whether a checkpoint is not kept, as far as that is counted.
    func lacks(_ checkpoint: CheckpointID) -> Bool { limit != nil && sizes[checkpoint] == nil }

    /// A checkpoint is kept from now on. A sum beyond 64 bits wraps around: it means nothing, and does no harm.
    mutating func add(_ checkpoint: CheckpointID, bytes: Int?) {
        self.bytes &-= sizes.removeValue(forKey: checkpoint) ?? 0
        sizes[checkpoint] = bytes ?? 0
        self.bytes &+= bytes ?? 0
    }

    /// A checkpoint is not kept any more.
    mutating func remove(_ checkpoint: CheckpointID) {
        crowd = max(0, crowd - 1)
        bytes &-= sizes.removeValue(forKey: checkpoint) ?? 0
    }

    /// A trial will never go on from its last result.
    mutating func settle(_ result: RankedResult, rung: Int) {
        settled.insert(Standing(rung: rung, result: result))
    }

    /// Removes the worst settled trial: from the lowest rung, the worst. With several metrics, all trials of that rung
    /// are ranked each time.
    mutating func popWorst() -> TrialID? {
        guard let worst = settled.popMax() else { return nil }
        guard !worst.result.loss.further.isEmpty else { return worst.result.trial }
        var peers = [worst.result]
        while let next = settled.max, next.rung == worst.rung { peers.append(settled.removeMax().result) }
        var ranked = peers.ranked()
        let last = ranked.removeLast()
        settled.insert(contentsOf: ranked.map { Standing(rung: worst.rung, result: $0) })
        return last.trial
    }
}

/// The last result of a trial that never continues, and its rung; better ones sort first.
private struct Standing: Comparable, Sendable {
    let rung: Int
    let result: RankedResult

    static func < (left: Standing, right: Standing) -> Bool {
        left.rung == right.rung ? left.result < right.result : left.rung > right.rung
    }
}

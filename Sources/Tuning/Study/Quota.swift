import HeapModule

/// The total size of a study's checkpoints, and which trials lose theirs first if it exceeds the plan's quota. Without
/// a quota nothing is counted.
struct Quota: Sendable {
    /// The greatest number of bytes; `nil` for no limit.
    let limit: Int?
    /// The bytes of all kept checkpoints. One that several trials share counts once.
    private(set) var bytes = 0
    /// The bytes of each kept checkpoint; 0 if not known.
    private var sizes: [CheckpointID: Int] = [:]
    /// The settled trials, and perhaps some that no longer have a checkpoint.
    private var settled = Heap<Standing>()

    init(limit: Int?) { self.limit = limit }

    /// Whether the quota is exceeded.
    var isExceeded: Bool { limit.map { bytes > $0 } ?? false }

    /// Whether a checkpoint is not kept, as far as counted.
    func lacks(_ checkpoint: CheckpointID) -> Bool { limit != nil && sizes[checkpoint] == nil }

    /// A checkpoint is kept from now on. A sum beyond 64 bits wraps around; it has no meaning and does no harm.
    mutating func add(_ checkpoint: CheckpointID, bytes: Int?) {
        guard limit != nil else { return }
        remove(checkpoint)
        sizes[checkpoint] = bytes ?? 0
        self.bytes &+= bytes ?? 0
    }

    /// A checkpoint is no longer kept.
    mutating func remove(_ checkpoint: CheckpointID) {
        guard limit != nil else { return }
        bytes &-= sizes.removeValue(forKey: checkpoint) ?? 0
    }

    /// A trial will never continue from its last result.
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

import HeapModule

/// How many bytes the checkpoints of a study have together, where its plan says how many they may have, and which of its
/// trials give theirs up first.
struct Quota: Sendable {
    /// How many bytes they may have.
    let limit: Int
    /// How many they have, those once that several trials share.
    private(set) var bytes = 0
    /// The bytes of each that is kept; 0 where nobody knows them.
    private var sizes: [CheckpointID: Int] = [:]
    /// The trials that rest for ever with a checkpoint, and perhaps some that have none any more.
    private var settled = Heap<Standing>()

    init(limit: Int) { self.limit = limit }

    /// Whether they have more than they may.
    var isExceeded: Bool { bytes > limit }

    /// Whether a checkpoint is kept.
    func has(_ checkpoint: CheckpointID) -> Bool { sizes[checkpoint] != nil }

    /// A checkpoint is kept from now on. Sums beyond 64 bits mean nothing, and do no harm.
    mutating func add(_ checkpoint: CheckpointID, bytes: Int?) {
        remove(checkpoint)
        sizes[checkpoint] = bytes ?? 0
        self.bytes &+= bytes ?? 0
    }

    /// A checkpoint is kept no more.
    mutating func remove(_ checkpoint: CheckpointID) {
        bytes &-= sizes.removeValue(forKey: checkpoint) ?? 0
    }

    /// A trial will never go on from its last result.
    mutating func settle(_ place: Place, rung: Int) { settled.insert(Standing(rung: rung, place: place)) }

    /// Takes out the worst of those that were settled: one of those that came least far, and of these the worst. With
    /// several metrics these are ranked as in a rung, all of them each time.
    mutating func popWorst() -> TrialID? {
        guard let worst = settled.popMax() else { return nil }
        guard !worst.place.loss.further.isEmpty else { return worst.place.trial }
        var peers = [worst.place]
        while let next = settled.max, next.rung == worst.rung { peers.append(settled.removeMax().place) }
        var ranked = peers.ranked()
        let last = ranked.removeLast()
        settled.insert(contentsOf: ranked.map { Standing(rung: worst.rung, place: $0) })
        return last.trial
    }
}

/// How a trial stands that goes on no more; the better first.
private struct Standing: Comparable, Sendable {
    let rung: Int
    let place: Place

    static func < (left: Standing, right: Standing) -> Bool {
        left.rung == right.rung ? left.place < right.place : left.rung > right.rung
    }
}

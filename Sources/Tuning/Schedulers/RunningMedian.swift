import HeapModule

/// The median of numbers added one by one; adding one takes O(log n).
struct RunningMedian: Sendable {
    /// The lower half, including the middle number if their count is odd.
    private var low = Heap<Double>()
    private var high = Heap<Double>()

    /// How many numbers there are.
    var count: Int { low.count + high.count }

    /// The middle number, or the mean of the two middle ones; `nil` without numbers.
    var median: Double? {
        guard let lower = low.max else { return nil }
        guard low.count == high.count, let upper = high.min else { return lower }
        // Halved first, because the sum can overflow.
        return lower / 2 + upper / 2
    }

    /// Adds a number.
    mutating func add(_ value: Double) {
        if let border = low.max, value > border { high.insert(value) } else { low.insert(value) }
        if low.count > high.count + 1, let moved = low.popMax() { high.insert(moved) }
        if high.count > low.count, let moved = high.popMin() { low.insert(moved) }
    }
}

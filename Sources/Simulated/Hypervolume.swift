package import Curves

/// The hypervolume of a study's results in two metrics: the share of the frame between the worst and the best values of
/// each metric that at least one result dominates (Zitzler, Thiele, "Multiobjective Evolutionary Algorithms: A
/// Comparative Case Study", IEEE Transactions on Evolutionary Computation 3-4, 1999). From 0 to 1.
package struct Hypervolume: Sendable {
    private let frame: LossFrame
    /// The results that no other dominates, as the part of the frame beyond them in each metric. The first falls, the
    /// second rises.
    private var corners: [(first: Double, second: Double)] = []
    /// The share.
    package private(set) var share = 0.0

    /// No results yet.
    package init(in frame: LossFrame) { self.frame = frame }

    /// Adds a result by its two losses. Takes O(k), where k results do not dominate each other.
    ///
    /// - Returns: whether the share has grown.
    package mutating func add(_ losses: [Double]) -> Bool {
        guard losses.count == 2, losses.allSatisfy(\.isFinite) else { return false }
        let gains = zip(zip(frame.best, frame.worst), losses).map { bounds, loss in
            bounds.1 > bounds.0 ? min(1, max(0, (bounds.1 - loss) / (bounds.1 - bounds.0))) : 1
        }
        let (first, second) = (gains[0], gains[1])
        guard !corners.contains(where: { $0.first >= first && $0.second >= second }) else { return false }
        corners.removeAll { $0.first <= first && $0.second <= second }
        let place = corners.firstIndex { $0.first < first } ?? corners.count
        corners.insert((first, second), at: place)
        let before = share
        var below = 0.0
        share = 0
        for corner in corners {
            share += corner.first * (corner.second - below)
            below = corner.second
        }
        return share > before
    }
}

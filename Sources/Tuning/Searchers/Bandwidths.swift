import RealModule

// The widths of kernels, in which the estimators differ.

extension ParzenEstimator {
    /// The densities of TPE (Bergstra et al. 2011, section 4.2).
    ///
    /// For a number, the width of a kernel is the greater distance to its two neighbours, at least (n + 2)^(−3/2) with
    /// n points, and at least 1/50. For a choice, each point also adds w/(n + 1) to every value, where w is the prior's
    /// weight.
    ///
    /// - Parameter weights: the weight of each point, above 0. The widths do not depend on it.
    init(tpe points: [[Double]], weights: [Double], axes: [UnitCube.Axis], priorWeight: Double) {
        let count = Double(points.count)
        var widths = points
        for (index, axis) in axes.enumerated() {
            switch axis {
            case .number:
                let least = max(1 / ((count + 2) * (count + 2).squareRoot()), 0.02)
                for (row, distance) in Self.distances(points.map { $0[index] }).enumerated() {
                    widths[row][index] = max(distance, least)
                }
            case .choice(let values):
                let extra = priorWeight / (count + 1)
                let share = Double(values - 1) * extra / (1 + Double(values) * extra)
                for row in points.indices { widths[row][index] = share }
            }
        }
        self.init(
            axes: axes, points: points, weights: weights, widths: widths, priorWeight: priorWeight)
    }

    /// The densities of BOHB: all points have the same weight, and there is no prior.
    ///
    /// The widths follow the normal reference rule, 1.06 s n^(−1/(4 + d)), for n points with d axes and the standard
    /// deviation s of the coordinates; for a choice, of its values' indices, as in the authors' program.
    init(bohb points: [[Double]], axes: [UnitCube.Axis], minWidth: Double) {
        let count = Double(points.count)
        let widths = axes.enumerated().map { index, axis in
            let mean = points.reduce(0) { $0 + $1[index] } / count
            let variance = points.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) } / count
            let width = 1.06 * variance.squareRoot() * Double.pow(count, -1 / (4 + Double(axes.count)))
            return switch axis {
            case .number: max(width, minWidth)
            case .choice(let values): min(max(width, minWidth), 1 - 1 / Double(max(2, values)))
            }
        }
        self.init(
            axes: axes, points: points, weights: points.map { _ in 1 }, widths: points.map { _ in widths },
            priorWeight: 0)
    }

    /// For each coordinate, the greater distance to its two neighbours; 1, the whole axis, for a single coordinate.
    private static func distances(_ coordinates: [Double]) -> [Double] {
        guard coordinates.count > 1 else { return coordinates.map { _ in 1 } }
        let order = coordinates.indices.sorted { (coordinates[$0], $0) < (coordinates[$1], $1) }
        var distances = coordinates
        for (place, row) in order.enumerated() {
            let below = place > 0 ? coordinates[row] - coordinates[order[place - 1]] : 0
            let above = place + 1 < order.count ? coordinates[order[place + 1]] - coordinates[row] : 0
            distances[row] = max(below, above)
        }
        return distances
    }
}

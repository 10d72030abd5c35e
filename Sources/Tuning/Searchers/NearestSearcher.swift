/// Proposes, of a list of configurations, the one that is nearest to what another searcher proposes, each once. It is how
/// a searcher with a model searches a table of recorded curves, which knows no other configurations.
///
/// The distance is that of the unit cube: of a number the difference of the quantiles, of a choice 1 where the values are
/// others, and 1 too for a parameter that is active in one of the two only; squared, and summed over all parameters. Of
/// equals the first in the list is the nearest.
public struct NearestSearcher: Searcher {
    private let cube: UnitCube
    private let configurations: [Configuration]
    private let points: [[Double]]
    /// The indices of those that were not proposed yet.
    private var rest: [Int]
    private var searcher: any Searcher

    /// Proposes of these configurations, as another searcher does.
    public init(_ configurations: [Configuration], of space: SearchSpace, to searcher: any Searcher) {
        let cube = UnitCube(space)
        self.cube = cube
        self.configurations = configurations
        points = configurations.map { cube.point(of: $0) }
        rest = Array(configurations.indices)
        self.searcher = searcher
    }

    /// The nearest that is left; `nil` when all were proposed, or the other searcher has no more.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        guard !rest.isEmpty, let wish = searcher.propose(for: trial) else { return nil }
        let point = cube.point(of: wish)
        var (best, least) = (0, Double.infinity)
        for place in rest.indices {
            let distance = distance(points[rest[place]], point)
            if distance < least { (best, least) = (place, distance) }
        }
        let configuration = configurations[rest.remove(at: best)]
        if configuration != wish { searcher.adopt(configuration, for: trial) }
        return configuration
    }

    /// The other searcher learns from it.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        searcher.observe(trial, rung: rung, loss: loss)
    }

    private func distance(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices where one[index] != other[index] {
            // A parameter that is not active has no coordinate, and NaN equals nothing.
            if one[index].isNaN && other[index].isNaN { continue }
            let isFar = one[index].isNaN || other[index].isNaN || cube.axes[index] != .number
            let gap = isFar ? 1 : one[index] - other[index]
            sum += gap * gap
        }
        return sum
    }
}

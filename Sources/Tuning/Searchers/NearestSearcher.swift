/// Proposes the configuration from a list that is nearest to another searcher's proposal, each only once. This lets a
/// searcher with a model search a table of recorded curves, which has no other configurations.
///
/// The distance is that of the unit cube, squared and summed over all parameters: for a number, the difference of the
/// quantiles; for a choice, 1 if the values differ; and 1 for a parameter that is active in only one of the two. Of
/// equally near ones, the first in the list is taken.
public struct NearestSearcher: Searcher {
    private let cube: UnitCube
    private let configurations: [Configuration]
    private let points: [[Double]]
    /// The indices of the configurations that were not proposed yet.
    private var rest: [Int]
    private var searcher: any Searcher

    /// Proposes these configurations, guided by another searcher.
    public init(_ configurations: [Configuration], of space: SearchSpace, to searcher: any Searcher) {
        let cube = UnitCube(space)
        self.cube = cube
        self.configurations = configurations
        points = configurations.map { cube.point(of: $0) }
        rest = Array(configurations.indices)
        self.searcher = searcher
    }

    /// The nearest remaining configuration; `nil` if all were proposed or the other searcher has no more.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        propose(for: trial, enteringAt: 0)
    }

    /// The same for a trial that may enter above the lowest rung.
    public mutating func propose(for trial: TrialID, enteringAt rung: Int) -> Configuration? {
        guard !rest.isEmpty, let wish = searcher.propose(for: trial, enteringAt: rung) else { return nil }
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

    /// Whether the other searcher must be asked; not once all were proposed.
    public func awaits(_ trial: TrialID) -> Bool { !rest.isEmpty && searcher.awaits(trial) }

    /// Passes the answer to the other searcher.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {
        searcher.answer(configuration, for: trial)
    }

    /// The history for the other searcher, with the configurations that trials have instead of its proposals.
    public var history: [ExternalSearcher.Experience] { searcher.history }

    /// The other searcher learns from it.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        searcher.observe(trial, rung: rung, loss: loss)
    }

    /// The other searcher forgets it.
    public mutating func retract(_ trial: TrialID, rung: Int) { searcher.retract(trial, rung: rung) }

    /// The other searcher learns from it, and it is not proposed again.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        if let place = rest.firstIndex(where: { configurations[$0] == configuration }) {
            rest.remove(at: place)
        }
        searcher.adopt(configuration, for: trial)
    }

    /// The other searcher learns from it.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        searcher.learn(configuration, of: trial)
    }

    private func distance(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices where one[index] != other[index] {
            // An inactive parameter has no coordinate, and NaN equals nothing.
            if one[index].isNaN && other[index].isNaN { continue }
            let isFar = one[index].isNaN || other[index].isNaN || cube.axes[index] != .number
            let gap = isFar ? 1 : one[index] - other[index]
            sum += gap * gap
        }
        return sum
    }
}

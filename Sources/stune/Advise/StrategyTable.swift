/// What was measured of strategies on recorded tables. Written by Benchmarks/advice; do not edit.
enum StrategyTable {
    /// A strategy after so many trainings with so many workers.
    struct Row {
        let searcher: String
        let scheduler: String
        let workers: Int
        let moment: Double
        let ratio: Double
        let low: Double
        let high: Double
        let worseOn: [String]
    }

    static let workers = [4, 16, 64]
    static let moments = [0.5, 1, 4, 16]
    static let tables = 9
    static let rows: [Row] = []
}

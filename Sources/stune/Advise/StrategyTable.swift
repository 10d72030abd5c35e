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

        init(
            _ searcher: String, _ scheduler: String, _ workers: Int, _ moment: Double,
            _ ratio: (Double, Double, Double)
        ) {
            (self.searcher, self.scheduler, self.workers, self.moment) = (
                searcher, scheduler, workers, moment
            )
            (self.ratio, low, high) = ratio
        }
    }

    static let workers = [4, 16, 64]
    static let tables = 9
    static let rows: [Row] = [
        Row("auto", "asha", 4, 0.5, (1.09, 0.87, 1.36)),
        Row("auto", "asha", 4, 1, (0.88, 0.72, 1.09)),
        Row("auto", "asha", 4, 4, (0.73, 0.58, 0.90)),
        Row("auto", "asha", 4, 16, (0.72, 0.57, 0.92)),
        Row("auto", "async_hyperband", 4, 0.5, (1.11, 0.89, 1.39)),
        Row("auto", "async_hyperband", 4, 1, (0.91, 0.73, 1.12)),
        Row("auto", "async_hyperband", 4, 4, (0.74, 0.60, 0.90)),
        Row("auto", "async_hyperband", 4, 16, (0.60, 0.41, 0.90)),
        Row("auto", "none", 4, 0.5, (1.10, 0.75, 1.60)),
        Row("auto", "none", 4, 1, (1.20, 0.90, 1.61)),
        Row("auto", "none", 4, 4, (0.97, 0.70, 1.35)),
        Row("auto", "none", 4, 16, (0.64, 0.46, 0.91)),
        Row("random", "asha", 4, 0.5, (1.07, 0.87, 1.30)),
        Row("random", "asha", 4, 1, (0.95, 0.76, 1.19)),
        Row("random", "asha", 4, 4, (0.70, 0.53, 0.92)),
        Row("random", "asha", 4, 16, (0.63, 0.51, 0.77)),
        Row("random", "async_hyperband", 4, 0.5, (1.14, 0.95, 1.38)),
        Row("random", "async_hyperband", 4, 1, (1.01, 0.79, 1.30)),
        Row("random", "async_hyperband", 4, 4, (0.74, 0.57, 0.95)),
        Row("random", "async_hyperband", 4, 16, (0.64, 0.52, 0.80)),
        Row("random", "asha_stopping", 4, 0.5, (0.92, 0.77, 1.11)),
        Row("random", "asha_stopping", 4, 1, (0.81, 0.65, 1.02)),
        Row("random", "asha_stopping", 4, 4, (0.84, 0.63, 1.12)),
        Row("random", "asha_stopping", 4, 16, (1.05, 0.84, 1.31)),
        Row("random", "hyperband", 4, 0.5, (1.83, 1.42, 2.37)),
        Row("random", "hyperband", 4, 1, (1.48, 1.16, 1.89)),
        Row("random", "hyperband", 4, 4, (0.82, 0.59, 1.14)),
        Row("random", "hyperband", 4, 16, (0.66, 0.55, 0.79)),
        Row("auto", "asha", 16, 0.5, (1.09, 0.96, 1.25)),
        Row("auto", "asha", 16, 1, (0.76, 0.59, 0.98)),
        Row("auto", "asha", 16, 4, (0.87, 0.69, 1.09)),
        Row("auto", "async_hyperband", 16, 0.5, (0.95, 0.78, 1.16)),
        Row("auto", "async_hyperband", 16, 1, (0.82, 0.64, 1.05)),
        Row("auto", "async_hyperband", 16, 4, (0.66, 0.53, 0.83)),
        Row("auto", "none", 16, 0.5, (0.82, 0.70, 0.97)),
        Row("auto", "none", 16, 1, (0.89, 0.76, 1.06)),
        Row("auto", "none", 16, 4, (0.80, 0.61, 1.06)),
        Row("random", "asha", 16, 0.5, (1.17, 0.93, 1.46)),
        Row("random", "asha", 16, 1, (0.80, 0.60, 1.07)),
        Row("random", "asha", 16, 4, (0.71, 0.57, 0.89)),
        Row("random", "async_hyperband", 16, 0.5, (1.14, 0.93, 1.40)),
        Row("random", "async_hyperband", 16, 1, (0.83, 0.65, 1.06)),
        Row("random", "async_hyperband", 16, 4, (0.69, 0.54, 0.90)),
        Row("random", "asha_stopping", 16, 0.5, (1.11, 0.92, 1.34)),
        Row("random", "asha_stopping", 16, 1, (0.96, 0.76, 1.21)),
        Row("random", "asha_stopping", 16, 4, (1.14, 0.90, 1.44)),
        Row("random", "hyperband", 16, 0.5, (1.60, 1.30, 1.96)),
        Row("random", "hyperband", 16, 1, (1.03, 0.85, 1.25)),
        Row("random", "hyperband", 16, 4, (0.80, 0.63, 1.02)),
        Row("auto", "asha", 64, 0.5, (1.09, 0.90, 1.31)),
        Row("auto", "asha", 64, 1, (0.92, 0.77, 1.10)),
        Row("auto", "async_hyperband", 64, 0.5, (0.89, 0.71, 1.10)),
        Row("auto", "async_hyperband", 64, 1, (0.72, 0.60, 0.87)),
        Row("auto", "none", 64, 0.5, (0.87, 0.70, 1.08)),
        Row("auto", "none", 64, 1, (0.95, 0.78, 1.14)),
        Row("random", "asha", 64, 0.5, (1.26, 1.01, 1.56)),
        Row("random", "asha", 64, 1, (0.87, 0.76, 1.00)),
        Row("random", "async_hyperband", 64, 0.5, (1.01, 0.89, 1.15)),
        Row("random", "async_hyperband", 64, 1, (0.79, 0.67, 0.93)),
        Row("random", "asha_stopping", 64, 0.5, (1.46, 1.22, 1.75)),
        Row("random", "asha_stopping", 64, 1, (1.35, 1.12, 1.63)),
        Row("random", "hyperband", 64, 0.5, (1.51, 1.26, 1.82)),
        Row("random", "hyperband", 64, 1, (1.00, 0.84, 1.19)),
    ]
}

package import Tuning

/// What training would report, without training.
package protocol Landscape: Sendable {
    /// The steps of a trial from one resource to another; the last one ends at `to`.
    func steps(
        of trial: TrialID, _ configuration: Configuration, from: Resource, to: Resource
    ) -> [TrainingStep]

    /// The range of losses for measuring a study with two metrics; `nil` if it is not measured.
    var frame: LossFrame? { get }
}

extension Landscape {
    /// A landscape with one metric has none.
    package var frame: LossFrame? { nil }
}

/// The best and the worst measurable losses; smaller is better.
package struct LossFrame: Hashable, Sendable {
    /// The least loss of each of the two metrics.
    package var best: [Double]
    /// The greatest finite loss of each, not below the least.
    package var worst: [Double]

    /// A frame from its corners.
    package init(best: [Double], worst: [Double]) {
        self.best = best
        self.worst = worst
    }
}

/// A part of training, and the values measured at its end.
package struct TrainingStep: Hashable, Sendable {
    /// The resource at its end.
    package var resource: Resource
    /// Its duration.
    package var seconds: Double
    /// The metric at its end; not finite if training diverged.
    package var value: Double
    /// The further metrics at its end, in the order of `Criteria.metrics`.
    package var others: [Double]
    /// Whether the value is exact, not a noisy estimate.
    package var isTrue: Bool

    /// A step from its parts.
    package init(
        resource: Resource, seconds: Double, value: Double, others: [Double] = [], isTrue: Bool
    ) {
        self.resource = resource
        self.seconds = seconds
        self.value = value
        self.others = others
        self.isTrue = isTrue
    }
}

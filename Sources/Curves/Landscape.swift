package import Tuning

/// What training would show, without training.
package protocol Landscape: Sendable {
    /// The steps that lead a trial from one resource to another, the last one to `to` itself.
    func steps(
        of trial: TrialID, _ configuration: Configuration, from: Resource, to: Resource
    ) -> [TrainingStep]

    /// Between which losses a study with two metrics is measured; `nil`: it is not.
    var frame: LossFrame? { get }
}

extension Landscape {
    /// It has one metric.
    package var frame: LossFrame? { nil }
}

/// The best and the worst of what can be measured, as losses: smaller is better.
package struct LossFrame: Hashable, Sendable {
    /// The least loss in each of two metrics.
    package var best: [Double]
    /// The greatest finite one in each, at least as great.
    package var worst: [Double]

    /// A frame from its corners.
    package init(best: [Double], worst: [Double]) {
        self.best = best
        self.worst = worst
    }
}

/// A stretch of training, and what is measured at its end.
package struct TrainingStep: Hashable, Sendable {
    /// The resource that it leads to.
    package var resource: Resource
    /// What it takes.
    package var seconds: Double
    /// The metric at its end; not finite where it diverged.
    package var value: Double
    /// The further metrics at its end, in a study with several: in the plan's order.
    package var others: [Double]
    /// Whether the value is what it claims to be: one of a model, and no noisy guess at another's.
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

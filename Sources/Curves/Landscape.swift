package import Tuning

/// What training would show, without training.
package protocol Landscape: Sendable {
    /// The steps that lead a trial from one resource to another, the last one to `to` itself.
    func steps(
        of trial: TrialID, _ configuration: Configuration, from: Resource, to: Resource
    ) -> [TrainingStep]
}

/// A stretch of training, and what is measured at its end.
package struct TrainingStep: Hashable, Sendable {
    /// The resource that it leads to.
    package var resource: Resource
    /// What it takes.
    package var seconds: Double
    /// The metric at its end; not finite where it diverged.
    package var value: Double
    /// Whether the value is what it claims to be: one of a model, and no noisy guess at another's.
    package var isTrue: Bool

    /// A step from its parts.
    package init(resource: Resource, seconds: Double, value: Double, isTrue: Bool) {
        self.resource = resource
        self.seconds = seconds
        self.value = value
        self.isTrue = isTrue
    }
}

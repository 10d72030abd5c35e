/// A result of a trial, ordered as in a rung: the smaller loss first; if equal, the lower trial number, never the order
/// of arrival.
struct RankedResult: Hashable, Comparable, Sendable {
    let loss: Loss
    let trial: TrialID

    static func < (left: RankedResult, right: RankedResult) -> Bool {
        (left.loss, left.trial) < (right.loss, right.trial)
    }
}

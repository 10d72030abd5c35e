package import Tuning

extension StoreReader.TrialRow {
    /// Whether its last result breaks a bound of the study.
    package var breaksBounds: Bool { (violation ?? 0) > 0 }

    /// Whether a trial keeps the study's bounds and another does not, or it came further, or as far with a better result;
    /// without one it comes last. Equals are in the order of their numbers.
    package func isBetter(than other: StoreReader.TrialRow, _ goal: Objective.Goal) -> Bool {
        if breaksBounds != other.breaksBounds { return other.breaksBounds && value != nil }
        let (own, others) = (resource ?? .none, other.resource ?? .none)
        if own != others { return own > others }
        let violations = (violation ?? 0, other.violation ?? 0)
        if violations.0 != violations.1 { return violations.0 < violations.1 }
        guard value != other.value else { return trial < other.trial }
        guard let value else { return false }
        guard let rival = other.value else { return true }
        return goal == .minimize ? value < rival : value > rival
    }
}

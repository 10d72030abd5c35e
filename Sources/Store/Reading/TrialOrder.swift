package import Tuning

extension StoreReader.TrialRow {
    /// Whether a trial came further than another, or as far with a better result; without one it comes last. Equals are in
    /// the order of their numbers.
    package func isBetter(than other: StoreReader.TrialRow, _ goal: Objective.Goal) -> Bool {
        let (own, others) = (resource ?? .none, other.resource ?? .none)
        if own != others { return own > others }
        guard value != other.value else { return trial < other.trial }
        guard let value else { return false }
        guard let rival = other.value else { return true }
        return goal == .minimize ? value < rival : value > rival
    }
}

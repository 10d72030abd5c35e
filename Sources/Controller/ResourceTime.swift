import Tuning

/// How long a unit of resource takes, as learned from assignments that workers have finished: it tells whether
/// another one fits into what is left of a task's time.
struct ResourceTime {
    /// The seconds of one unit: a mean in which the last assignments weigh most. `nil`: nothing was learned yet.
    private(set) var seconds: Double?

    /// How much the newest assignment weighs.
    private static let weight = 0.2
    /// Trials differ: an assignment is taken to need this many times what others needed.
    private static let margin = 1.5
    /// What a start and a last checkpoint take besides, in seconds.
    private static let overhead = 60.0

    /// An assignment of so many units took so long.
    mutating func learn(units: Int, seconds spent: Double) {
        guard units > 0, spent.isFinite, spent >= 0 else { return }
        let sample = spent / Double(units)
        seconds = seconds.map { $0 + ResourceTime.weight * (sample - $0) } ?? sample
    }

    /// Whether an assignment is likely to be done before a task ends. One that is cut short goes on elsewhere from
    /// its checkpoint, so a wrong guess costs a launch.
    ///
    /// - Parameters:
    ///   - from: the resource it begins at.
    ///   - to: the resource it leads to.
    ///   - end: when the task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    func fits(from: Resource, to: Resource, before end: Double?, now: Double) -> Bool {
        guard let end else { return true }
        let units = Double(to.units - from.units)
        return now + units * (seconds ?? 0) * ResourceTime.margin + ResourceTime.overhead < end
    }
}

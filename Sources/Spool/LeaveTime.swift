/// How long before its time limit a task asks its command to save and leave.
package enum LeaveTime {
    /// The default: a tenth of the limit, within these seconds. Less is too short to save a model to a shared
    /// filesystem; more is computing time that nobody uses.
    private static let usual = 30...300
    /// The seconds if the limit is not known.
    private static let unlimited = 60
    /// At most one third of the limit, so that most of it is for training.
    package static let share = 3

    /// The seconds, from the requested time and the limit, each if known.
    package static func seconds(asked: Int?, limit: Int?) -> Int {
        guard let limit else { return asked ?? unlimited }
        let wanted = asked ?? min(max(limit / 10, usual.lowerBound), usual.upperBound)
        return max(1, min(wanted, limit / share))
    }
}

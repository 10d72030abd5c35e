/// How long the controller may rest if each assignment has its own task and tasks wait in the queue anyway: what is
/// decided meanwhile is submitted together, in fewer and larger arrays.
package struct SubmissionWaves: Sendable {
    /// The seconds between the ends of two assignments: a mean with more weight on the last ones. `nil` if not known
    /// yet.
    private var interval: Double?
    private var lastEnd: Duration?

    /// No assignment has ended yet.
    package init() {}

    /// Assignments were seen to have ended at this moment.
    package mutating func ended(_ count: Int, at now: Duration) {
        guard count > 0 else { return }
        if let lastEnd {
            interval = QueueTimes.mean(interval, (now - lastEnd) / .seconds(count))
        }
        lastEnd = now
    }

    /// How long to rest, so that at most half of the tasks in the queue begin in that time.
    ///
    /// - Parameter states: the cluster's last answer about the study's tasks.
    package func rest(_ states: [TaskSighting]) -> Duration {
        guard let interval else { return .zero }
        let queued = states.count { $0.state == .pending }
        return min(.seconds(interval * Double(queued) / 2), DispatchLimits.longestWave)
    }
}

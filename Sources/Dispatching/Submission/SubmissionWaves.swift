/// How long the controller may rest where each assignment has a task of its own, and tasks wait in the cluster's queue
/// anyway: what is decided meanwhile goes out together, in fewer and larger arrays.
package struct SubmissionWaves: Sendable {
    /// The seconds between the ends of two assignments: a mean in which the last ones weigh most. `nil`: not known yet.
    private var interval: Double?
    private var lastEnd: Duration?

    /// No end was seen yet.
    package init() {}

    /// Assignments have ended, as was seen at this moment.
    package mutating func ended(_ count: Int, at now: Duration) {
        guard count > 0 else { return }
        if let lastEnd {
            interval = QueueTimes.mean(interval, (now - lastEnd) / .seconds(count))
        }
        lastEnd = now
    }

    /// How long to rest, so that at most half of the tasks that wait in the queue begin in that time.
    ///
    /// - Parameter states: the study's tasks as the cluster told of them last.
    package func rest(_ states: [TaskSighting]) -> Duration {
        guard let interval else { return .zero }
        let queued = states.count { $0.state == .pending }
        return min(.seconds(interval * Double(queued) / 2), DispatchLimits.longestWave)
    }
}

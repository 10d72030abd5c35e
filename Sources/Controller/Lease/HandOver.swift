package import Clusters
package import Logging

/// Submits the successor of a controller in a batch job while there is time left.
///
/// The lease is kept until after the submission, so the study is never without either. Two successors, after a lost
/// reply, are harmless: the second finds the lease held.
package struct HandOver: Sendable {
    private let job: any BatchJob
    private let log: Logger
    private let pace: HandOverPace
    private let clock = ContinuousClock()

    /// A hand-over of the controller in this job.
    package init(of job: any BatchJob, log: Logger, pace: HandOverPace = HandOverPace()) {
        self.job = job
        self.log = log
        self.pace = pace
    }

    /// The result of a hand-over.
    package enum Outcome: Hashable, Sendable {
        /// This job continues when this one is over.
        case successor(UInt32)
        /// There is no successor, for this reason, and the time is up.
        case failed(String)
        /// It was cancelled before the time was up.
        case calledOff
    }

    /// When the job ends and when to hand over, as far as Slurm has said.
    private struct Schedule {
        let end: ContinuousClock.Instant
        let handOver: ContinuousClock.Instant
    }

    /// Waits until the job's time is nearly up, and submits the successor.
    ///
    /// - Parameter hint: whether there was a hint since the last call that the time may be nearly up; then the job's
    ///   end is asked for at once.
    package func whenTimeIsUp(hint: () -> Bool) async -> Outcome {
        var known: Schedule?
        while !Task.isCancelled {
            do throws(ClusterError) {
                known = try await job.time().map(schedule)
            } catch {
                // The last known end still holds, unless someone has changed it.
                log.warning("\(error)")
            }
            let next = clock.now + pace.question
            if let known, clock.now >= known.handOver { return await submit(before: known.end) }
            await sleep(until: known.map { min($0.handOver, next) } ?? next, hint)
        }
        return .calledOff
    }

    private func schedule(_ time: JobTime) -> Schedule {
        let end = clock.now + time.left
        return Schedule(end: end, handOver: end - HandOverPace.margin(limit: time.limit))
    }

    private func submit(before end: ContinuousClock.Instant) async -> Outcome {
        while true {
            let failure: ClusterError
            do throws(ClusterError) {
                return .successor(try await job.submitSuccessor())
            } catch {
                failure = error
            }
            if case .refused = failure { return .failed(failure.description) }
            if Task.isCancelled { return .calledOff }
            guard end - clock.now > pace.lastTry else { return .failed(failure.description) }
            log.warning("\(failure); trying again")
            // Cancellation ends the pause early, and is checked above.
            try? await Task.sleep(for: pace.retry)
        }
    }

    private func sleep(until end: ContinuousClock.Instant, _ hint: () -> Bool) async {
        while clock.now < end, !Task.isCancelled {
            if hint() { return }
            // The loop's condition decides what follows, also after a cancellation.
            try? await Task.sleep(until: min(end, clock.now + pace.look), clock: clock)
        }
    }
}

/// When a controller hands over.
package struct HandOverPace: Sendable {
    /// The pause between two questions about the job's end, which scontrol may change: one request a minute.
    package var question = Duration.seconds(60)
    /// The pause between two looks for a hint.
    package var look = Duration.milliseconds(500)
    /// The pause between two tries to submit.
    package var retry = Duration.seconds(2)
    /// No try begins with less time left, because a last snapshot must still be published.
    package var lastTry = Duration.seconds(5)

    /// The pace that suits Slurm.
    package init() {}

    /// How long before its end a job with this limit hands over: a tenth of the limit, at least 20 s to allow for a
    /// busy slurmctld, and at most 2 minutes.
    package static func margin(limit: Duration) -> Duration {
        max(.seconds(20), min(.seconds(120), limit / 10))
    }
}

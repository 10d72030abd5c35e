package import Clusters
package import Logging

/// Submits the successor of a controller in a batch job while there is time left.
///
/// The lease is kept until after the submission, so nobody misses the study in between. Two successors, where a
/// reply was lost, are harmless: the second finds the lease held.
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

    /// What became of it.
    package enum Outcome: Hashable, Sendable {
        /// This job goes on when ours is over.
        case successor(UInt32)
        /// There is none, for this reason, and our time is up.
        case failed(String)
        /// It was called off before the time was up.
        case calledOff
    }

    /// When the job ends and when it is time to hand over, as far as Slurm has said.
    private struct Schedule {
        let end: ContinuousClock.Instant
        let handOver: ContinuousClock.Instant
    }

    /// Waits until the job's time is nearly up, and submits the successor.
    ///
    /// - Parameter hint: whether something has hinted since it was last asked that the time may be near: then the
    ///   job's end is asked for at once.
    package func whenTimeIsUp(hint: () -> Bool) async -> Outcome {
        var known: Schedule?
        while !Task.isCancelled {
            do throws(ClusterError) {
                known = try await job.time().map(schedule)
            } catch {
                // What was known before still holds, unless someone has changed it.
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
            // Cancellation ends the pause early, and is looked at above.
            try? await Task.sleep(for: pace.retry)
        }
    }

    private func sleep(until end: ContinuousClock.Instant, _ hint: () -> Bool) async {
        while clock.now < end, !Task.isCancelled {
            if hint() { return }
            // Cancelled or not, the loop's condition says what follows.
            try? await Task.sleep(until: min(end, clock.now + pace.look), clock: clock)
        }
    }
}

/// When a controller hands over.
package struct HandOverPace: Sendable {
    /// Between two questions about the job's end, which scontrol may change: one request a minute.
    package var question = Duration.seconds(60)
    /// Between two looks for a hint.
    package var look = Duration.milliseconds(500)
    /// Between two tries to submit.
    package var retry = Duration.seconds(2)
    /// No try begins with less time left: a last snapshot is to be published yet.
    package var lastTry = Duration.seconds(5)

    /// The pace that suits Slurm.
    package init() {}

    /// How long before its end a job of this limit hands over: a tenth of it, at least 20 s so that a busy
    /// slurmctld may take its time, and at most 2 minutes.
    package static func margin(limit: Duration) -> Duration {
        max(.seconds(20), min(.seconds(120), limit / 10))
    }
}

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
    private let now: @Sendable () -> Double

    /// A hand-over of the controller in this job. `now` tells the time in seconds since 1970.
    package init(
        of job: any BatchJob, log: Logger, pace: HandOverPace = HandOverPace(),
        now: @escaping @Sendable () -> Double
    ) {
        self.job = job
        self.log = log
        self.pace = pace
        self.now = now
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

    /// Waits until the job's time is nearly up, and submits the successor.
    ///
    /// - Parameter hint: whether something has hinted since it was last asked that the time may be near: then the
    ///   job's end is asked for at once.
    package func whenTimeIsUp(hint: () -> Bool) async -> Outcome {
        var known: JobTime?
        while !Task.isCancelled {
            do throws(ClusterError) {
                known = try await job.time()
            } catch {
                // What was known before still holds, unless someone has changed it.
                log.warning("\(error)")
            }
            var rest = pace.question
            if let known {
                let left = known.end - now() - HandOverPace.margin(limit: known.limit)
                if left <= 0 { return await submit(before: known.end) }
                rest = min(rest, left)
            }
            await sleep(rest, hint)
        }
        return .calledOff
    }

    private func submit(before end: Double) async -> Outcome {
        while true {
            let failure: ClusterError
            do throws(ClusterError) {
                return .successor(try await job.submitSuccessor())
            } catch {
                failure = error
            }
            if case .refused = failure { return .failed(failure.description) }
            if Task.isCancelled { return .calledOff }
            guard end - now() > pace.lastTry else { return .failed(failure.description) }
            log.warning("\(failure); trying again")
            // Cancellation ends the pause early, and is looked at above.
            try? await Task.sleep(for: .seconds(pace.retry))
        }
    }

    private func sleep(_ seconds: Double, _ hint: () -> Bool) async {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while clock.now < end, !Task.isCancelled {
            if hint() { return }
            // Cancelled or not, the loop's condition says what follows.
            try? await Task.sleep(until: min(end, clock.now + .seconds(pace.look)), clock: clock)
        }
    }
}

/// When a controller hands over, in seconds.
package struct HandOverPace: Sendable {
    /// Between two questions about the job's end, which scontrol may change: one request a minute.
    package var question = 60.0
    /// Between two looks for a hint.
    package var look = 0.5
    /// Between two tries to submit.
    package var retry = 2.0
    /// No try begins with less time left: a last snapshot is to be published yet.
    package var lastTry = 5.0

    /// The pace that suits Slurm.
    package init() {}

    /// How long before its end a job of this limit hands over: a tenth of it, at least 20 s so that a busy
    /// slurmctld may take its time, and at most 2 minutes.
    package static func margin(limit: Double) -> Double { max(20, min(120, limit / 10)) }
}

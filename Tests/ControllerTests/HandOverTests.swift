import Clusters
import Logging
import Synchronization
import Testing

@testable import Controller

/// When a controller hands over, and what it does if that fails.
@Suite struct HandOverTests {
    /// A job with scripted replies.
    private final class ScriptedJob: BatchJob {
        private struct State {
            var times: [Result<JobTime?, ClusterError>]
            var replies: [Result<UInt32, ClusterError>]
            var questions = 0
            var submissions = 0
        }

        let id: UInt32 = 7
        private let state: Mutex<State>

        /// The last time and the last reply are repeated.
        init(
            times: [Result<JobTime?, ClusterError>],
            replies: [Result<UInt32, ClusterError>] = [.success(8)]
        ) {
            state = Mutex(State(times: times, replies: replies))
        }

        var questions: Int { state.withLock { $0.questions } }
        var submissions: Int { state.withLock { $0.submissions } }

        func time() async throws(ClusterError) -> JobTime? {
            let answer = state.withLock { state in
                state.questions += 1
                return state.times.count > 1 ? state.times.removeFirst() : state.times[0]
            }
            return try answer.get()
        }

        func submitSuccessor() async throws(ClusterError) -> UInt32 {
            let reply = state.withLock { state in
                state.submissions += 1
                return state.replies.count > 1 ? state.replies.removeFirst() : state.replies[0]
            }
            return try reply.get()
        }

        func cancel(successor: UInt32) async throws(ClusterError) {}
    }

    /// A job with a long limit, which hands over when 120 s are left: enough that a busy machine, on which a test
    /// waits, does not change its course.
    private static func left(_ seconds: Int) -> Result<JobTime?, ClusterError> {
        .success(JobTime(left: .seconds(seconds), limit: .seconds(86_400)))
    }

    /// The hand-over of a job, in quick steps.
    ///
    /// - Parameter lastTry: the time that must be left for a try; below zero for none.
    private func handOver(_ job: ScriptedJob, lastTry: Duration = HandOverPace().lastTry) -> HandOver {
        var pace = HandOverPace()
        pace.lastTry = lastTry
        (pace.question, pace.look, pace.retry) = (.milliseconds(10), .milliseconds(1), .milliseconds(1))
        return HandOver(
            of: job, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, pace: pace)
    }

    @Test(
        arguments: [(60, 20), (200, 20), (600, 60), (1_200, 120), (86_400, 120)] as [(Double, Double)])
    func `a tenth of the limit is left, at least 20 s and at most 2 minutes`(limit: Double, margin: Double)
    {
        #expect(HandOverPace.margin(limit: .seconds(limit)) == .seconds(margin))
    }

    @Test func `the successor is submitted once when the time is nearly up, not before`() async {
        let job = ScriptedJob(times: [Self.left(600), Self.left(500), Self.left(120)])
        #expect(await handOver(job).whenTimeIsUp(hint: { false }) == .successor(8))
        #expect(job.questions == 3)
        #expect(job.submissions == 1)
    }

    @Test func `an end that scontrol moves is followed, and a silent Slurm changes nothing`() async {
        let job = ScriptedJob(times: [
            Self.left(500), Self.left(600), .failure(.busy(reason: "away")), .success(nil), Self.left(5),
        ])
        #expect(await handOver(job).whenTimeIsUp(hint: { false }) == .successor(8))
        #expect(job.questions == 5)
    }

    @Test func `a hint has the end asked for at once`() async {
        let job = ScriptedJob(times: [Self.left(3_600), Self.left(10)])
        var pace = HandOverPace()
        pace.look = .milliseconds(1)
        let handOver = HandOver(
            of: job, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, pace: pace)
        #expect(await handOver.whenTimeIsUp(hint: { true }) == .successor(8))
    }

    @Test func `a doubtful or busy reply is followed by another try, a refusal is not`() async {
        let doubtful = ScriptedJob(
            times: [Self.left(120)],
            replies: [
                .failure(.doubtful(reason: "no answer")), .failure(.busy(reason: "limit")), .success(9),
            ])
        // However long a busy machine makes it wait between two tries.
        let patient = handOver(doubtful, lastTry: .seconds(-86_400))
        #expect(await patient.whenTimeIsUp(hint: { false }) == .successor(9))
        #expect(doubtful.submissions == 3)

        let refused = ScriptedJob(
            times: [Self.left(120)], replies: [.failure(.refused(reason: "no account"))])
        let outcome = await handOver(refused).whenTimeIsUp(hint: { false })
        #expect(outcome == .failed("the cluster refused the request: no account"))
        #expect(refused.submissions == 1)
    }

    @Test func `when the time is over, no more tries are made`() async {
        let job = ScriptedJob(times: [Self.left(4)], replies: [.failure(.busy(reason: "limit"))])
        let outcome = await handOver(job).whenTimeIsUp(hint: { false })
        #expect(outcome == .failed("the cluster is busy: limit"))
        #expect(job.submissions == 1)
    }

    @Test func `a job without a limit is never handed over, and the wait can be called off`() async {
        let job = ScriptedJob(times: [.success(nil)])
        let handOver = handOver(job)
        let waiting = Task { await handOver.whenTimeIsUp(hint: { false }) }
        while job.questions < 3 { await Task.yield() }
        waiting.cancel()
        #expect(await waiting.value == .calledOff)
        #expect(job.submissions == 0)
    }
}

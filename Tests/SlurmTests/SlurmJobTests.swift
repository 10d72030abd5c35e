import Testing

@testable import Slurm

/// What follows from a record of Slurm's queue.
@Suite struct SlurmJobTests {
    private func job(_ state: SlurmJob.State, limit: Int?, start: Int64, end: Int64) -> SlurmJob {
        SlurmJob(
            id: 7, array: 7, indices: [0], state: state,
            stateName: state == .running ? "RUNNING" : "PENDING",
            reason: "", user: 0, name: "", comment: "", partition: "", nodes: "", timeLimitMinutes: limit,
            startTime: start, endTime: end, answerTime: start, restarts: 0, command: "", dependency: "",
            isBatch: true)
    }

    static let records: [(SlurmJob.State, Int?, Int64, Int64, Bool)] = [
        // It ends at its limit.
        (.running, 10, 1_000, 1_600, false),
        (.running, nil, 1_000, 1_000 + 365 * 86_400, false),
        // It is preempted with a grace time.
        (.running, 10, 1_000, 1_300, true),
        (.running, nil, 1_000, 1_300, true),
        // It does not run, or its end is not known.
        (.pending, 10, 1_000, 1_300, false),
        (.running, 10, 1_000, 0, false),
    ]

    @Test(arguments: records)
    func `a job that is preempted ends before its limit`(
        state: SlurmJob.State, limit: Int?, start: Int64, end: Int64, isEarly: Bool
    ) {
        #expect(job(state, limit: limit, start: start, end: end).endsEarly == isEarly)
    }
}

import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Stops the study when it has used up its limit on time or on the cluster.
    ///
    /// - Returns: whether it did.
    mutating func checkStopLimits() throws -> Bool {
        guard let limits = setup.spec.stop, !study.isOver, time.now >= nextStopCheck else { return false }
        nextStopCheck = time.now + setup.pace.poll
        let now = time.wallTime
        let reached = try store.read { reader in
            let began = try reader.study()?.created ?? now
            let (batch, space) = (setup.spec.batch, setup.spec.plan.space)
            guard !batch.choices.isEmpty else {
                return try limits.reached(wallSeconds: now - began, batch) {
                    try reader.taskSeconds(now: now)
                }
            }
            return try limits.reached(wallSeconds: now - began) {
                try reader.taskSecondsByRequest(now: now).map { use in
                    let configuration = space.completed(
                        try reader.configuration(of: use.trial) ?? Configuration())
                    return (try batch.resolved(for: configuration, rung: use.rung), use.seconds)
                }
            }
        }
        guard let reached else { return false }
        try commit { _ in [.stopped(reached)] }
        return true
    }
}

import Spool

/// Tries again while the disk or the inbox is full, or a name is not to be seen: what is done in a study's
/// directory waits for an operator rather than failing.
struct Patience {
    /// How long it is tried.
    var limit = WorkerLimits.publishWait
    let time: any TimeSource

    /// Does `body` until it succeeds.
    ///
    /// - Throws: its last error, when that will not pass, or did not within the limit.
    func attempt<Value>(
        _ note: (String) -> Void, _ body: () throws(SpoolError) -> Value
    ) async throws(SpoolError) -> Value {
        let start = time.now
        var pause = WorkerLimits.publishPause.first
        while true {
            do throws(SpoolError) {
                return try body()
            } catch {
                guard error.mayPass || error.isAbsent, time.now - start < limit else { throw error }
                note("\(error); trying again")
            }
            await time.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.publishPause.longest)
        }
    }
}

extension SpoolError {
    /// Whether a name is not to be seen (yet).
    fileprivate var isAbsent: Bool {
        if case .file(let failure) = self { failure.isAbsent } else { false }
    }
}

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
                // Cancelled: nobody waits for it any more.
                guard error.mayPass || error.isAbsent, time.now - start < limit, !Task.isCancelled else {
                    throw error
                }
                note("\(error); trying again")
            }
            await time.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.publishPause.longest)
        }
    }

    /// Appends a line to a file that another process reads.
    ///
    /// - Throws: `WorkerError.directory`.
    func append(_ line: [UInt8], to path: String, _ note: (String) -> Void) async throws(WorkerError) {
        // A part of the line may be there from the first try: it gets an end, and readers pass over it.
        var start: [UInt8] = []
        try await attempt(inDirectory: note) { () throws(FileError) in
            defer { start = [UInt8(ascii: "\n")] }
            try Files.appendLine(start + line, to: path)
        }
    }

    /// Does `body`, which does something in an attempt's directory, until it succeeds.
    ///
    /// - Throws: `WorkerError.directory`.
    func attempt<Value>(
        inDirectory note: (String) -> Void, _ body: () throws(FileError) -> Value
    ) async throws(WorkerError) -> Value {
        do throws(SpoolError) {
            return try await attempt(note) { () throws(SpoolError) in
                do throws(FileError) { return try body() } catch { throw .file(error) }
            }
        } catch {
            throw .directory(error.description)
        }
    }
}

extension SpoolError {
    /// Whether a name is not to be seen (yet).
    fileprivate var isAbsent: Bool {
        if case .file(let failure) = self { failure.isAbsent } else { false }
    }
}

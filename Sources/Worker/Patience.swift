import Spool

/// Tries again while the disk or the inbox is full, or while a name is not visible yet. A worker waits for an operator
/// to free space rather than fail.
struct Patience {
    /// How long to keep trying.
    var limit = WorkerLimits.publishWait
    let time: any TimeSource

    /// Runs `body` until it succeeds.
    ///
    /// - Throws: the last error, if waiting cannot help or the limit has passed.
    func attempt<Value>(
        _ note: (String) -> Void, _ body: () throws(SpoolError) -> Value
    ) async throws(SpoolError) -> Value {
        let start = time.now
        var pause = WorkerLimits.publishPause.first
        while true {
            do throws(SpoolError) {
                return try body()
            } catch {
                // When the task is cancelled, nobody waits for the result.
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
        // The first try may have written part of the line. End that part; readers skip it.
        var start: [UInt8] = []
        try await attempt(inDirectory: note) { () throws(FileError) in
            defer { start = [UInt8(ascii: "\n")] }
            try Files.appendLine(start + line, to: path)
        }
    }

    /// Runs `body`, which works in an attempt's directory, until it succeeds.
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
    /// Whether a name is not visible (yet).
    fileprivate var isAbsent: Bool {
        if case .file(let failure) = self { failure.isAbsent } else { false }
    }
}

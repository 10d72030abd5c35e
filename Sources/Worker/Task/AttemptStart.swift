package import Spool
package import Tuning

/// What a task does before its commands: it finds its lanes and claims the attempt of each.
package struct AttemptStart: Sendable {
    private let study: StudyDirectory
    private let task: TaskIdentity
    private let time: any TimeSource
    private let known: Manifest?
    private let note: @Sendable (String) -> Void

    /// The start of a task.
    ///
    /// - Parameters:
    ///   - known: the array's manifest, if it was read before. A manifest never changes.
    ///   - note: writes to the task's log why the worker waits.
    package init(
        study: StudyDirectory, task: TaskIdentity, time: any TimeSource = SystemTime(),
        known: Manifest? = nil,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        self.task = task
        self.time = time
        self.known = known
        self.note = note
    }

    /// Finds the work of this task.
    ///
    /// - Returns: the array's manifest, and the task's lanes in it, at least one.
    package func find() async throws(WorkerError) -> (manifest: Manifest, lanes: [Manifest.Entry]) {
        let manifest: Manifest
        if let known { manifest = known } else { manifest = try await findManifest() }
        let lanes = manifest.lanes(of: task.index)
        guard !lanes.isEmpty else {
            throw .noManifest("the manifest of array \(task.token) has no task \(task.index)")
        }
        return (manifest, lanes)
    }

    /// The result of a claim.
    package enum Outcome: Sendable {
        /// This process has the attempt.
        case claimed(Turn)
        /// Another process has the attempt; the text says which.
        case superseded(by: String)
    }

    /// Claims the attempt of a lane for a process of this host.
    package func claim(
        _ lane: Manifest.Entry, host: String, process: Int32
    ) async throws(WorkerError) -> Outcome {
        let attempt = Turn(token: task.token, index: lane.index, epoch: task.epoch)
        let claim = Claim(array: task.array, host: host, process: process)
        do throws(SpoolError) {
            let holder = try await Patience(time: time).attempt(note) {
                () throws(SpoolError) -> String? in
                // Claims are removed when an array is over, so an earlier claim could not be seen.
                if try isFinished { return "its array is over" }
                return try claim.take(attempt, in: study)
            }
            if let holder { return .superseded(by: holder) }
        } catch {
            throw .unpublished("cannot claim the attempt: \(error)")
        }
        return .claimed(attempt)
    }

    private var isFinished: Bool {
        get throws(SpoolError) {
            do throws(FileError) {
                return try FinishedArrays.contains(task.token, in: study)
            } catch {
                throw .file(error)
            }
        }
    }

    /// H3: a node may not see the manifest yet. Each look lists the directory again.
    private func findManifest() async throws(WorkerError) -> Manifest {
        let start = time.now
        var pause = WorkerLimits.manifestPause.first
        while true {
            do throws(SpoolError) {
                return try Manifest.read(task.token, in: study)
            } catch {
                if case .file(let failure) = error, failure.isAbsent, (try? isFinished) == true {
                    throw .finished
                }
                guard case .file(let failure) = error, failure.isAbsent || failure.mayPass,
                    time.now - start < WorkerLimits.manifestWait, !Task.isCancelled
                else {
                    if case .file(let failure) = error, failure.breaksTrust { throw .untrusted("\(error)") }
                    throw .noManifest("\(error)")
                }
            }
            _ = try? study.files.list(study.manifests)
            await time.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.manifestPause.longest)
        }
    }
}

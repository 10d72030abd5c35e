package import Spool
package import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Checkpoints of earlier starts of the same task. A task that the cluster starts again, such as after a preemption,
/// resumes from there.
package struct EarlierStarts: Sendable {
    private let study: StudyDirectory
    private let time: any TimeSource
    private let note: @Sendable (String) -> Void

    /// The earlier starts of the tasks of a study.
    package init(
        _ study: StudyDirectory, time: any TimeSource = SystemTime(),
        note: @escaping @Sendable (String) -> Void
    ) {
        (self.study, self.time, self.note) = (study, time, note)
    }

    /// A checkpoint that an earlier start has published.
    private struct Saved: Comparable {
        var resource: Resource
        var epoch: Int

        /// The further checkpoint is better; of equal ones, the one of the later start.
        static func < (left: Saved, right: Saved) -> Bool {
            (left.resource, left.epoch) < (right.resource, right.epoch)
        }
    }

    /// The assignment of a start that has claimed its attempt: the one in the manifest, but from the newest checkpoint
    /// that any earlier start has published. A checkpoint at the target does not count, because nothing would be left
    /// to train or report.
    ///
    /// - Returns: the assignment, and the checkpoint it begins with if that differs from the manifest's.
    package func resume(
        _ lane: Manifest.Entry, as attempt: Turn
    ) async throws(WorkerError) -> (entry: Manifest.Entry, resume: Message.Started.Resume?) {
        guard attempt.epoch > 0, attempt.turn == 0 else { return (lane, nil) }
        let newest: Saved?
        do throws(SpoolError) {
            newest = try await Patience(time: time).attempt(note) { () throws(SpoolError) in
                do throws(FileError) {
                    return try self.newest(of: lane, before: attempt)
                } catch {
                    throw .file(error)
                }
            }
        } catch {
            throw .unpublished("cannot look for checkpoints of earlier starts of the task: \(error)")
        }
        guard let newest else { return (lane, nil) }
        var entry = lane
        entry.from = newest.resource
        entry.resume = path(of: newest, lane, attempt)
        note(
            "start \(newest.epoch) of this task has saved resource \(newest.resource): going on from there")
        return (entry, Message.Started.Resume(epoch: newest.epoch, resource: newest.resource))
    }

    private func newest(of lane: Manifest.Entry, before attempt: Turn) throws(FileError) -> Saved? {
        var saved: [Saved] = []
        let epochs = max(0, attempt.epoch - WorkerLimits.earlierStarts)..<attempt.epoch
        for epoch in epochs {
            let names: [String]
            do throws(FileError) {
                names = try study.files.list(directory(epoch, lane, attempt))
            } catch  where error.isAbsent {
                continue
            }
            // Unfinished checkpoints have names that are not numbers.
            for case let number? in names.map({ Int($0) })
            where number > lane.from.units && number < lane.to.units {
                saved.append(Saved(resource: Resource(number), epoch: epoch))
            }
        }
        for candidate in saved.sorted().reversed()
        where try isUsable("\(study.path)/\(path(of: candidate, lane, attempt))") { return candidate }
        return nil
    }

    /// Whether a checkpoint exists now, whatever a cached listing says, and belongs to this user. Loading a checkpoint
    /// often means running code in it.
    private func isUsable(_ path: String) throws(FileError) -> Bool {
        guard let status = try study.files.status(path), status.kind == .file || status.kind == .directory,
            status.owner == geteuid(), status.mode & UInt32(S_IWOTH) == 0
        else { return false }
        return try study.files.links(path) != nil
    }

    private func directory(_ epoch: Int, _ lane: Manifest.Entry, _ attempt: Turn) -> String {
        let earlier = Turn(token: attempt.token, index: attempt.index, epoch: epoch)
        return AttemptFiles(earlier, of: lane.trial, in: study).checkpoints
    }

    private func path(of saved: Saved, _ lane: Manifest.Entry, _ attempt: Turn) -> String {
        let earlier = Turn(token: attempt.token, index: attempt.index, epoch: saved.epoch)
        return study.checkpoint(earlier, of: lane.trial, at: saved.resource)
    }
}

import Logging
import Spool

/// The obstacles that a controller waits out. A new one is logged, and written where `stune status` finds it even if
/// neither the store nor the snapshot can be written.
struct Troubles {
    private var texts: [String: String] = [:]
    private var note: TroubleNote?
    private var log: Logger?
    /// How often in a row a pass has failed.
    var failures = 0
    /// The number of impossible events.
    var faults = 0
    /// The number of the study's faults when they were last reported.
    var studyFaults = 0

    /// Reserves the space for the note. If that fails, only the log has the obstacles.
    mutating func prepare(_ study: StudyDirectory, _ log: Logger) {
        let note = TroubleNote(study)
        (self.note, self.log) = (note, log)
        do throws(FileError) { try note.prepare() } catch { log.warning("\(error)") }
        write()
    }

    /// Something stands in the way, or no longer does (`nil`).
    ///
    /// - Parameter isLogged: whether the log says so elsewhere.
    mutating func hold(_ topic: String, _ text: String?, isLogged: Bool = false) {
        if topic == "files", text == nil { failures = 0 }
        guard texts[topic] != text else { return }
        if isLogged {
            log?.debug("\(topic): \(text ?? "nothing is in the way any more")")
        } else if let text {
            log?.warning("\(text)")
        } else {
            log?.info("it goes on: what was in the way is over")
        }
        texts[topic] = text
        write()
    }

    /// The controller ends, and has no obstacles any more.
    mutating func end() {
        guard !texts.isEmpty else { return }
        texts = [:]
        write()
    }

    private func write() {
        // If this cannot be written either, the log has it.
        do throws(FileError) { try note?.tell(texts.sorted { $0.key < $1.key }.map(\.value)) } catch {}
    }
}

extension Controller {
    /// Waits after an error that may pass, longer each time.
    mutating func waitOut(_ error: any Error, _ shouldStop: () -> Bool) async {
        let limits = ControllerLimits.fileWait
        let wait = min(limits.first * (1 << min(troubles.failures, 10)), limits.longest)
        troubles.failures += 1
        log.error("\(error); trying again in \(wait / .seconds(1)) s")
        troubles.hold("files", "waiting for the file system: \(error)")
        await rest(wait, shouldStop)
    }

    /// Waits in parts, so that a signal is noticed.
    private func rest(_ wait: Duration, _ shouldStop: () -> Bool) async {
        let end = time.now + wait
        while time.now < end, !shouldStop() {
            await time.sleep(for: min(end - time.now, .milliseconds(250)))
        }
    }

    /// Finishes. A controller that cannot, and is to stop, leaves without: the next one notices that it is gone, and
    /// finds in the store all that was committed.
    mutating func finish(_ end: End, _ shouldStop: () -> Bool) async throws -> End {
        var tries = 1
        while !publishLastSnapshot(), tries < ControllerLimits.lastSnapshotTries, try lease.isHeldOrUnseen()
        {
            if shouldStop(), tries >= ControllerLimits.lastTries { break }
            tries += 1
            await waitOut(SnapshotDue(), { false })
        }
        tries = 1
        while true {
            do {
                try finish()
                return end
            } catch  where PassingError.mayPass(error) {
                if shouldStop(), tries >= ControllerLimits.lastTries {
                    log.warning("\(error); nothing is lost by leaving without")
                    return end
                }
                tries += 1
                await waitOut(error, { false })
            }
        }
    }
}

/// Why a controller without other work waits.
private struct SnapshotDue: Error, CustomStringConvertible {
    let description = "the last snapshot could not be published"
}

extension Lease {
    /// Whether there is no sign that it was lost.
    fileprivate func isHeldOrUnseen() throws -> Bool {
        do throws(FileError) { return try isHeld() } catch {
            if error.mayPass { return true }
            throw error
        }
    }
}

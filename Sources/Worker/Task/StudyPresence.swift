package import Spool

/// Whether a study still exists, still runs, and belongs to this user. A worker asks before it begins, and from time to
/// time while its commands run.
package struct StudyPresence: Sendable {
    private let study: StudyDirectory
    private let time: any TimeSource
    private let note: @Sendable (String) -> Void

    /// What a look at a study's directory shows.
    package enum State: Hashable, Sendable {
        /// The study runs.
        case goesOn
        /// The directory cannot be looked at now.
        case unknown
        /// The controller has said that the study is over.
        case over
        /// The directory does not exist, or another one has its path.
        case gone
        /// The directory belongs to another user; the sentence says more.
        case foreign(String)
    }

    /// The presence of a study.
    package init(
        _ study: StudyDirectory, time: any TimeSource = SystemTime(),
        note: @escaping @Sendable (String) -> Void
    ) {
        (self.study, self.time, self.note) = (study, time, note)
    }

    /// Looks once.
    ///
    /// - Parameter known: which directory it was before; `nil` for any.
    package func look(_ known: FileIdentity? = nil) -> State {
        do throws(FileError) {
            guard let status = try study.files.status(study.path) else { return .gone }
            // A network filesystem that was mounted again may have another device number.
            if let known, status.identity.inode != known.inode { return .gone }
            if let why = status.whyNotOwnDirectory(study.path) { return .foreign(why) }
            for directory in [study.spool, study.manifests] {
                if let why = try study.files.status(directory)?.whyNotOwnDirectory(directory) {
                    return .foreign(why)
                }
            }
            return try study.files.links(study.over) == nil ? .goesOn : .over
        } catch {
            return .unknown
        }
    }

    /// Which directory is there now; `nil` if there is none or it cannot be looked at.
    package var identity: FileIdentity? { (try? study.files.status(study.path))??.identity }

    /// Looks before anything begins. A node may not see a new directory yet, so one that is missing or cannot be looked
    /// at is looked for several times.
    ///
    /// - Returns: whether the study is over.
    package func isOverAtStart() async throws(WorkerError) -> Bool {
        let start = time.now
        var pause = WorkerLimits.manifestPause.first
        while true {
            switch look() {
            case .goesOn: return false
            case .over: return true
            case .foreign(let why): throw .untrusted(why)
            case .gone:
                guard time.now - start < WorkerLimits.goneWait, !Task.isCancelled else {
                    throw .studyGone("there is no study in '\(study.path)' any more; nothing is run")
                }
            // Reading the manifest comes next, and reports what is wrong.
            case .unknown: if time.now - start >= WorkerLimits.goneWait || Task.isCancelled { return false }
            }
            // Listing the parent again shows entries that the client's cache hides.
            _ = try? study.files.list(Files.parent(of: study.path))
            await time.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.manifestPause.longest)
        }
    }

    /// Watches a study while commands run in it, until its directory is gone.
    ///
    /// - Parameters:
    ///   - isAsked: whether the task was asked to leave. If so, a missing directory is not waited for.
    ///   - onEnd: called once, when the study is over.
    /// - Returns: why no more work can be done in it; `nil` if the watch was cancelled.
    func untilGone(isAsked: () -> Bool, onEnd: () -> Void) async -> WorkerError? {
        var known = identity
        var (missing, lastLook, hasToldEnd): (Duration?, Duration?, Bool) = (nil, nil, false)
        while !Task.isCancelled {
            await time.sleep(for: WorkerLimits.presencePause)
            let now = time.now
            let isDue = lastLook.map { now - $0 >= WorkerLimits.presenceInterval } ?? true
            guard isDue || isAsked() || missing != nil else { continue }
            lastLook = now
            // The start of the task looks for a directory that was never seen.
            guard known != nil else {
                known = identity
                continue
            }
            switch look(known) {
            case .goesOn: missing = nil
            // Keep the last known state.
            case .unknown: break
            case .over:
                missing = nil
                guard !hasToldEnd else { continue }
                hasToldEnd = true
                note("the study is over")
                onEnd()
            case .foreign(let why): return .untrusted(why)
            case .gone:
                let since = missing ?? now
                missing = since
                if isAsked() || now - since >= WorkerLimits.goneWait {
                    return .studyGone("the study in '\(study.path)' is gone; its commands are ended")
                }
            }
        }
        return nil
    }
}

package import Spool

/// Whether a study is still there, still goes on, and is this user's own: a worker asks before it begins, and now and then
/// while its commands run.
package struct StudyPresence: Sendable {
    private let study: StudyDirectory
    private let time: any TimeSource
    private let note: @Sendable (String) -> Void

    /// What a look at a study's directory shows.
    package enum State: Hashable, Sendable {
        /// There is work to do.
        case goesOn
        /// Nobody can tell now.
        case unknown
        /// The controller has said that the study is over.
        case over
        /// There is no such directory, or another one stands in its place.
        case gone
        /// The directory is not this user's own: why, in a sentence.
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
    /// - Parameter known: which directory it was before; `nil`: any.
    package func look(_ known: FileIdentity? = nil) -> State {
        do throws(FileError) {
            guard let status = try study.files.status(study.path) else { return .gone }
            // A network filesystem that is mounted anew may have another device.
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

    /// Which directory it is now; `nil`: there is none, or nobody can tell.
    package var identity: FileIdentity? { (try? study.files.status(study.path))??.identity }

    /// Looks before anything is begun. A node may not see a new directory yet, so one that is not there, or that cannot be
    /// looked at, is looked for a few times.
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
            // Whoever reads the manifest next says what is wrong.
            case .unknown: if time.now - start >= WorkerLimits.goneWait || Task.isCancelled { return false }
            }
            // Opened anew, a directory shows what its cached entries hide.
            _ = try? study.files.list(Files.parent(of: study.path))
            await time.sleep(for: pause)
            pause = min(pause * 2, WorkerLimits.manifestPause.longest)
        }
    }

    /// Watches a study while commands run in it, until it is gone.
    ///
    /// - Parameters:
    ///   - isAsked: whether the task is to leave: then a study that is gone is not waited for.
    ///   - onEnd: called once, when the study is over.
    /// - Returns: why nothing more can be done in it; `nil`: the watch was cancelled.
    func untilGone(isAsked: () -> Bool, onEnd: () -> Void) async -> WorkerError? {
        var known = identity
        var (missing, lastLook, hasToldEnd): (Duration?, Duration?, Bool) = (nil, nil, false)
        while !Task.isCancelled {
            await time.sleep(for: WorkerLimits.presencePause)
            let now = time.now
            let isDue = lastLook.map { now - $0 >= WorkerLimits.presenceInterval } ?? true
            guard isDue || isAsked() || missing != nil else { continue }
            lastLook = now
            // What was never there is looked for by whoever begins.
            guard known != nil else {
                known = identity
                continue
            }
            switch look(known) {
            case .goesOn: missing = nil
            // Not knowing is no news.
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

import Clusters
import Controller
import Spool

/// How long to keep trying to open a study while its files or its cluster do not answer.
struct Opening {
    /// Called with the cluster's message if it does not answer; returns whether to ask again.
    let away: (String) async -> Bool
    /// Called for a file error that may pass, with its message and how long to wait; returns whether to try again.
    let files: (String, Duration) async -> Bool

    /// The pauses between tries, each twice as long as the last.
    struct Patience {
        private var wait = ControllerLimits.fileWait.first

        /// The next pause.
        mutating func next() -> Duration {
            defer { wait = min(wait * 2, ControllerLimits.fileWait.longest) }
            return wait
        }
    }

    /// The pauses from the first on.
    var patience: Patience { Patience() }

    /// Runs `body` repeatedly while an obstacle may pass.
    func insist<Value>(_ body: () async throws -> Value) async throws -> Value {
        var patience = patience
        while true {
            do {
                return try await body()
            } catch  where PassingError.mayPass(error) {
                guard await files("\(error)", patience.next()) else { throw error }
            } catch let error as ClusterError {
                if case .refused = error { throw error }
                guard await away(error.description) else { throw error }
            }
        }
    }
}

extension StudySetup {
    /// Creates the study's directory and its contents.
    ///
    /// - Throws: `ControllerError.unusable` if access is denied and there was no study before: then waiting cannot
    ///   help.
    func createDirectory() throws {
        do throws(FileError) {
            try directory.create()
        } catch {
            // A lease shows that there was a controller before.
            guard error.isDenied, try !directory.files.exists(directory.leases) else { throw error }
            throw ControllerError.unusable("\(error); name a directory that can be written with --dir")
        }
    }
}

import Clusters
import Controller
import Spool

/// How long it is tried to open a study, while its files or its cluster are not to be had.
struct Opening {
    /// Called when the cluster does not answer, with its words; whether to ask again.
    let away: (String) async -> Bool
    /// Called when a file error that may pass is in the way, with its words and how long to wait; whether to try again.
    let files: (String, Duration) async -> Bool

    /// The waits between two tries, each twice as long as the last.
    struct Patience {
        private var wait = ControllerLimits.fileWait.first

        /// The next wait.
        mutating func next() -> Duration {
            defer { wait = min(wait * 2, ControllerLimits.fileWait.longest) }
            return wait
        }
    }

    /// The waits from the first on.
    var patience: Patience { Patience() }

    /// Does `body`, again and again while what is in the way may pass.
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
    /// Creates the study's directory and what belongs into it.
    ///
    /// - Throws: `ControllerError.unusable` where that is denied and no study has been: then it will not pass.
    func createDirectory() throws {
        do throws(FileError) {
            try directory.create()
        } catch {
            // A lease is there where a controller has been.
            guard error.isDenied, try !directory.files.exists(directory.leases) else { throw error }
            throw ControllerError.unusable("\(error); name a directory that can be written with --dir")
        }
    }
}

import Spool
import Store

/// Which errors a controller waits out.
package enum PassingError {
    /// Whether a later try may succeed: true for errors of the file system and the store, except those that mean that
    /// the request or the content is wrong.
    package static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case StoreError.refused(_, _, let mayPass): mayPass
        case StoreError.fenced: true
        default: isOfFiles(error)
        }
    }

    /// Whether it is an error of one file outside of the store that may pass, and that holds up nothing else.
    package static func isOfFiles(_ error: any Error) -> Bool {
        switch error {
        case let error as SpoolError: error.mayPass
        case let error as FileError: error.mayPass
        default: false
        }
    }
}

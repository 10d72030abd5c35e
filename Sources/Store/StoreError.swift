/// Why a store could not be opened or used.
package enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The file is of another program, or none of SQLite's.
    case foreign(path: String, why: String)
    /// The file was written by a newer version.
    case newer(path: String)
    /// The study has been further than its store is: the file, or what SQLite writes beside it, is missing or older.
    case lost(path: String, why: String)
    /// Something that has to be in the file is missing or cannot be read.
    case damaged(path: String, why: String)
    /// SQLite refused; `mayPass` when waiting may help, as with a full disk.
    case refused(path: String, why: String, mayPass: Bool)
    /// Another writer has the store now, or whether one has cannot be seen: nothing was committed.
    case fenced(path: String)

    /// Whether another copy of the study may serve where this one does not.
    package var isLoss: Bool {
        switch self {
        case .lost, .damaged, .foreign: true
        case .refused(_, _, let mayPass): !mayPass
        case .newer, .fenced: false
        }
    }

    /// A sentence with the path and what to do.
    package var description: String {
        switch self {
        case .foreign(let path, let why):
            "'\(path)' is not a store of stune (\(why)); name another directory"
        case .newer(let path): "'\(path)' was written by a newer stune; use that one"
        case .lost(let path, let why): "the study's store '\(path)' is not what it was: \(why)"
        case .damaged(let path, let why): "'\(path)' is damaged: \(why)"
        case .refused(let path, let why, _): "'\(path)' cannot be used: \(why)"
        case .fenced(let path): "'\(path)' may not be written now: whose it is has to be seen first"
        }
    }
}

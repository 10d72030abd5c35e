/// Why a store could not be opened or used.
package enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The file belongs to another program, or is not an SQLite file.
    case foreign(path: String, why: String)
    /// The file was written by a newer version.
    case newer(path: String)
    /// The study has been further than its store: the file, or what SQLite writes beside it, is missing or older.
    case lost(path: String, why: String)
    /// A required part of the file is missing or cannot be read.
    case damaged(path: String, why: String)
    /// SQLite refused; `mayPass` if waiting may help, for example with a full disk.
    case refused(path: String, why: String, mayPass: Bool)
    /// Another writer has the store now, or that cannot be seen: nothing was committed.
    case fenced(path: String)

    /// Whether another copy of the study may be usable although this one is not.
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

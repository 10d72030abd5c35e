/// Why a store could not be opened or used.
package enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The file is of another program, or none of SQLite's.
    case foreign(path: String, why: String)
    /// The file was written by a newer version.
    case newer(path: String)
    /// Something that has to be in the file is missing or cannot be read.
    case damaged(path: String, why: String)
    /// SQLite refused; `mayPass` when waiting may help, as with a full disk.
    case refused(path: String, why: String, mayPass: Bool)
    /// Another writer has the store now, or whether one has cannot be seen: nothing was committed.
    case fenced(path: String)

    /// A sentence with the path and what to do.
    package var description: String {
        switch self {
        case .foreign(let path, let why):
            "'\(path)' is not a store of stune (\(why)); name another directory"
        case .newer(let path): "'\(path)' was written by a newer stune; use that one"
        case .damaged(let path, let why): "'\(path)' is damaged: \(why)"
        case .refused(let path, let why, _): "'\(path)' cannot be used: \(why)"
        case .fenced(let path): "'\(path)' may not be written now: whose it is has to be seen first"
        }
    }
}

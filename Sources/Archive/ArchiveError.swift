package import Spool

/// Why an archive cannot be written or read. Each says what to do.
package enum ArchiveError: Error, Hashable, CustomStringConvertible {
    /// It is not an archive of a study.
    case foreign(path: String)
    /// A newer stune has written it.
    case newer(path: String)
    /// It ends too early; `place` says where.
    case torn(path: String, place: String)
    /// It is not what was written; `why` says where.
    case damaged(path: String, why: String)
    /// A file changed while it was archived.
    case changed(path: String)
    /// A file cannot be archived.
    case unfit(path: String, why: String)
    /// The system refused.
    case file(FileError)

    /// A sentence that says what to do.
    package var description: String {
        switch self {
        case .foreign(let path):
            "'\(path)' is neither a study's directory nor an archive that 'stune archive' has written"
        case .newer(let path): "'\(path)' was written by a newer stune; read it with that"
        case .torn(let path, let place):
            "the archive '\(path)' is torn: it ends \(place). Copy it again, or make another with 'stune archive'"
        case .damaged(let path, let why):
            "the archive '\(path)' is damaged: \(why). Copy it again, or make another with 'stune archive'"
        case .changed(let path): "'\(path)' changed while it was archived; try again"
        case .unfit(let path, let why): "'\(path)' cannot be archived: \(why)"
        case .file(let error): error.description
        }
    }
}

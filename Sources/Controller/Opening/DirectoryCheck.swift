import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StudyDirectory {
    /// Which directory stands under the path: one that was moved away and made anew is told from the first.
    ///
    /// - Throws: `ControllerError` when there is none, or others may write to it.
    func identity() throws -> FileIdentity {
        guard let status = try files.status(path) else { throw ControllerError.directoryGone(path: path) }
        guard status.kind == .directory else {
            throw ControllerError.unusable("'\(path)' is not a directory; name another with --dir")
        }
        guard status.owner == geteuid() else {
            throw ControllerError.unusable(
                "'\(path)' belongs to another user; name a directory of your own with --dir")
        }
        guard status.mode & UInt32(S_IWOTH | S_IWGRP) == 0 else {
            throw ControllerError.unusable("others may write to '\(path)'; say: chmod go-w '\(path)'")
        }
        return status.identity
    }

    /// Whether nobody can put another directory into the place of this one: whoever may write to a directory
    /// above may do so, unless it is sticky, as /tmp is.
    ///
    /// - Throws: `ControllerError` with what to do.
    func checkAncestors() throws {
        var directory = Files.parent(of: path)
        while directory != "/" && directory != "." {
            // A link's mode says nothing: the directory that it leads to is asked for by its own name.
            if let found = try files.status(directory), found.kind == .directory,
                found.mode & UInt32(S_IWOTH) != 0, found.mode & UInt32(S_ISVTX) == 0
            {
                throw ControllerError.unusable(
                    "everyone may replace '\(path)', since '\(directory)' is open to all; say: chmod o-w "
                        + "'\(directory)', or name another place with --dir")
            }
            directory = Files.parent(of: directory)
        }
    }
}

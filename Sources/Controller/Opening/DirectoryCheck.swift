import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StudyDirectory {
    /// Which directory the path leads to now, to recognize one that was moved away and created again.
    ///
    /// - Throws: `ControllerError` if there is none, or others may write to it.
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

    /// Checks that nobody else can replace this directory: users who may write to a directory above could, unless it is
    /// sticky, such as /tmp.
    ///
    /// - Throws: `ControllerError` with what to do.
    func checkAncestors() throws {
        var directory = Files.parent(of: path)
        while directory != "/" && directory != "." {
            // A link's mode says nothing, so the directory that it leads to is checked by its own name.
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

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
        guard status.mode & UInt32(S_IWOTH) == 0 else {
            throw ControllerError.unusable("others may write to '\(path)'; say: chmod o-w '\(path)'")
        }
        return status.identity
    }
}

import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which directory stands under a path: by device and inode, so that one that was moved away and made
/// anew is told from the first.
struct DirectoryIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// The directory under this path.
    ///
    /// - Throws: `ControllerError` when there is none, or others may write to it.
    init(_ path: String) throws(ControllerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .directoryGone(path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .unusable("'\(path)' is not a directory; name another with --dir")
        }
        guard status.st_uid == geteuid() else {
            throw .unusable("'\(path)' belongs to another user; name a directory of your own with --dir")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw .unusable("others may write to '\(path)'; say: chmod o-w '\(path)'")
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

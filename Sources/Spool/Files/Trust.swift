#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which files are trusted: those of this process's own user. docs/security.md says why.
extension FileStatus {
    /// A status as the system gives it.
    init(_ status: stat) {
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        self.init(
            kind: kind, identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            owner: status.st_uid, mode: UInt32(status.st_mode & 0o7777), links: Int(status.st_nlink),
            bytes: Int(status.st_size))
    }

    /// Why other users might have written it, in words; `nil` if they cannot. A POSIX access control list shows in the
    /// group's permission bits.
    package var whyNotOwn: String? {
        if owner != geteuid() {
            return "it belongs to user \(owner), and this process to user \(geteuid())"
        }
        let others = mode & UInt32(S_IWGRP | S_IWOTH)
        return others == 0 ? nil : "others may write it (mode \(String(mode, radix: 8)))"
    }

    /// Why it is not a directory of this user alone, as a sentence; `nil` if it is.
    package func whyNotOwnDirectory(_ path: String) -> String? {
        guard kind == .directory else { return "'\(path)' is not a directory; nothing in it is trusted" }
        return whyNotOwn.map { "'\(path)' is not trusted: \($0)" }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whom files are believed: this process's own user. docs/security.md says why.
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

    /// Why it is not this user's alone, in words; `nil`: it is. An access control list of POSIX shows in the bits of the
    /// group.
    package var whyNotOwn: String? {
        if owner != geteuid() {
            return "it belongs to user \(owner), and this process to user \(geteuid())"
        }
        let others = mode & UInt32(S_IWGRP | S_IWOTH)
        return others == 0 ? nil : "others may write it (mode \(String(mode, radix: 8)))"
    }

    /// Why it is no directory of this user alone, in a sentence; `nil`: it is one.
    package func whyNotOwnDirectory(_ path: String) -> String? {
        guard kind == .directory else { return "'\(path)' is not a directory; nothing in it is believed" }
        return whyNotOwn.map { "'\(path)' is not believed: \($0)" }
    }
}

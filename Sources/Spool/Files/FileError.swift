#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file operation that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// What failed, as a verb: `open`, `rename`.
    package var operation: String
    /// The path that it was tried on.
    package var path: String
    /// The system's error number; 0 if a rule of stune was broken, which `detail` describes.
    package var code: Int32
    /// The broken rule; empty if the system refused.
    package var detail: String
    /// Whether the broken rule is that stune trusts only this user's own files.
    package var breaksTrust = false

    /// The error that the system left in `errno`.
    package init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
        detail = ""
    }

    /// A broken rule, such as `larger than 1 MiB`.
    package init(_ operation: String, _ path: String, detail: String) {
        self.operation = operation
        self.path = path
        code = 0
        self.detail = detail
    }

    /// Whether the name does not exist (ENOENT), or its file was removed under an open name (ESTALE).
    package var isAbsent: Bool { code == ENOENT || code == ESTALE }

    /// Whether the system says for certain that the name does not exist.
    package var isMissing: Bool { code == ENOENT }

    /// Whether a later try may succeed: true except for codes that mean that the request itself is wrong or that the
    /// name belongs to something else. Unknown codes are tried again.
    package var mayPass: Bool { code != 0 && !FileError.refusals.contains(code) }

    /// Whether the system denies access. If access worked before, this may pass, such as an expired ticket or a
    /// read-only remount; if it never worked, the path is wrong.
    package var isDenied: Bool { [EACCES, EPERM, EROFS].contains(code) }

    /// The codes that waiting does not change. ENOLINK: the simulation returns it to processes that have ended.
    private static let refusals: Set<Int32> = [
        ENOENT, ENOTDIR, EISDIR, EEXIST, ENOTEMPTY, EXDEV, ELOOP, EMLINK, ENAMETOOLONG, EINVAL, EBADF,
        EFAULT, EFBIG,
        ESPIPE, ENXIO, ENODEV, ENOSYS, ENOTSUP, EOPNOTSUPP, EILSEQ, EOVERFLOW, ENOTTY, ERANGE, EDOM,
        ENOEXEC, E2BIG,
        ECHILD, ESRCH, ENOLINK,
    ]

    /// A sentence with the path and the system's message.
    package var description: String {
        let why = code == 0 ? detail : String(cString: strerror(code))
        return "cannot \(operation) '\(path)': \(why)"
    }
}

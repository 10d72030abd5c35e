#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file operation that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried, as a verb: `open`, `rename`.
    package var operation: String
    /// On which path.
    package var path: String
    /// The system's error number; 0 when a rule of ours was broken and `detail` says which.
    package var code: Int32
    /// Which rule was broken; empty when the system refused.
    package var detail: String
    /// Whether the rule is that only what is this user's own is believed.
    package var breaksTrust = false

    /// The error that the system left in `errno`.
    package init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
        detail = ""
    }

    /// A broken rule, as `larger than 1 MiB`.
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

    /// Whether a later try may succeed: everything but the codes that say that the request itself is wrong, or that
    /// something else stands under the name. A code that nobody has thought of is tried again.
    package var mayPass: Bool { code != 0 && !FileError.refusals.contains(code) }

    /// Whether the system denies the access. Where it was granted before, that may pass, as with an expired ticket or a
    /// read-only remount; where it never was, the path is the wrong one.
    package var isDenied: Bool { [EACCES, EPERM, EROFS].contains(code) }

    /// The codes that no waiting changes. ENOLINK: the simulation gives it to processes that are gone.
    private static let refusals: Set<Int32> = [
        ENOENT, ENOTDIR, EISDIR, EEXIST, ENOTEMPTY, EXDEV, ELOOP, EMLINK, ENAMETOOLONG, EINVAL, EBADF,
        EFAULT, EFBIG,
        ESPIPE, ENXIO, ENODEV, ENOSYS, ENOTSUP, EOPNOTSUPP, EILSEQ, EOVERFLOW, ENOTTY, ERANGE, EDOM,
        ENOEXEC, E2BIG,
        ECHILD, ESRCH, ENOLINK,
    ]

    /// A sentence with the path and the system's words.
    package var description: String {
        let why = code == 0 ? detail : String(cString: strerror(code))
        return "cannot \(operation) '\(path)': \(why)"
    }
}

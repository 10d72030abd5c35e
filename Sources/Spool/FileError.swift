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

    /// Whether waiting may help: no space, no quota, an input or output error, a read-only remount.
    package var mayPass: Bool {
        [ENOSPC, EDQUOT, EIO, EROFS, EAGAIN, EINTR, ENFILE, EMFILE, ENOMEM].contains(code)
    }

    /// A sentence with the path and the system's words.
    package var description: String {
        let why = code == 0 ? detail : String(cString: strerror(code))
        return "cannot \(operation) '\(path)': \(why)"
    }
}

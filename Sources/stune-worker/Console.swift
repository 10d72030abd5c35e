#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard error, written line by line.
enum Console {
    /// Writes a line.
    static func error(_ text: String) {
        let line = Array("\(text)\n".utf8)
        // If standard error is closed, nobody can read it.
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

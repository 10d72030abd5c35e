#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The greatest file size for this process: a full disk for code that is not simulated. A larger write fails with EFBIG
/// in the middle.
enum FileSizeLimit {
    /// Sets the limit in bytes; `nil` removes it.
    static func set(_ bytes: Int?) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        #else
            let resource = RLIMIT_FSIZE
        #endif
        getrlimit(resource, &limit)
        limit.rlim_cur = bytes.map { min(rlim_t($0), limit.rlim_max) } ?? limit.rlim_max
        setrlimit(resource, &limit)
    }
}

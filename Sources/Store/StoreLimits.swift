/// The sizes that SQLite is told, with their reasons.
enum StoreLimits {
    /// SQLite's memory for pages, in KiB: enough that the pages which each transaction changes are not read again
    /// and again in a study of a million trials, and no more: at most commits SQLite walks through all of it.
    static let cacheKibibytes = 16 << 10
    /// The pages of the log at which SQLite takes them into the file, 64 MiB: a page that many transactions change
    /// is then copied once.
    static let logPages = 16 << 10
    /// The bytes of a row of the log after which the same transaction begins another: a row is read as a whole.
    static let logRowBytes = 1 << 20
}

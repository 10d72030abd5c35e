/// SQLite's sizes, with their reasons.
enum StoreLimits {
    /// SQLite's page cache, in KiB: large enough that pages changed by each transaction are not read repeatedly in a
    /// study of a million trials, and no larger, because SQLite goes through all of it at most commits.
    static let cacheKibibytes = 16 << 10
    /// The pages of the log at which SQLite takes them into the file, 64 MiB: a page that many transactions change
    /// is then copied once.
    static let logPages = 16 << 10
    /// The bytes of a row of the log after which the same transaction begins another: a row is read as a whole.
    static let logRowBytes = 1 << 20
}

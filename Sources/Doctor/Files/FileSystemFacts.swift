/// What is known about the file system of a directory.
package struct FileSystemFacts: Sendable {
    /// The directory.
    package var path: String
    /// The kind.
    package var kind: FileSystemKind
    /// Whether files there can be executed.
    package var isExecutable = true
    /// Why a file cannot be created there; `nil` if it can.
    package var writeTrouble: String?
    /// Why a second name for a file (link(2)), a rename over a file, and a lock (fcntl) fail; `nil` if they work.
    package var linkTrouble, renameTrouble, lockTrouble: String?
    /// The milliseconds of an fsync of 4 KiB: the median of several, and the longest.
    package var syncMedian = 0.0, syncLongest = 0.0
    /// How many seconds the file server's clock is ahead of this machine's; `nil` if not measured.
    package var clockAhead: Double?
    /// The free bytes and files for this user, and the total number of files (0: not counted).
    package var freeBytes: Int64 = 0, freeFiles: Int64 = 0, allFiles: Int64 = 0

    /// A file system that was not tested yet.
    package init(path: String, kind: FileSystemKind) { (self.path, self.kind) = (path, kind) }
}

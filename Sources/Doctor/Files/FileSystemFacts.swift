/// What was found out about the file system of a directory.
package struct FileSystemFacts: Sendable {
    /// The directory.
    package var path: String
    /// The kind.
    package var kind: FileSystemKind
    /// Whether files there can be run, and whether it can be written.
    package var isExecutable = true
    /// Why a file cannot be made there; `nil`: it can.
    package var writeTrouble: String?
    /// Why a second name for a file (link(2)), a rename over a file, and a lock (fcntl) do not work; `nil`: they do.
    package var linkTrouble, renameTrouble, lockTrouble: String?
    /// Milliseconds of an fsync of 4 KiB: the middle one of several, and the longest.
    package var syncMedian = 0.0, syncLongest = 0.0
    /// Seconds that the file server's clock is ahead of this machine's; `nil`: not measured.
    package var clockAhead: Double?
    /// Bytes and files that are free for this user, and how many files there can be (0: not counted).
    package var freeBytes: Int64 = 0, freeFiles: Int64 = 0, allFiles: Int64 = 0

    /// A file system that has not been tried yet.
    package init(path: String, kind: FileSystemKind) { (self.path, self.kind) = (path, kind) }
}

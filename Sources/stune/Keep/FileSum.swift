import Spool

/// How many files there are, and how many bytes they have together.
struct FileSum: Hashable, Encodable {
    /// The number of files; links count as files without bytes.
    var files = 0
    /// Their bytes, as `ls -l` shows them.
    var bytes = 0

    /// No files.
    init() {}

    /// The files at and below these paths, without following links. A path that does not exist counts nothing.
    init(of paths: [String], on system: any FileSystem = Files.system) throws(FileError) {
        var left = paths
        while let path = left.popLast() {
            guard let found = try system.status(path) else { continue }
            guard found.kind == .directory else {
                files += 1
                if found.kind == .file { bytes += found.bytes }
                continue
            }
            for name in try system.list(path, hidden: true) { left.append("\(path)/\(name)") }
        }
    }

    /// Both sums together.
    static func + (left: FileSum, right: FileSum) -> FileSum {
        var sum = left
        sum.files += right.files
        sum.bytes += right.bytes
        return sum
    }
}

package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file system in memory that all processes of a simulation see alike. It fails only as a real one does. Only one may
/// use it at a time.
package final class MemoryFiles: FileSystem, @unchecked Sendable {
    // Unchecked because all access is from the simulation's one thread, or from one task.
    private struct Inode {
        var kind: FileStatus.Kind
        var bytes: [UInt8] = []
        var mode: UInt32
        var links = 1
    }

    private var inodes: [Int: Inode] = [0: Inode(kind: .directory, mode: 0o755)]
    private var entries: [String: Int] = ["/": 0]
    private var children: [String: Set<String>] = ["/": []]
    private var lastInode = 0
    /// Called with each name to which a file was moved or linked.
    package var onArrival: (String) -> Void = { _ in }

    /// An empty file system.
    package init() {}

    /// Whether the name exists.
    func exists(_ path: String) -> Bool { entries[path] != nil }

    /// Whether a directory is empty.
    package func isEmpty(_ path: String) -> Bool { children[path]?.isEmpty ?? true }

    /// See `FileSystem.create`.
    package func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        try checkFree(path, "create")
        add(path, Inode(kind: .file, bytes: bytes, mode: mode))
    }

    /// See `FileSystem.read`.
    package func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let inode = inode(path) else { throw FileError("open", path, code: ENOENT) }
        guard inode.kind == .file else { throw FileError("read", path, detail: "it is not a regular file") }
        guard inode.bytes.count <= limit else {
            throw FileError("read", path, detail: "it has \(inode.bytes.count) bytes, more than \(limit)")
        }
        return inode.bytes
    }

    /// See `FileSystem.rename`. A directory can be moved only while it is empty; no caller needs more.
    package func rename(_ path: String, to target: String) throws(FileError) {
        guard let number = entries[path] else { throw FileError("rename", target, code: ENOENT) }
        guard children[path]?.isEmpty ?? true else { throw FileError("rename", target, code: ENOTSUP) }
        guard children[Files.parent(of: target)] != nil else {
            throw FileError("rename", target, code: ENOENT)
        }
        inodes[number]?.links += 1
        forget(path)
        if entries[target] != nil { forget(target) }
        name(target, number)
        onArrival(target)
    }

    /// See `FileSystem.link`.
    package func link(_ path: String, to target: String) throws(FileError) {
        guard let number = entries[path] else { throw FileError("link", target, code: ENOENT) }
        try checkFree(target, "link")
        inodes[number]?.links += 1
        name(target, number)
        onArrival(target)
    }

    /// See `FileSystem.unlink`.
    package func unlink(_ path: String) throws(FileError) {
        guard let inode = inode(path) else { throw FileError("remove", path, code: ENOENT) }
        guard inode.kind == .file else { throw FileError("remove", path, code: EISDIR) }
        forget(path)
    }

    /// See `FileSystem.makeDirectory`.
    package func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        try checkFree(path, "create directory")
        add(path, Inode(kind: .directory, mode: mode))
        children[path] = []
    }

    /// See `FileSystem.removeDirectory`.
    package func removeDirectory(_ path: String) throws(FileError) {
        guard let names = children[path] else { throw FileError("remove directory", path, code: ENOENT) }
        guard names.isEmpty else { throw FileError("remove directory", path, code: ENOTEMPTY) }
        forget(path)
        children[path] = nil
    }

    /// See `FileSystem.list`.
    package func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        guard let names = children[path] else { throw FileError("list", path, code: ENOENT) }
        return names.isEmpty ? [] : names.filter { hidden || !$0.hasPrefix(".") }.sorted()
    }

    /// See `FileSystem.status`.
    package func status(_ path: String) throws(FileError) -> FileStatus? {
        guard let number = entries[path], let inode = inodes[number] else { return nil }
        return FileStatus(
            kind: inode.kind, identity: FileIdentity(device: 1, inode: UInt64(number)), owner: geteuid(),
            mode: inode.mode, links: inode.links, bytes: inode.bytes.count)
    }

    /// See `FileSystem.links`.
    package func links(_ path: String) throws(FileError) -> Int? { inode(path)?.links }

    /// See `FileSystem.sync`.
    package func sync(directory: String) throws(FileError) {
        guard children[directory] != nil else { throw FileError("open", directory, code: ENOENT) }
    }

    private func inode(_ path: String) -> Inode? { entries[path].flatMap { inodes[$0] } }

    private func checkFree(_ path: String, _ operation: String) throws(FileError) {
        guard entries[path] == nil else { throw FileError(operation, path, code: EEXIST) }
        guard children[Files.parent(of: path)] != nil else {
            throw FileError(operation, path, code: ENOENT)
        }
    }

    private func add(_ path: String, _ inode: Inode) {
        lastInode += 1
        inodes[lastInode] = inode
        name(path, lastInode)
    }

    private func name(_ path: String, _ number: Int) {
        entries[path] = number
        children[Files.parent(of: path)]?.insert(MemoryFiles.last(path))
        if inodes[number]?.kind == .directory { children[path] = [] }
    }

    private func forget(_ path: String) {
        guard let number = entries.removeValue(forKey: path) else { return }
        inodes[number]?.links -= 1
        if inodes[number]?.links == 0 { inodes[number] = nil }
        children[path] = nil
        children[Files.parent(of: path)]?.remove(MemoryFiles.last(path))
    }

    private static func last(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}

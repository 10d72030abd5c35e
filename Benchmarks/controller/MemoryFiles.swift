import Foundation
import Spool
import Synchronization

/// A file system in memory, for studies of which only the store is to lie on a disk.
final class MemoryFiles: FileSystem {
    private final class Node {
        let inode: UInt64
        let bytes: [UInt8]
        var links = 1

        init(inode: UInt64, bytes: [UInt8]) {
            self.inode = inode
            self.bytes = bytes
        }
    }

    private struct State {
        var directories: [Substring: [Substring: Node]] = [:]
        var inodes: UInt64 = 1

        mutating func newNode(_ bytes: [UInt8]) -> Node {
            inodes += 1
            return Node(inode: inodes, bytes: bytes)
        }

        func node(_ path: String) -> Node? {
            let (directory, name) = split(path)
            return directories[directory]?[name]
        }
    }

    private let state = Mutex(State())

    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        try enter(path) { $0.newNode(bytes) }
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let bytes = state.withLock({ $0.node(path)?.bytes }) else {
            throw FileError("open", path, code: ENOENT)
        }
        return bytes
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        let isThere = state.withLock { state in
            guard let node = remove(path, &state) else { return false }
            let (directory, name) = split(target)
            state.directories[directory]?[name] = node
            return true
        }
        if !isThere { throw FileError("rename", path, code: ENOENT) }
    }

    func link(_ path: String, to target: String) throws(FileError) {
        try enter(target) { state in
            let node = state.node(path)
            node?.links += 1
            return node
        }
    }

    func unlink(_ path: String) throws(FileError) {
        guard state.withLock({ remove(path, &$0) }) != nil else {
            throw FileError("remove", path, code: ENOENT)
        }
    }

    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        let isNew = state.withLock { state in
            guard state.directories[path[...]] == nil else { return false }
            state.directories[path[...]] = [:]
            return true
        }
        if !isNew { throw FileError("create directory", path, code: EEXIST) }
    }

    func removeDirectory(_ path: String) throws(FileError) {
        guard state.withLock({ $0.directories.removeValue(forKey: path[...]) }) != nil else {
            throw FileError("remove directory", path, code: ENOENT)
        }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let names = state.withLock({ $0.directories[path[...]]?.keys.map(String.init) }) else {
            throw FileError("list", path, code: ENOENT)
        }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        state.withLock { state in
            if state.directories[path[...]] != nil {
                return status(.directory, inode: 1, links: 1)
            }
            return state.node(path).map { status(.file, inode: $0.inode, links: $0.links) }
        }
    }

    func links(_ path: String) throws(FileError) -> Int? { state.withLock { $0.node(path)?.links } }

    func sync(directory: String) throws(FileError) {}

    private func status(_ kind: FileStatus.Kind, inode: UInt64, links: Int) -> FileStatus {
        FileStatus(
            kind: kind, identity: FileIdentity(device: 1, inode: inode), owner: geteuid(), mode: 0o700,
            links: links)
    }

    private func enter(_ path: String, _ node: (inout State) -> Node?) throws(FileError) {
        let code = state.withLock { state -> Int32 in
            let (directory, name) = split(path)
            guard state.node(path) == nil else { return EEXIST }
            guard state.directories[directory] != nil, let node = node(&state) else { return ENOENT }
            state.directories[directory]?[name] = node
            return 0
        }
        if code != 0 { throw FileError("create", path, code: code) }
    }

    private func remove(_ path: String, _ state: inout State) -> Node? {
        let (directory, name) = split(path)
        guard let node = state.directories[directory]?.removeValue(forKey: name) else { return nil }
        node.links -= 1
        return node
    }
}

/// A path's directory and its last part.
private func split(_ path: String) -> (directory: Substring, name: Substring) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path[...]) }
    return (path[..<slash], path[path.index(after: slash)...])
}

/// The file system of this machine, without waiting for its disk: for what workers of other machines write.
struct HastyFiles: FileSystem {
    private let system = Files.system

    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw FileError("create", path) }
        defer { close(descriptor) }
        try Files.append(bytes, to: descriptor, path)
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try system.read(path, limit: limit)
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        try system.rename(path, to: target)
    }

    func link(_ path: String, to target: String) throws(FileError) { try system.link(path, to: target) }

    func unlink(_ path: String) throws(FileError) { try system.unlink(path) }

    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        try system.makeDirectory(path, mode: mode)
    }

    func removeDirectory(_ path: String) throws(FileError) { try system.removeDirectory(path) }

    func list(_ path: String) throws(FileError) -> [String] { try system.list(path) }

    func status(_ path: String) throws(FileError) -> FileStatus? { try system.status(path) }

    func links(_ path: String) throws(FileError) -> Int? { try system.links(path) }

    func sync(directory: String) throws(FileError) {}
}

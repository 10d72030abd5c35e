import Foundation
import Spool

/// The file system of this machine, without syncs, for files that workers of other machines write.
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

    func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        try system.list(path, hidden: hidden)
    }

    func status(_ path: String) throws(FileError) -> FileStatus? { try system.status(path) }

    func links(_ path: String) throws(FileError) -> Int? { try system.links(path) }

    func sync(directory: String) throws(FileError) {}
}

import Archive
import ArgumentParser
import Foundation
import Spool
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A study's archive, unpacked into a private temporary directory that is removed when this process exits. Checkpoints stay
/// packed: nothing that is printed needs them, and they may be large.
struct OpenedArchive {
    /// What was unpacked, as a study's directory.
    let directory: StudyDirectory

    /// Which archive it is: a file that is replaced is another one.
    private struct Key: Hashable {
        var path: String
        var identity: FileIdentity
        var bytes: Int
    }

    /// The archives that this process has opened. Commands that look again and again open each once.
    private static let opened = Mutex<[Key: OpenedArchive]>([:])

    /// Opens an archive.
    ///
    /// - Returns: `nil` if there is no file at this path; it may be a directory.
    /// - Throws: an exit code of 2, after printing why it is refused.
    static func open(_ path: String) throws -> OpenedArchive? {
        let path = Files.absolute(path)
        guard let status = try Files.system.status(path), status.kind == .file else { return nil }
        let key = Key(path: path, identity: status.identity, bytes: status.bytes)
        return try opened.withLock { opened in
            if let known = opened[key] { return known }
            if opened.isEmpty { atexit { OpenedArchive.removeAll() } }
            let archive: OpenedArchive
            do throws(ArchiveError) {
                archive = try OpenedArchive(unpacking: StudyArchive(path))
            } catch {
                throw complaint("\(error)", code: 2)
            }
            opened[key] = archive
            return archive
        }
    }

    private init(unpacking archive: StudyArchive) throws(ArchiveError) {
        let place = Files.absolute(FileManager.default.temporaryDirectory.path(percentEncoded: false))
        let path = "\(place)/stune-archive-\(UUID().uuidString)"
        do throws(FileError) { try Files.system.makeDirectory(path, mode: 0o700) } catch {
            throw .file(error)
        }
        directory = StudyDirectory(path)
        do throws(ArchiveError) {
            try archive.unpack(into: path) { !$0.hasPrefix("trials/") }
        } catch {
            remove()
            throw error
        }
    }

    /// Removes what was unpacked. A directory that stays in the temporary one does no harm.
    private func remove() { try? Files.system.removeTree(directory.path) }

    private static func removeAll() {
        opened.withLock { opened in
            for archive in opened.values { archive.remove() }
            opened = [:]
        }
    }
}

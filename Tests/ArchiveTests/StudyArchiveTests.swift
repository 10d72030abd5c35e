import Digests
import Foundation
import Spool
import Testing

@testable import Archive

/// A temporary directory, removed with this object.
private final class Place {
    let path: String

    init() throws {
        path = Files.absolute(FileManager.default.temporaryDirectory.path) + "/stune-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }
}

struct StudyArchiveTests {
    private let place: Place

    init() throws { place = try Place() }

    /// An archive of a file, two texts and a directory.
    private func write(_ name: String = "a.tar") throws -> String {
        let file = try place.write("big", (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let path = "\(place.path)/\(name)"
        let bytes = try ArchiveWriter.write(
            [
                ArchiveWriter.Entry("snapshot.db", .file(file)),
                ArchiveWriter.Entry("a\\b\nc", .bytes(Array("odd".utf8))),
                ArchiveWriter.Entry("outputs/\(String(repeating: "x", count: 200))", .bytes([])),
                ArchiveWriter.Entry("trials/0/1/empty", .directory),
            ], from: Files.system, to: path)
        #expect(try place.read(name).count == bytes)
        return path
    }

    private func unpacked(_ path: String) throws -> [String: [UInt8]] {
        let target = "\(place.path)/\(UUID().uuidString)"
        let archive = try StudyArchive(path)
        try Files.system.createDirectory(target)
        try archive.unpack(into: target)
        var found: [String: [UInt8]] = [:]
        for member in archive.members where !member.isDirectory {
            found[member.path] = try Files.system.read("\(target)/\(member.path)", limit: 1 << 20)
        }
        return found
    }

    @Test func `what was written is read, and the same content gives the same bytes`() throws {
        let path = try write()
        let found = try unpacked(path)
        #expect(found["snapshot.db"] == (try place.read("big")))
        #expect(found["a\\b\nc"] == Array("odd".utf8) && found.count == 3)
        #expect(try StudyArchive(path).members.contains { $0.isDirectory && $0.path == "trials/0/1/empty" })
        _ = try write("b.tar")
        #expect(try place.read("a.tar") == place.read("b.tar"))
        #expect(try Files.system.list(place.path, hidden: true).allSatisfy { !$0.hasPrefix(".tmp") })
    }

    @Test func `an archive that ends too early is refused at once`() throws {
        let whole = try Files.system.read(write(), limit: 1 << 20)
        for length in stride(from: 0, to: whole.count, by: 97) {
            let path = try place.write("torn", Array(whole.prefix(length)))
            #expect(throws: ArchiveError.self, "\(length) bytes") { try StudyArchive(path) }
            if length > 1_024 {
                do { _ = try StudyArchive(path) } catch {
                    #expect("\(error)".contains("is torn"), "\(length) bytes: \(error)")
                }
            }
        }
    }

    @Test func `an archive in which a byte has changed is refused, or reads the same`() throws {
        let (path, before) = (try write(), try unpacked(write()))
        let whole = try Files.system.read(path, limit: 1 << 20)
        for index in stride(from: 0, to: whole.count, by: 61) {
            var bytes = whole
            bytes[index] ^= 0x01
            let changed = try place.write("changed", bytes)
            if let after = try? unpacked(changed) { #expect(after == before, "byte \(index)") }
        }
        var bytes = whole
        let place = try #require(whole.indices.first { whole[$0...].starts(with: "odd".utf8) })
        bytes[place] = UInt8(ascii: "0")
        let changed = try self.place.write("changed", bytes)
        #expect(throws: ArchiveError.damaged(path: changed, why: "'a\\b\nc' is not what was written")) {
            try StudyArchive(changed).check()
        }
    }

    @Test(arguments: ["", "hello", String(repeating: "\0", count: 4_096)])
    func `another file is refused`(text: String) throws {
        let path = try place.write("other", Array(text.utf8))
        #expect(throws: ArchiveError.foreign(path: path)) { try StudyArchive(path) }
    }

    /// An archive whose parts are given, whatever they say.
    private func forge(_ mark: String, _ members: [(TarHeader, [UInt8])]) throws -> String {
        var list = DigestList()
        for (header, bytes) in members { list.digests[header.path] = SHA256(of: bytes).hex }
        let sums = Array(list.text.utf8)
        let text = Array(mark.replacing("DIGEST", with: SHA256(of: sums).hex).utf8)
        var all: [UInt8] = []
        let head = [
            (TarHeader(path: "stune-archive", bytes: text.count), text),
            (TarHeader(path: "SHA256SUMS", bytes: sums.count), sums),
        ]
        for (header, bytes) in head + members { all += header.blocks + TarHeader.padded(bytes) }
        return try place.write("forged", all + [UInt8](repeating: 0, count: 1_024))
    }

    @Test(arguments: ["../x", "/etc/x", "a/../../x", "a//b", "./a"])
    func `a path that leaves the directory is refused`(path: String) throws {
        let forged = try forge(
            "{\"digest\":\"DIGEST\",\"version\":1}", [(TarHeader(path: path, bytes: 1), [1])])
        let error = #expect(throws: ArchiveError.self) { try StudyArchive(forged) }
        #expect(error?.description.contains("a member with the path '\(path)'") == true)
    }

    @Test func `one of a newer version is refused`() throws {
        let forged = try forge("{\"version\":2}", [])
        #expect(throws: ArchiveError.newer(path: forged)) { try StudyArchive(forged) }
    }

    @Test func `a file that is missing when it is written is told`() throws {
        let missing = "\(place.path)/missing"
        #expect(throws: ArchiveError.changed(path: missing)) {
            try ArchiveWriter.write(
                [ArchiveWriter.Entry("x", .file(missing))], from: Files.system, to: "\(place.path)/x.tar")
        }
        #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write([], from: Files.system, to: "\(place.path)/nowhere/x.tar")
        }
        #expect(try Files.system.list(place.path, hidden: true).isEmpty)
    }
}

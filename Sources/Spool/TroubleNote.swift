/// What the controller is waiting for, shown by `stune status`. The file has a fixed size and is overwritten in place,
/// because the store and the snapshot may be what cannot be written.
package struct TroubleNote: Sendable {
    /// The file.
    private let path: String
    /// Its size: a few sentences.
    private static let bytes = 4 << 10

    /// The note of a study. Its file need not exist.
    package init(_ study: StudyDirectory) { path = study.trouble }

    /// Reserves the space for a note while the disk has some.
    ///
    /// - Throws: what the file system refuses.
    package func prepare() throws(FileError) {
        try Files.system.publish(TroubleNote.padded(""), at: path)
    }

    /// Writes what the controller is waiting for, one item a line; none to clear the note.
    ///
    /// - Throws: what the file system refuses.
    package func tell(_ lines: [String]) throws(FileError) {
        try Files.overwrite(path, TroubleNote.padded(lines.joined(separator: "\n")))
    }

    /// What the controller is waiting for; empty if the note cannot be read.
    package var lines: [String] {
        guard let bytes = try? Files.system.read(path, limit: TroubleNote.bytes) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty }
    }

    private static func padded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(TroubleNote.bytes - 1))
        return bytes + [UInt8](repeating: UInt8(ascii: " "), count: TroubleNote.bytes - 1 - bytes.count)
            + [UInt8(ascii: "\n")]
    }
}

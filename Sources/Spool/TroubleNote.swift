/// What stands in the controller's way, for `stune status`: a file of one size that is overwritten in its place, since the
/// store and the snapshot may be what cannot be written.
package struct TroubleNote: Sendable {
    /// The file.
    private let path: String
    /// Its size: a few sentences.
    private static let bytes = 4 << 10

    /// The note of a study. Its file need not be there.
    package init(_ study: StudyDirectory) { path = study.trouble }

    /// Takes the room that a note needs, while there is some.
    ///
    /// - Throws: what the file system refuses.
    package func prepare() throws(FileError) {
        try Files.system.publish(TroubleNote.padded(""), at: path)
    }

    /// Says what stands in the way, a line each; none: nothing does.
    ///
    /// - Throws: what the file system refuses.
    package func tell(_ lines: [String]) throws(FileError) {
        try Files.overwrite(path, TroubleNote.padded(lines.joined(separator: "\n")))
    }

    /// What stands in the way. A note that cannot be read says nothing.
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

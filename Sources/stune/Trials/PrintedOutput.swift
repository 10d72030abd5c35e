import Spool
import Store

/// The output of a command or a task: in a file while it runs, and in a pack later.
struct PrintedOutput {
    private let path: String
    private let study: StudyDirectory
    /// How many bytes were read.
    private var read = 0
    /// How many bytes to read at a time.
    private static let chunk = 1 << 20

    /// The output in the file with this path, relative to the study directory.
    init(_ path: String, in study: StudyDirectory) { (self.path, self.study) = (path, study) }

    /// Where it is, in reading order; empty if nothing was printed (yet).
    func places() throws -> [OutputPacks.Place] {
        let file = "\(study.path)/\(path)"
        // Packs first: output that is packed meanwhile is found as a file, or by the next look.
        let packed = try OutputPacks(study).places(of: path)
        guard let status = try study.files.status(file), status.kind == .file else {
            return packed.isEmpty ? try OutputPacks(study).places(of: path) : packed
        }
        let own = OutputPacks.Place(file: file, offset: 0, bytes: status.bytes)
        // A file beside its pack will be removed, except for a task that has started again and prints more.
        return path.hasPrefix("logs/") ? packed + [own] : packed.isEmpty ? [own] : packed
    }

    /// Passes the text that was not read before to `body`.
    mutating func news(_ body: ([UInt8]) throws -> Void) throws {
        for _ in 1...5 {
            // A file may be packed, or a pack merged, before it is read.
            do { return try look(body) } catch let error as FileError where error.isAbsent { continue }
        }
        try look(body)
    }

    /// The last bytes of it, and whether there are more before them; none: nobody has printed anything, or not yet.
    func end(_ most: Int) throws -> (bytes: [UInt8], isCut: Bool) {
        for _ in 1...5 {
            do { return try newest(most) } catch let error as FileError where error.isAbsent { continue }
        }
        return try newest(most)
    }

    private func newest(_ most: Int) throws -> (bytes: [UInt8], isCut: Bool) {
        var (bytes, left) = ([UInt8](), most)
        let places = try places()
        for place in places.reversed() where left > 0 {
            let count = min(left, place.bytes)
            bytes =
                try study.files.read(place.file, from: place.offset + place.bytes - count, count: count)
                + bytes
            left -= count
        }
        return (bytes, places.reduce(0) { $0 + $1.bytes } > most)
    }

    private mutating func look(_ body: ([UInt8]) throws -> Void) throws {
        var start = 0
        for place in try places() {
            defer { start += place.bytes }
            while read < start + place.bytes {
                let offset = read - start
                let bytes = try study.files.read(
                    place.file, from: place.offset + offset,
                    count: min(PrintedOutput.chunk, place.bytes - offset))
                if bytes.isEmpty { break }
                try body(bytes)
                read += bytes.count
            }
        }
    }
}

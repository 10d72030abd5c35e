import Spool
import Store

/// What a command or a task prints: in a file while it runs, and in a pack later.
struct PrintedOutput {
    private let path: String
    private let study: StudyDirectory
    /// How many bytes were read.
    private var read = 0
    /// The bytes that are read at once.
    private static let chunk = 1 << 20

    /// The output in a file of this path, relative to the study directory.
    init(_ path: String, in study: StudyDirectory) { (self.path, self.study) = (path, study) }

    /// Where it is, in the order in which it is to be read; none: nobody has printed anything, or not yet.
    func places() throws -> [OutputPacks.Place] {
        let file = "\(study.path)/\(path)"
        // The packs first: what is packed meanwhile is then found as a file, or on the next look.
        let packed = try OutputPacks(study).places(of: path)
        guard let status = try study.files.status(file), status.kind == .file else {
            return packed.isEmpty ? try OutputPacks(study).places(of: path) : packed
        }
        let own = OutputPacks.Place(file: file, offset: 0, bytes: status.bytes)
        // A file beside its pack is about to be removed; that of a task which has started again has more to say.
        return path.hasPrefix("logs/") ? packed + [own] : packed.isEmpty ? [own] : packed
    }

    /// Hands on what was not read before.
    mutating func news(_ body: ([UInt8]) throws -> Void) throws {
        for _ in 1...5 {
            // What was found may be packed, or folded, before it is read.
            do { return try look(body) } catch let error as FileError where error.isAbsent { continue }
        }
        try look(body)
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

import Spool
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place in the log: an event, and the digest of all up to it.
package struct LogPlace: Hashable, Sendable {
    /// The event's number, from 1.
    package var event: Int64
    /// The digest of the log up to it.
    package var digest: String

    /// A place from its parts.
    package init(event: Int64, digest: String) {
        self.event = event
        self.digest = digest
    }
}

/// How far a store has come, in a small file beside it: if SQLite's log of what is not in the store's file yet is gone, or
/// the file is, the store alone would not know that it had more.
///
/// It is written over in its place after each commit, and never synced, which takes microseconds. So it may lag behind
/// after the machine has lost its power, and is never ahead.
final class StoreMark: Sendable {
    /// What its name ends with, after that of the store.
    static let suffix = "-mark"
    private static let bytes = 64
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    /// The mark of a store. Its file is made with the first commit.
    init(beside store: String) { path = store + StoreMark.suffix }

    deinit {
        descriptor.withLock { if $0 >= 0 { close($0) } }
    }

    /// Writes a place down. What cannot be written is left out: the mark is then behind, which is no harm.
    func write(_ place: LogPlace) {
        var line = Array("\(place.event) \(place.digest)".utf8)
        line += [UInt8](repeating: UInt8(ascii: " "), count: max(0, StoreMark.bytes - 1 - line.count))
        line.append(UInt8(ascii: "\n"))
        descriptor.withLock { descriptor in
            if descriptor < 0 {
                descriptor = open(
                    path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
            }
            if descriptor >= 0 { _ = pwrite(descriptor, line, line.count, 0) }
        }
    }

    /// What the mark of a store says; `nil`: there is none, or it cannot be read.
    static func read(beside store: String) -> LogPlace? {
        guard let bytes = try? Files.system.read(store + suffix, limit: 1 << 10) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let event = Int64(words[0]), event > 0, words[1].utf8.count == 16 else {
            return nil
        }
        return LogPlace(event: event, digest: String(words[1]))
    }
}

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

/// How far a store has come, in a small file beside it. If SQLite's log or the store's file is lost, the store alone
/// would not know that it had more.
///
/// It is overwritten in place after each commit and never synced, which takes microseconds. So it may lag after a power
/// failure, but is never ahead.
final class StoreMark: Sendable {
    /// The suffix of its name, after the store's.
    static let suffix = "-mark"
    private static let bytes = 64
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    /// The mark of a store. Its file is created with the first commit.
    init(beside store: String) { path = store + StoreMark.suffix }

    deinit {
        descriptor.withLock { if $0 >= 0 { close($0) } }
    }

    /// Writes a place. A failed write is ignored: the mark is then behind, which does no harm.
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

    /// The place in a store's mark; `nil` if there is none or it cannot be read.
    static func read(beside store: String) -> LogPlace? {
        guard let bytes = try? Files.system.read(store + suffix, limit: 1 << 10) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let event = Int64(words[0]), event > 0, words[1].utf8.count == 16 else {
            return nil
        }
        return LogPlace(event: event, digest: String(words[1]))
    }
}

import Tuning
import Wire

/// The end of the log within a transaction: what it appends, until that is written as rows.
///
/// A row holds the events of a transaction. In its body each event is a line of JSON, and each decision that it brought
/// about a line after it, set in by a space.
final class LogTail {
    /// A row that is full of events, as it is to be written.
    struct Row {
        var last: Int
        var time: Double
        var body: [UInt8] = []
        var checks: [UInt8] = []
        var chain: LogDigest
    }

    /// The number of the last event, and the digest up to the last row.
    private(set) var last: Int
    private var digest: String
    private var row: Row?
    private var writer = JSONWriter(capacity: 1 << 10)
    /// Whether any event was appended.
    private(set) var isLonger = false

    /// The tail of a log that ends here.
    init(last: Int, digest: String) { (self.last, self.digest) = (last, digest) }

    /// Appends an event and the decisions that followed.
    ///
    /// - Parameter write: writes a full row.
    func append(
        _ event: Event, _ decisions: [Decision], time: Double, write: (Row) throws -> Void
    ) throws {
        if let row, row.time != time || row.body.count >= StoreLimits.logRowBytes { try flush(write) }
        var row = row ?? Row(last: last, time: time, chain: LogDigest(after: digest, time: time))
        self.row = nil
        try add(to: &row, isDecision: false) { try LogText.write(event, to: &$0) }
        for decision in decisions {
            try add(to: &row, isDecision: true) { try LogText.write(decision, to: &$0) }
        }
        row.checks += row.chain.check
        last += 1
        row.last = last
        isLonger = true
        self.row = row
    }

    /// Writes what is not written yet.
    func flush(_ write: (Row) throws -> Void) throws {
        guard let row else { return }
        self.row = nil
        try write(row)
        digest = row.chain.text
    }

    /// Where the log ends, after everything is written.
    var place: LogPlace { LogPlace(event: Int64(last), digest: digest) }

    private func add(
        to row: inout Row, isDecision: Bool, _ write: (inout JSONWriter) throws -> Void
    ) throws {
        writer.clear()
        if isDecision { writer.raw(" ") }
        try write(&writer)
        if !row.body.isEmpty { row.body.append(UInt8(ascii: "\n")) }
        row.body += writer.bytes
        writer.bytes.withUnsafeBufferPointer { row.chain.add(line: $0) }
    }
}

/// Splits the body of a row into its events.
struct LogLines {
    /// One event: its line, and those of its decisions without the leading space.
    struct Entry {
        var event: UnsafeBufferPointer<UInt8>
        var decisions: [UnsafeBufferPointer<UInt8>]
    }

    private var rest: UnsafeBufferPointer<UInt8>
    private let keepsDecisions: Bool

    /// The events of a body, whose memory must not move.
    ///
    /// - Parameter keepsDecisions: whether to return their decisions.
    init(_ body: UnsafeBufferPointer<UInt8>, keepsDecisions: Bool) {
        (rest, self.keepsDecisions) = (body, keepsDecisions)
    }

    /// The next event; `nil` if there is none. `chain` is extended by it.
    mutating func next(_ chain: inout LogDigest) -> Entry? {
        guard !rest.isEmpty else { return nil }
        var entry = Entry(event: line(), decisions: [])
        chain.add(line: entry.event)
        while rest.first == UInt8(ascii: " ") {
            let decision = line()
            chain.add(line: decision)
            if keepsDecisions {
                entry.decisions.append(UnsafeBufferPointer(rebasing: decision.dropFirst()))
            }
        }
        return entry
    }

    private mutating func line() -> UnsafeBufferPointer<UInt8> {
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        let line = UnsafeBufferPointer(rebasing: rest[..<end])
        rest = UnsafeBufferPointer(rebasing: rest[min(end + 1, rest.endIndex)...])
        return line
    }
}

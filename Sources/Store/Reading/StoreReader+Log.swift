import GRDB
package import Tuning

/// The log: events, and the decisions that followed.
extension StoreReader {
    /// An event of the log with the decisions that followed, as recorded.
    package struct LoggedEvent: Sendable {
        /// The event's number, from 1.
        package var id: Int64
        /// Seconds since 1970.
        package var time: Double
        /// The event as JSON.
        package var body: String
        /// The decisions as JSON, in order.
        package var decisions: [String]
        /// Whether the digests show that it, its time or its decisions were altered.
        package var isAltered: Bool

        /// The event.
        package func event() throws -> Event { try LogText.event(body) }

        /// The decisions.
        package func decided() throws -> [Decision] { try decisions.map { try LogText.decision($0) } }

        /// The text of decisions in today's form of the log.
        package static func texts(_ decisions: [Decision]) throws -> [String] {
            try decisions.map(LogText.text)
        }
    }

    /// Calls `body` with each event of the log in order, including altered ones.
    package func forEachEvent(_ body: (LoggedEvent) throws -> Void) throws {
        try forEachEntry(keepsDecisions: true) { entry in
            try body(
                LoggedEvent(
                    id: Int64(entry.number), time: entry.time,
                    body: String(decoding: entry.lines.event, as: UTF8.self),
                    decisions: entry.lines.decisions.map { String(decoding: $0, as: UTF8.self) },
                    isAltered: entry.isAltered))
        }
    }

    /// Calls `body` with each event of the log in order, after checking its digest.
    ///
    /// - Throws: an error that names the first altered or missing event.
    package func forEachFact(_ body: (Event) throws -> Void) throws {
        try forEachFact(withDecisions: false) { try body($0.event) }
    }

    /// A fact of the log, with the decisions that followed.
    struct LoggedFact {
        var number: Int
        var time: Double
        var event: Event
        var decisions: [Decision]
    }

    /// Calls `body` with each event of the log in order, after checking its digest.
    ///
    /// - Parameter withDecisions: whether to read its decisions.
    /// - Throws: an error that names the first altered or missing event.
    func forEachFact(withDecisions: Bool, _ body: (LoggedFact) throws -> Void) throws {
        var last = 0
        try forEachEntry(keepsDecisions: withDecisions) { entry in
            last += 1
            guard entry.number == last else { throw AlteredLog(description: "event \(last) is missing") }
            guard !entry.isAltered else {
                throw AlteredLog(description: "event \(last) was altered after it was recorded")
            }
            let fact: LoggedFact
            do {
                fact = LoggedFact(
                    number: last, time: entry.time, event: try LogText.event(entry.lines.event),
                    decisions: try entry.lines.decisions.map { try LogText.decision($0) })
            } catch {
                throw AlteredLog(description: "event \(last) cannot be read: \(error)")
            }
            try body(fact)
        }
    }

    private struct Entry {
        var number: Int
        var time: Double
        var lines: LogLines.Entry
        var isAltered: Bool
    }

    private func forEachEntry(keepsDecisions: Bool, _ body: (Entry) throws -> Void) throws {
        var digest = LogDigest.start
        try statements("SELECT body, last, time, checks, digest FROM log ORDER BY last", database)
            .forEachRow {
                row in
                let (last, time) = (try row.int(1), try row.real(2))
                let (checks, recorded) = (Array(try row.text(3).utf8), try row.text(4))
                var chain = LogDigest(after: digest, time: time)
                let count = checks.count / LogDigest.checkDigits
                var number = last - count
                var isSound = true
                try row.withText(0) { text in
                    var lines = LogLines(text, keepsDecisions: keepsDecisions)
                    while let entry = lines.next(&chain) {
                        number += 1
                        let first = (number - (last - count) - 1) * LogDigest.checkDigits
                        let check = checks[
                            min(first, checks.count)..<min(first + LogDigest.checkDigits, checks.count)]
                        // The last event of a row has the whole digest.
                        isSound =
                            isSound && chain.check.elementsEqual(check)
                            && (number < last || chain.text == recorded)
                        try body(Entry(number: number, time: time, lines: entry, isAltered: !isSound))
                    }
                }
                guard number == last || !isSound else {
                    throw AlteredLog(description: "event \(number + 1) is missing")
                }
                // Later entries were recorded after this one, so continue with the recorded digest.
                digest = recorded
                return true
            }
    }

    /// When the log says that arrays were submitted, since a moment; both in seconds since 1970, oldest first.
    package func submissions(since moment: Double) throws -> [Double] {
        var times: [Double] = []
        try statements("SELECT body, time FROM log ORDER BY last DESC", database).forEachRow { row in
            let time = try row.real(1)
            guard time >= moment else { return false }
            try row.withText(0) { text in
                var chain = LogDigest(after: LogDigest.start, time: 0)
                var lines = LogLines(text, keepsDecisions: false)
                while let entry = lines.next(&chain) {
                    if entry.event.starts(with: #"["submitted","#.utf8) { times.append(time) }
                }
            }
            return true
        }
        return times.reversed()
    }

    /// Where the log ends; `nil`: it is empty.
    package func place() throws -> LogPlace? {
        let last = try lastEvent()
        return last.id == 0 ? nil : LogPlace(event: Int64(last.id), digest: last.digest)
    }

    /// Whether the log has come to a place, as far as that can be checked.
    func has(_ place: LogPlace) throws -> Bool {
        if try digest(of: place.event) == place.digest { return true }
        // An earlier version's digests differ.
        guard try isCurrent() else { return false }
        return try first("SELECT event, digest FROM log_before WHERE event >= ?", Int(place.event)) {
            try $0.int(0) > Int(place.event) || $0.isText(1, place.digest)
        } ?? false
    }

    /// The digest of the log up to an event; `nil` unless a transaction ended with this event.
    package func digest(of event: Int64) throws -> String? {
        try isCurrent()
            ? first("SELECT digest FROM log WHERE last = ?", Int(event)) { try $0.text(0) }
            : first("SELECT digest FROM events WHERE id = ?", Int(event)) { try $0.text(0) }
    }

    /// The number of the last event and the digest of the log up to it.
    func lastEvent() throws -> (id: Int, digest: String) {
        let last =
            try isCurrent()
            ? first("SELECT last, digest FROM log ORDER BY last DESC LIMIT 1") {
                (try $0.int(0), try $0.text(1))
            }
            : first("SELECT id, digest FROM events ORDER BY id DESC LIMIT 1") {
                (try $0.int(0), try $0.text(1))
            }
        return last ?? (0, LogDigest.start)
    }

    /// Whether the log has a row for each transaction. If not, it is of an earlier version and was not migrated.
    private func isCurrent() throws -> Bool {
        try first("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'log')") { try $0.bool(0) }
            ?? false
    }

    /// The number of the last event; 0 for an empty log.
    package func eventCount() throws -> Int64 { Int64(try lastEvent().id) }

    /// The objective's metric, or the first of several, from the accepted plan.
    package func objective() throws -> String { try criteria()?.objectives.first?.metric ?? "" }

    /// What results are judged by, from the accepted plan; `nil` before there is a plan. Only prior results stand before it
    /// in the log.
    package func criteria() throws -> Criteria? {
        var plan: Plan?
        try statements("SELECT body FROM log ORDER BY last", database).forEachRow { row in
            try row.withText(0) { text in
                var chain = LogDigest(after: LogDigest.start, time: 0)
                var lines = LogLines(text, keepsDecisions: false)
                while let entry = lines.next(&chain) {
                    if entry.event.starts(with: #"{"learned":"#.utf8) { continue }
                    if case .accepted(let accepted) = try LogText.event(entry.event) { plan = accepted }
                    return false
                }
                return true
            }
        }
        return plan?.criteria
    }
}

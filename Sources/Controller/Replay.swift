package import Store
import Tuning

/// Derives every decision of a study again from the log, and reports where that differs from the record.
package struct Replay: Sendable {
    /// How many events were read.
    package private(set) var events = 0
    /// How many decisions were derived.
    package private(set) var decisions = 0
    /// How many trials there are.
    package private(set) var trials = 0
    /// How many stored reports were compared with their events.
    package private(set) var reports = 0
    /// Whether it covers placements; a study that an earlier version began has no record of them.
    package private(set) var coversPlacements = false
    /// The first difference; `nil` if there is none.
    package private(set) var difference: Difference?

    /// Where a replay differs from the record.
    package struct Difference: Hashable, Codable, Sendable {
        /// The event's number in the log.
        package var event: Int64
        /// What differs, in words.
        package var what: String
    }

    /// Replays a study.
    ///
    /// - Throws: what the store throws; an unreadable body is a difference, not an error.
    package init(_ reader: StoreReader) throws {
        var study = Study()
        var placements = try PlacementReplay(reader)
        if let what = placements.goOn(after: 0) { differ(0, what) }
        var reported: [Int64: Report] = [:]
        try reader.forEachEvent { logged in
            guard difference == nil else { return }
            events += 1
            if logged.id != Int64(events) {
                return differ(Int64(events), "event \(events) is missing from the log")
            }
            guard !logged.isAltered else {
                return differ(
                    logged.id,
                    "the event, or a decision because of it, was altered after it was recorded: "
                        + excerpt(logged.body))
            }
            guard let event = try? logged.event() else {
                return differ(logged.id, "the event cannot be read: \(excerpt(logged.body))")
            }
            if case .reported(let report) = event { reported[logged.id] = report }
            let derived = study.apply(event)
            decisions += derived.count
            let texts = try StoreReader.LoggedEvent.texts(derived)
            // An earlier version wrote the same in another form.
            guard texts == logged.decisions || (try? logged.decided()) == derived else {
                return differ(logged.id, Replay.compare(logged.decisions, texts))
            }
            placements.take(event, derived, landed: study.landed, time: logged.time, id: logged.id)
            if let what = placements.goOn(after: logged.id) { return differ(logged.id, what) }
        }
        trials = study.trialCount
        if difference == nil { try compareReports(reader, reported) }
        if difference == nil, let found = try placements.compare(reader) { differ(found.event, found.what) }
        coversPlacements = placements.isRecorded
    }

    /// The table of reports is derived from the log; an altered row is reported separately.
    private mutating func compareReports(_ reader: StoreReader, _ reported: [Int64: Report]) throws {
        let criteria = try reader.criteria()
        var unseen = Set(reported.keys)
        for row in try reader.reports() {
            reports += 1
            unseen.remove(row.event)
            guard let report = reported[row.event] else {
                return differ(
                    row.event, "the table of reports has a row for it, and the log no report there")
            }
            let isSame =
                row.attempt == report.attempt && row.resource == report.resource
                && row.metrics == report.metrics && row.value == criteria.flatMap { report.value(by: $0) }
            if !isSame {
                let recorded = Replay.words(row.metrics, at: row.resource)
                let logged = Replay.words(report.metrics, at: report.resource)
                return differ(
                    row.event,
                    "the table of reports says \(recorded) with objective \(row.value ?? .nan), "
                        + "the log says \(logged)")
            }
        }
        if let missing = unseen.min() { differ(missing, "the table of reports lacks its row") }
    }

    private mutating func differ(_ event: Int64, _ what: String) {
        difference = Difference(event: event, what: what)
    }

    private static func compare(_ recorded: [String], _ derived: [String]) -> String {
        let index =
            zip(recorded, derived).enumerated().first { $1.0 != $1.1 }?.offset
            ?? min(recorded.count, derived.count)
        let left = index < recorded.count ? recorded[index] : "nothing"
        let right = index < derived.count ? derived[index] : "nothing"
        return "decision \(index + 1) was recorded as \(left), and is derived as \(right)"
    }

    private static func words(_ metrics: [String: Double], at resource: Resource) -> String {
        let parts = metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(parts.joined(separator: " ")) at resource \(resource)"
    }

    private func excerpt(_ body: String) -> String {
        body.count > 200 ? String(body.prefix(200)) + "…" : body
    }
}

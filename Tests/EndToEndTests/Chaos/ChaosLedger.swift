import Foundation
import Spool
import Store
import Testing
import Tuning

/// The contents of a study's store, and the record that its training command wrote itself.
struct ChaosLedger {
    /// One report.
    struct Entry: Hashable {
        var attempt: String
        var resource: Int
        var loss: Double
    }

    /// The reports in the store, in order.
    let stored: [Entry]
    /// The attempts in the store, and how each ended; `nil` if not known.
    let attempts: [String: Ending?]
    /// The reports that the command was about to make.
    let made: Set<Entry>
    /// The attempts that the command began.
    let begun: Set<String>
    /// The attempts that the command ran to their end.
    let carriedOut: Set<String>
    /// The letters that were not read because the study was over.
    let unread: [String]

    /// Reads the store and the record.
    init(_ place: Workplace) throws {
        let log = try StudyLog(place)
        let rows = try log.read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        var names: [AttemptID: String] = [:]
        var attempts: [String: Ending?] = [:]
        for row in rows where row.started != nil {
            let name = "\(row.task.token).\(row.task.index).\(row.attempt.epoch)"
            names[row.attempt] = name
            attempts[name] = row.ending
        }
        self.attempts = attempts
        stored = try log.read { try $0.reports() }.map {
            Entry(attempt: names[$0.attempt] ?? "?", resource: $0.resource.units, loss: $0.value ?? .nan)
        }
        let lines = try String(contentsOfFile: "\(place.path)/side.log", encoding: .utf8)
            .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        begun = Set(lines.filter { $0[0] == "start" }.map { $0[1] })
        unread = try Inbox(StudyDirectory(place.study)).letters(limit: 10_000).map {
            URL(filePath: $0.path).lastPathComponent
        }
        carriedOut = Set(lines.filter { $0[0] == "end" }.map { $0[1] })
        made = Set(
            lines.filter { $0[0] == "report" }.map {
                Entry(attempt: $0[1], resource: Int($0[2]) ?? -1, loss: Double($0[3]) ?? .nan)
            })
    }

    /// Compares both. An interrupted attempt may have made reports that its worker could not publish; an attempt that
    /// is finished in the store must have all its reports there.
    func check() {
        #expect(Set(stored).count == stored.count, "a report is in the store twice")
        #expect(Set(stored).isSubset(of: made), "the store has reports that nobody made")
        // A slurmctld that forgot that a task was over may start it again when the study is over, too.
        let unknown = begun.subtracting(attempts.keys).filter { name in
            !unread.contains { $0.hasPrefix("\(name).") }
        }
        #expect(unknown.isEmpty, "attempts are in neither the store nor the inbox: \(unknown)")
        let finished = Set(attempts.filter { $0.value == .finished }.keys)
        #expect(finished.isSubset(of: carriedOut), "the store calls attempts finished that are not")
        let missing = made.filter { finished.contains($0.attempt) }.subtracting(stored)
        #expect(missing.isEmpty, "reports of finished attempts are not in the store: \(missing)")
    }

    /// The counts, in a line.
    var summary: String {
        let finished = attempts.values.filter { $0 == .finished }.count
        return "\(attempts.count) attempts, \(finished) of them finished; "
            + "\(made.count) reports made, \(stored.count) of them in the store; "
            + "\(unread.count) letters came after the end"
    }
}

extension StudyLog {
    /// The decisions that faults must not change: what is sampled, what is run and why, and how trials rest.
    ///
    /// What repeats or follows a lost attempt is left out: retries, the numbers of assignments (each retry takes one),
    /// and which attempt's checkpoint is removed.
    func essence() throws -> [String] {
        try decided().compactMap { decision in
            switch decision {
            case .discard, .release: return nil
            case .sample, .aggregate, .conclude, .finish: return "\(decision)"
            case .evaluate(let work):
                switch work.reason {
                case .retry, .relaunched: return nil
                default: break
                }
                return "trial \(work.trial) to rung \(work.rung), \(work.from)–\(work.to): \(work.reason)"
            }
        }
    }

    /// How each trial came to rest: its state, its rung, and its last result.
    func results() throws -> [String] {
        try read { reader in
            try reader.trials().map { "\($0.trial) \($0.state) rung \($0.rung) \($0.value ?? .nan)" }
        }
    }
}

package import Dispatching
package import Tuning

/// What a transaction has not written yet: rows of attempts, of which one letter may change most columns, one after the
/// other. They are written before anybody asks for attempts, and at the end.
final class Unwritten {
    /// What has become of an attempt in this transaction.
    struct Change {
        var taken: TakenMessages?
        var started: (fact: AttemptStarted, time: Double)?
        var ended: (fact: AttemptEnded, time: Double)?
    }

    /// What has become of attempts since they were last written.
    var changes: [AttemptID: Change] = [:]
}

extension Transaction {
    /// Records which messages of an attempt were taken in.
    package func record(_ taken: TakenMessages, of attempt: AttemptID) {
        unwritten.changes[attempt, default: Unwritten.Change()].taken = taken
    }
}

extension StoreReader {
    /// An attempt has begun.
    func start(_ fact: AttemptStarted, time: Double) {
        unwritten?.changes[fact.attempt, default: Unwritten.Change()].started = (fact, time)
    }

    /// An attempt has ended.
    func end(_ fact: AttemptEnded, time: Double) {
        unwritten?.changes[fact.attempt, default: Unwritten.Change()].ended = (fact, time)
    }

    /// Writes what is not written yet.
    func settle() throws {
        guard let unwritten, !unwritten.changes.isEmpty else { return }
        let changes = unwritten.changes.sorted { $0.key < $1.key }
        unwritten.changes = [:]
        for (attempt, change) in changes {
            let taken = try change.taken ?? takenMessages(of: attempt)
            let missing =
                taken.missing.isEmpty
                ? TakenMessages.noneMissing
                : try StoreJSON.text(taken.missing.map { [$0.lowerBound, $0.upperBound] })
            let (started, ended) = (change.started, change.ended)
            try statements(
                """
                INSERT INTO attempts (
                  assignment, epoch, next, missing, task, host, directory, started, ended, ending, stderr,
                  used)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (assignment, epoch) DO UPDATE SET
                  next = excluded.next, missing = excluded.missing,
                  task = iif(excluded.started IS NULL, task, excluded.task),
                  host = iif(excluded.started IS NULL, host, excluded.host),
                  directory = iif(excluded.started IS NULL, directory, excluded.directory),
                  started = coalesce(excluded.started, started),
                  stderr = iif(excluded.ended IS NULL, stderr, excluded.stderr),
                  ending = coalesce(excluded.ending, ending),
                  used = coalesce(excluded.used, used),
                  ended = coalesce(excluded.ended, ended)
                """, database
            ).run(
                attempt.assignment.number, attempt.epoch, taken.next, missing, started?.fact.task ?? "",
                started?.fact.host ?? "", started?.fact.directory ?? "", started?.time, ended?.time,
                ended.map { LogText.bytes($0.fact.ending) }, ended?.fact.stderrTail ?? "",
                try ended?.fact.used.map { try StoreJSON.text($0) })
        }
    }
}

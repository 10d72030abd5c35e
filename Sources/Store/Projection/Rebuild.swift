import GRDB
import Tuning

extension Store {
    /// Rebuilds the tables that follow from the log; their earlier contents are discarded.
    ///
    /// What follows from no event stays as it is: which task carries out an assignment, the paths of checkpoints, those that
    /// starts of tasks went on from among them, which messages were taken in, and the outbox.
    /// - Returns: how many events the log has.
    /// - Throws: `StoreError.damaged`, which names the first event that was altered or is missing; then nothing is changed.
    package func rebuild() throws(StoreError) -> Int {
        try write { transaction in
            try transaction.rebuild()
        }
    }
}

extension Transaction {
    /// How many events are taken before the rows that are gathered in memory are written.
    private static let eventsAtOnce = 10_000

    fileprivate func rebuild() throws -> Int {
        try database.execute(sql: Projection.clearing)
        memory.forget()
        var (study, events) = (Study(), 0)
        try reader.forEachFact(withDecisions: true) { fact in
            if case .accepted(let plan) = fact.event { memory.criteria.set(plan.criteria) }
            // Only which assignments have ended is derived again; the decisions are the recorded ones.
            _ = study.apply(fact.event)
            try projection.take(
                Projection.Entry(
                    number: fact.number, time: fact.time, event: fact.event, decisions: fact.decisions,
                    landed: study.landed))
            events = fact.number
            if events.isMultiple(of: Transaction.eventsAtOnce) {
                try reader.settle()
                memory.endTransaction()
            }
        }
        if !study.isOver {
            for assignment in study.inFlight {
                try run("UPDATE assignments SET open = 1 WHERE id = ?", assignment.number)
            }
        }
        return events
    }
}

extension Projection {
    /// Removes all that a projection has written, except which assignments are over: a turn may have been given twice,
    /// and only one of the two may ever be open.
    fileprivate static let clearing = """
        DELETE FROM trials;
        DELETE FROM trial_counts;
        DELETE FROM results;
        DELETE FROM rungs;
        DELETE FROM totals;
        DELETE FROM reports;
        DELETE FROM outcome;
        DELETE FROM codes;
        UPDATE arrays SET job = NULL;
        UPDATE attempts SET
          task = '', host = '', directory = '', started = NULL, ended = NULL, ending = NULL, stderr = '', used = NULL;
        INSERT INTO totals SELECT 1, CAST(min(total(bytes), 9e18) AS INTEGER) FROM checkpoints;
        """
}

import Tuning

/// What a report says of a result: the first metric, and by how much it breaks the study's bounds; all metrics are finite.
struct Measured {
    var value: Double
    /// `nil`: the study has no bounds.
    var violation: Double?
}

/// What a store knows in addition to its tables, so that it need not query them: running assignments, and sums. It is
/// discarded when a transaction fails, and loaded again. Only used on the connection's own queue.
final class StoreMemory: @unchecked Sendable {
    /// A running assignment.
    struct Flight {
        let work: Assignment
        /// The newest start of its task of which a worker has reported the beginning; 0 before the first, too.
        var newestStart = 0
        /// Whether a report at its target counts, and the first one's value.
        var hasResult = false
        var value: Measured?
    }

    /// What the replicates of a trial have in common.
    struct Aggregate {
        let trial: TrialID
        /// `nil`: it is not finite.
        let measured: Measured?
    }

    /// That of the trial whose conclusion follows.
    var aggregate: Aggregate?
    /// The running assignments that were decided since this was made.
    private(set) var flights: [AssignmentID: Flight] = [:]
    /// The last assignment of each of their trials.
    private var lastOfTrial: [TrialID: AssignmentID] = [:]
    /// For other assignments' tasks, the newest start of which a worker has reported the beginning, if it was asked
    /// for.
    private var otherStarts: [AssignmentID: Int] = [:]
    /// The sums.
    var tally = Tally()
    private var isLoaded = false
    /// What results are judged by.
    let criteria = CriteriaMemo()
    /// Where the checkpoints lie that were discarded in this transaction: whoever removes them asks at once.
    var discarded: [CheckpointID: String] = [:]
    /// The lists of names of metrics, and the one that was asked for last.
    private var names: [[String]: Int] = [:]
    private var lastNames: (names: [String], number: Int)?
    /// The number of the newest intent; `nil`: not known.
    private var lastIntent: Int?

    /// Reads what it has to know, unless it does.
    func load(_ reader: StoreReader) throws {
        if isLoaded { return }
        tally = try Tally(reader)
        isLoaded = true
    }

    /// Forgets all that it knows.
    func forget() {
        (flights, lastOfTrial, otherStarts) = ([:], [:], [:])
        (tally, isLoaded, discarded, aggregate) = (Tally(), false, [:], nil)
        (names, lastNames) = ([:], nil)
    }

    /// Nothing of what is known of other assignments is kept beyond a transaction: there may be millions.
    func endTransaction() { (otherStarts, discarded) = ([:], [:]) }

    /// The number of the next intent: none is given twice while this process runs, though those that are done are removed.
    func nextIntent(_ reader: StoreReader) throws -> Int {
        let last =
            try lastIntent ?? reader.first("SELECT max(id) FROM intents") { try $0.optionalInt(0) ?? 0 }
            ?? 0
        lastIntent = last + 1
        return last + 1
    }

    /// The number of a list of names of metrics; a new one is written down.
    func number(of list: [String], _ reader: StoreReader) throws -> Int {
        if let last = lastNames, last.names == list { return last.number }
        if names.isEmpty {
            for (number, names) in try reader.metricNames() { self.names[names] = number }
        }
        let number = names[list] ?? names.count + 1
        if names[list] == nil {
            try reader.statements("INSERT INTO metric_names (id, names) VALUES (?, ?)", reader.database)
                .run(number, StoreJSON.text(list))
            names[list] = number
        }
        lastNames = (list, number)
        return number
    }

    // MARK: Assignments in flight

    /// An assignment was decided.
    func begin(_ work: Assignment) {
        flights[work.id] = Flight(work: work)
        lastOfTrial[work.trial] = work.id
    }

    /// An assignment is over.
    func end(_ assignment: AssignmentID) {
        guard let flight = flights.removeValue(forKey: assignment) else { return }
        if lastOfTrial[flight.work.trial] == assignment { lastOfTrial[flight.work.trial] = nil }
        // The row of its start may not be written yet, and a report may come late.
        otherStarts[assignment] = flight.newestStart
    }

    /// The last assignment of a trial, if it was decided since this was made and is not over.
    func flight(of trial: TrialID) -> Flight? { lastOfTrial[trial].flatMap { flights[$0] } }

    /// The newest start of an assignment's task of which a worker has reported the beginning; `nil` if not known here.
    func newestStart(of assignment: AssignmentID) -> Int? {
        flights[assignment]?.newestStart ?? otherStarts[assignment]
    }

    /// A worker has reported that an attempt began.
    func start(_ attempt: AttemptID, newest: Int) {
        let newest = max(newest, attempt.epoch)
        if flights[attempt.assignment] == nil {
            otherStarts[attempt.assignment] = newest
        } else {
            flights[attempt.assignment]?.newestStart = newest
        }
    }

    /// A report counts. The first one at the target is the result.
    func report(_ report: Report, value: Measured?) {
        let assignment = report.attempt.assignment
        guard let flight = flights[assignment], flight.work.to == report.resource, !flight.hasResult else {
            return
        }
        flights[assignment]?.hasResult = true
        flights[assignment]?.value = value
    }
}

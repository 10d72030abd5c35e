/// Sums over all trials, which a reader would have to walk through millions of rows for.
struct Tally {
    /// The state of each trial, by number, as a place in `StoreReader.TrialRow.states`.
    private var states: [UInt8] = []
    /// How many trials there are in each state.
    private(set) var trials = [Int](repeating: 0, count: StoreReader.TrialRow.states.count)
    /// What the results of each rung come to.
    private(set) var rungs: [Int: Rung] = [:]
    /// The bytes of all checkpoints that are kept, as far as they are known.
    private(set) var keptBytes = 0
    /// What has changed since it was written.
    private(set) var changed = Change()

    /// What the results of a rung come to.
    struct Rung: Equatable {
        var results = 0
        var promoted = 0
        /// The lowest and the highest finite value, each with the trial that has it, of equals the one with the lower number.
        var lowest, highest: (value: Double, trial: Int)?

        static func == (left: Rung, right: Rung) -> Bool {
            left.results == right.results && left.promoted == right.promoted
                && left.lowest?.value == right.lowest?.value && left.lowest?.trial == right.lowest?.trial
                && left.highest?.value == right.highest?.value
                && left.highest?.trial == right.highest?.trial
        }
    }

    /// What has changed since it was written.
    struct Change {
        var states: Set<Int> = []
        var rungs: Set<Int> = []
        var keptBytes = false
    }

    // MARK: Changes

    /// A trial is in a state.
    mutating func set(_ trial: Int, _ state: TrialState) {
        while states.count <= trial { states.append(Tally.unknown) }
        let before = states[trial]
        if before == state.rawValue { return }
        if before != Tally.unknown {
            trials[Int(before)] -= 1
            changed.states.insert(Int(before))
        }
        states[trial] = state.rawValue
        trials[Int(state.rawValue)] += 1
        changed.states.insert(Int(state.rawValue))
    }

    /// All trials in one state are in another.
    mutating func setAll(from old: TrialState, to new: TrialState) {
        for trial in states.indices where states[trial] == old.rawValue { set(trial, new) }
    }

    /// A trial has a result in a rung.
    mutating func add(result value: Double?, of trial: Int, in rung: Int) {
        rungs[rung, default: Rung()].results += 1
        changed.rungs.insert(rung)
        guard let value else { return }
        let own = (value: value, trial: trial)
        if let lowest = rungs[rung]?.lowest, (lowest.value, lowest.trial) < (value, trial) {
        } else {
            rungs[rung]?.lowest = own
        }
        if let highest = rungs[rung]?.highest, (-highest.value, highest.trial) < (-value, trial) {
        } else {
            rungs[rung]?.highest = own
        }
    }

    /// The result of a trial that failed counts in its rung no longer.
    mutating func remove(resultIn rung: Int) {
        rungs[rung, default: Rung()].results -= 1
        changed.rungs.insert(rung)
    }

    /// A trial has left a rung for the next.
    mutating func promote(from rung: Int) {
        rungs[rung, default: Rung()].promoted += 1
        changed.rungs.insert(rung)
    }

    /// Checkpoints are kept that have so many bytes more, or less.
    mutating func keep(bytes: Int) {
        guard bytes != 0 else { return }
        let (sum, isTooLarge) = keptBytes.addingReportingOverflow(bytes)
        keptBytes = isTooLarge ? .max : max(0, sum)
        changed.keptBytes = true
    }

    private static let unknown = UInt8.max

    // MARK: In the store

    /// What a store has.
    init(_ reader: StoreReader) throws {
        let names = StoreReader.TrialRow.states
        try reader.statements("SELECT id, state FROM trials ORDER BY id", reader.database).forEachRow {
            row in
            let name = try row.text(1)
            guard let state = names.firstIndex(of: name).flatMap({ TrialState(rawValue: UInt8($0)) }) else {
                throw WrongType(description: "'\(name)' in the column 'state' is no state of a trial")
            }
            set(try row.int(0), state)
            return true
        }
        let rows = try reader.all(
            """
            SELECT rung, results, promoted, lowest, lowest_trial, highest, highest_trial FROM rungs
            """
        ) { row in
            var rung = Rung(results: try row.int(1), promoted: try row.int(2))
            if let value = try row.optionalReal(3) { rung.lowest = (value, try row.int(4)) }
            if let value = try row.optionalReal(5) { rung.highest = (value, try row.int(6)) }
            return (try row.int(0), rung)
        }
        rungs = Dictionary(rows) { first, _ in first }
        keptBytes = try reader.keptBytes()
        changed = Change()
    }

    /// Nothing yet.
    init() {}

    /// Writes what has changed.
    mutating func write(_ reader: StoreReader) throws {
        for state in changed.states {
            try reader.statements(
                "INSERT INTO trial_counts (state, trials) VALUES (?, ?) ON CONFLICT DO UPDATE SET trials = excluded.trials",
                reader.database
            ).run(StoreReader.TrialRow.states[state], trials[state])
        }
        for number in changed.rungs {
            guard let rung = rungs[number] else { continue }
            try reader.statements(
                """
                INSERT OR REPLACE INTO rungs (rung, results, promoted, lowest, lowest_trial, highest, highest_trial)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, reader.database
            ).run(
                number, rung.results, rung.promoted, rung.lowest?.value, rung.lowest?.trial,
                rung.highest?.value, rung.highest?.trial)
        }
        if changed.keptBytes {
            try reader.statements(
                "INSERT OR REPLACE INTO totals (only, kept_bytes) VALUES (1, ?)", reader.database
            ).run(keptBytes)
        }
        changed = Change()
    }
}

/// What a trial can be, in the order of `StoreReader.TrialRow.states`.
enum TrialState: UInt8, CaseIterable {
    case running, paused, stopped, completed, diverged, failed, cancelled

    /// How the store writes it.
    var name: String { StoreReader.TrialRow.states[Int(rawValue)] }
}

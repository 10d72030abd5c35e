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
        /// The best finite result if less is better, and the best if more is better.
        var lowest, highest: Leader?
    }

    /// The best result of a rung: the one that breaks the study's bounds the least, of equals the best value, of equals the
    /// trial with the lowest number.
    struct Leader: Equatable {
        var value: Double
        var violation: Double
        var trial: Int

        /// Whether another result is better, where `sign` is 1 if less is better, and -1 if more is.
        func isBeaten(by other: Leader, sign: Double) -> Bool {
            (other.violation, sign * other.value, other.trial) < (violation, sign * value, trial)
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
    mutating func add(result measured: Measured?, of trial: Int, in rung: Int) {
        rungs[rung, default: Rung()].results += 1
        changed.rungs.insert(rung)
        guard let measured else { return }
        let own = Leader(value: measured.value, violation: measured.violation ?? 0, trial: trial)
        if rungs[rung]?.lowest?.isBeaten(by: own, sign: 1) ?? true { rungs[rung]?.lowest = own }
        if rungs[rung]?.highest?.isBeaten(by: own, sign: -1) ?? true { rungs[rung]?.highest = own }
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
            SELECT g.rung, g.results, g.promoted, g.lowest, g.lowest_trial, l.violation,
              g.highest, g.highest_trial, h.violation
            FROM rungs g LEFT JOIN results l ON l.rung = g.rung AND l.trial = g.lowest_trial
              LEFT JOIN results h ON h.rung = g.rung AND h.trial = g.highest_trial
            """
        ) { row in
            var rung = Rung(results: try row.int(1), promoted: try row.int(2))
            if let value = try row.optionalReal(3) {
                rung.lowest = Leader(
                    value: value, violation: try row.optionalReal(5) ?? 0, trial: try row.int(4))
            }
            if let value = try row.optionalReal(6) {
                rung.highest = Leader(
                    value: value, violation: try row.optionalReal(8) ?? 0, trial: try row.int(7))
            }
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

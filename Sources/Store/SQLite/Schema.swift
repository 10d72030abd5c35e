import GRDB

/// The tables of the store, as named migrations: each is applied once, and none is ever changed.
///
/// `log` is the log; every other table is derived from it, or belongs to the outbox.
/// Invariants are in the schema, so that no code can break them.
enum Schema {
    /// Marks the file as ours: "stun" in ASCII.
    static let applicationID: Int32 = 0x7374_756E

    /// All migrations, oldest first.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-log") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: log)
        }
        migrator.registerMigration("1-derived") { try $0.execute(sql: derived) }
        migrator.registerMigration("1-outbox") { try $0.execute(sql: outbox) }
        migrator.registerMigration("2-missing-messages") { database in
            // JSON: the numbers below `next` that were given up waiting for, as [first, end) pairs.
            try database.execute(sql: "ALTER TABLE attempts ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'")
        }
        migrator.registerMigration("3-out-of-memory") { database in
            // How often the trial had run out of memory before: such a task may ask for more.
            try database.execute(
                sql: "ALTER TABLE assignments ADD COLUMN out_of_memory INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("4-turns") { try $0.execute(sql: turns) }
        migrator.registerMigration("5-lanes") { database in
            // The index of the task that carries it out, as the cluster has it; "index" is that of its lane there.
            try database.execute(
                sql: """
                    ALTER TABLE assignments ADD COLUMN task INTEGER NOT NULL DEFAULT 0 CHECK (task >= 0);
                    UPDATE assignments SET task = "index";
                    """)
        }
        migrator.registerMigration("6-stopped-trials") { try $0.execute(sql: stopped) }
        migrator.registerMigration("7-parents") { database in
            // The trial whose checkpoint it started from.
            try database.execute(sql: "ALTER TABLE trials ADD COLUMN parent INTEGER REFERENCES trials (id)")
        }
        migrator.registerMigration("8-quick-rows") { try $0.execute(sql: quickRows) }
        migrator.registerMigration("9-checkpoint-bytes") { database in
            // NULL: nobody has told, or looked.
            try database.execute(sql: "ALTER TABLE checkpoints ADD COLUMN bytes INTEGER CHECK (bytes >= 0)")
        }
        migrator.registerMigration("10-resumes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE resumes (
                      assignment INTEGER NOT NULL REFERENCES assignments (id),
                      epoch INTEGER NOT NULL,  -- the start that goes on from what an earlier one has saved
                      start TEXT NOT NULL,     -- the checkpoint, relative to the study directory
                      PRIMARY KEY (assignment, epoch)
                    ) WITHOUT ROWID
                    """)
        }
        addRowsOfTransactions(to: &migrator)
        migrator.registerMigration("13-dispatches") { database in
            try database.execute(
                sql: """
                    CREATE TABLE dispatches (  -- what the dispatcher was told, beside what is in the log
                      id INTEGER PRIMARY KEY,  -- a row is a transaction, in order
                      body TEXT NOT NULL       -- an entry a line, as DispatchEntry has it
                    )
                    """)
        }
        addNewest(to: &migrator)
        return migrator
    }

    /// What came with the log of transactions: sums, and rows that hold nothing twice.
    private static func addRowsOfTransactions(to migrator: inout DatabaseMigrator) {
        migrator.registerMigration("11-sums") { try $0.execute(sql: sums) }
        migrator.registerMigration("12-rows-of-transactions") { try LogMigration.run($0) }
        migrator.registerMigration("13-open-intents") { database in
            // What is done is removed.
            try database.execute(
                sql: """
                    CREATE TABLE new_intents (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
                    INSERT INTO new_intents SELECT id, body FROM intents WHERE done IS NULL;
                    DROP TABLE intents;
                    ALTER TABLE new_intents RENAME TO intents;
                    """)
        }
        migrator.registerMigration("14-lanes-of-tasks") { database in
            // A task of one lane is found by the index of that.
            try database.execute(
                sql: """
                    DROP INDEX assignments_of_task;
                    CREATE INDEX assignments_of_lanes ON assignments (token, task, epoch, turn)
                    WHERE task <> "index"
                    """)
        }
        migrator.registerMigration("15-kept-checkpoints") { database in
            // Those that were discarded are gone.
            try database.execute(
                sql: """
                    CREATE TABLE new_checkpoints (
                      assignment INTEGER NOT NULL REFERENCES assignments (id),
                      epoch INTEGER NOT NULL,
                      resource INTEGER NOT NULL,
                      path TEXT NOT NULL,  -- relative to the study directory
                      bytes INTEGER CHECK (bytes >= 0),  -- NULL: nobody has told, or looked
                      PRIMARY KEY (assignment, epoch, resource)
                    ) WITHOUT ROWID;
                    INSERT INTO new_checkpoints
                    SELECT assignment, epoch, resource, path, bytes FROM checkpoints WHERE kept = 1;
                    DROP TABLE checkpoints;
                    ALTER TABLE new_checkpoints RENAME TO checkpoints;
                    """)
        }
        migrator.registerMigration("16-packed-metrics") { try PackedMetrics.migrate($0) }
        migrator.registerMigration("17-usage") { database in
            // JSON: what its processes have used, by name; NULL: its worker has not said.
            try database.execute(sql: "ALTER TABLE attempts ADD COLUMN used TEXT")
        }
    }

    private static let log = """
        CREATE TABLE study (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          name TEXT NOT NULL,
          spec TEXT NOT NULL,            -- the accepted study file, as JSON
          created REAL NOT NULL          -- seconds since 1970, for people
        );
        CREATE TABLE events (
          id INTEGER PRIMARY KEY,        -- 1, 2, 3, … without a gap
          time REAL NOT NULL,            -- seconds since 1970 by the controller's clock, for people
          body TEXT NOT NULL,            -- the event as JSON
          digest TEXT NOT NULL           -- over the digest before it and this body
        );
        CREATE TABLE decisions (
          event INTEGER NOT NULL REFERENCES events (id),
          ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
          body TEXT NOT NULL,            -- the decision as JSON
          PRIMARY KEY (event, ordinal)
        ) WITHOUT ROWID;
        """

    private static let derived = """
        CREATE TABLE trials (
          id INTEGER PRIMARY KEY CHECK (id >= 0),
          configuration TEXT NOT NULL,   -- JSON object
          state TEXT NOT NULL CHECK (state IN
            ('running', 'paused', 'completed', 'diverged', 'failed', 'cancelled')),
          rung INTEGER NOT NULL CHECK (rung >= 0),  -- the rung it leads to or rests in
          resource INTEGER,              -- of its last result
          value REAL,                    -- of its last result; NULL when not a finite number
          reason TEXT NOT NULL DEFAULT ''
        );
        CREATE TABLE arrays (
          token TEXT PRIMARY KEY CHECK (length(token) = 16),
          job INTEGER UNIQUE,            -- the cluster's id; NULL until it is known
          name TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE assignments (
          id INTEGER PRIMARY KEY CHECK (id >= 0),
          trial INTEGER NOT NULL REFERENCES trials (id),
          rung INTEGER NOT NULL,
          "from" INTEGER NOT NULL,
          "to" INTEGER NOT NULL CHECK ("to" >= "from"),
          start TEXT,                    -- the checkpoint to start from, relative to the study directory
          reason TEXT NOT NULL,          -- JSON
          token TEXT NOT NULL REFERENCES arrays (token),
          "index" INTEGER NOT NULL CHECK ("index" >= 0),
          open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
          UNIQUE (token, "index")
        );
        CREATE INDEX assignments_of_trial ON assignments (trial);
        CREATE INDEX open_assignments ON assignments (open) WHERE open = 1;
        CREATE TABLE attempts (
          assignment INTEGER NOT NULL REFERENCES assignments (id),
          epoch INTEGER NOT NULL CHECK (epoch >= 0),
          next INTEGER NOT NULL CHECK (next >= 0),  -- the number of the next message
          task TEXT NOT NULL DEFAULT '',
          host TEXT NOT NULL DEFAULT '',
          directory TEXT NOT NULL DEFAULT '',
          started REAL,
          ended REAL,
          ending TEXT,                   -- JSON; NULL while it runs
          stderr TEXT NOT NULL DEFAULT '',
          PRIMARY KEY (assignment, epoch)
        ) WITHOUT ROWID;
        CREATE TABLE reports (
          event INTEGER PRIMARY KEY REFERENCES events (id),
          assignment INTEGER NOT NULL REFERENCES assignments (id),
          epoch INTEGER NOT NULL,
          resource INTEGER NOT NULL CHECK (resource >= 0),
          current INTEGER NOT NULL CHECK (current IN (0, 1)),  -- 0: of a superseded attempt
          value REAL,                    -- the objective; NULL when not a finite number
          metrics TEXT NOT NULL          -- JSON object
        );
        CREATE INDEX reports_of_assignment ON reports (assignment, epoch, resource);
        CREATE TABLE checkpoints (
          assignment INTEGER NOT NULL REFERENCES assignments (id),
          epoch INTEGER NOT NULL,
          resource INTEGER NOT NULL,
          path TEXT NOT NULL,            -- relative to the study directory
          kept INTEGER NOT NULL DEFAULT 1 CHECK (kept IN (0, 1)),
          PRIMARY KEY (assignment, epoch, resource)
        ) WITHOUT ROWID;
        CREATE TABLE results (
          rung INTEGER NOT NULL CHECK (rung >= 0),
          trial INTEGER NOT NULL REFERENCES trials (id),
          resource INTEGER NOT NULL,
          value REAL,                    -- NULL: not a finite number, or failed on the way here
          promoted INTEGER NOT NULL DEFAULT 0 CHECK (promoted IN (0, 1)),
          PRIMARY KEY (rung, trial)      -- a trial has one result in a rung
        ) WITHOUT ROWID;
        CREATE TABLE outcome (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          body TEXT NOT NULL,            -- JSON
          time REAL NOT NULL
        );
        """

    /// A task may carry out several assignments, one after the other.
    private static let turns = """
        CREATE TABLE new_assignments (
          id INTEGER PRIMARY KEY CHECK (id >= 0),
          trial INTEGER NOT NULL REFERENCES trials (id),
          rung INTEGER NOT NULL,
          "from" INTEGER NOT NULL,
          "to" INTEGER NOT NULL CHECK ("to" >= "from"),
          start TEXT,                    -- the checkpoint to start from, relative to the study directory
          reason TEXT NOT NULL,          -- JSON
          token TEXT NOT NULL REFERENCES arrays (token),
          "index" INTEGER NOT NULL CHECK ("index" >= 0),
          turn INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0),  -- 0: the task was submitted for it
          epoch INTEGER NOT NULL DEFAULT 0,  -- the start of the task that it was given to, if turn > 0
          open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
          out_of_memory INTEGER NOT NULL DEFAULT 0  -- how often the trial had run out of memory before
        );
        INSERT INTO new_assignments (
          id, trial, rung, "from", "to", start, reason, token, "index", open, out_of_memory)
        SELECT id, trial, rung, "from", "to", start, reason, token, "index", open, out_of_memory
        FROM assignments;
        DROP TABLE assignments;
        ALTER TABLE new_assignments RENAME TO assignments;
        -- A worker that had left before it was told to go on may have the same turn once more, with other work.
        CREATE INDEX assignments_of_turn ON assignments (token, "index", epoch, turn);
        CREATE UNIQUE INDEX open_turns ON assignments (token, "index", epoch, turn) WHERE open = 1;
        CREATE INDEX assignments_of_trial ON assignments (trial);
        CREATE INDEX open_assignments ON assignments (open) WHERE open = 1;
        CREATE TABLE idle (              -- starts of tasks whose workers wait for other work
          token TEXT NOT NULL REFERENCES arrays (token),
          "index" INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          turn INTEGER NOT NULL,         -- the one that is done
          until REAL,                    -- when the task ends, in seconds since 1970; NULL: not known
          out_of_memory INTEGER NOT NULL,  -- how often its memory was raised
          PRIMARY KEY (token, "index")
        ) WITHOUT ROWID;
        """

    /// A trial may be stopped for good by what it has shown.
    private static let stopped = """
        CREATE TABLE new_trials (
          id INTEGER PRIMARY KEY CHECK (id >= 0),
          configuration TEXT NOT NULL,   -- JSON object
          state TEXT NOT NULL CHECK (state IN
            ('running', 'paused', 'stopped', 'completed', 'diverged', 'failed', 'cancelled')),
          rung INTEGER NOT NULL CHECK (rung >= 0),  -- the rung it leads to or rests in
          resource INTEGER,              -- of its last result
          value REAL,                    -- of its last result; NULL when not a finite number
          reason TEXT NOT NULL DEFAULT ''
        );
        INSERT INTO new_trials (id, configuration, state, rung, resource, value, reason)
        SELECT id, configuration, state, rung, resource, value, reason FROM trials;
        DROP TABLE trials;
        ALTER TABLE new_trials RENAME TO trials;
        """

    /// Rows that are written and found more quickly: SQLite builds a table of its own for each look into a list of words,
    /// and reports need one tree instead of two.
    private static let quickRows = """
        CREATE TABLE new_trials (
          id INTEGER PRIMARY KEY CHECK (id >= 0),
          configuration TEXT NOT NULL,   -- JSON object
          state TEXT NOT NULL CHECK (
            state = 'running' OR state = 'paused' OR state = 'stopped' OR state = 'completed'
            OR state = 'diverged' OR state = 'failed' OR state = 'cancelled'),
          rung INTEGER NOT NULL CHECK (rung >= 0),  -- the rung it leads to or rests in
          resource INTEGER,              -- of its last result
          value REAL,                    -- of its last result; NULL when not a finite number
          reason TEXT NOT NULL DEFAULT '',
          parent INTEGER REFERENCES trials (id)  -- the trial whose checkpoint it started from
        );
        INSERT INTO new_trials (id, configuration, state, rung, resource, value, reason, parent)
        SELECT id, configuration, state, rung, resource, value, reason, parent FROM trials;
        DROP TABLE trials;
        ALTER TABLE new_trials RENAME TO trials;
        CREATE TABLE new_reports (
          assignment INTEGER NOT NULL REFERENCES assignments (id),
          epoch INTEGER NOT NULL,
          resource INTEGER NOT NULL CHECK (resource >= 0),
          event INTEGER NOT NULL,        -- the event that it was recorded by
          current INTEGER NOT NULL CHECK (current IN (0, 1)),  -- 0: of a superseded attempt
          value REAL,                    -- the objective; NULL when not a finite number
          metrics TEXT NOT NULL,         -- JSON object
          PRIMARY KEY (assignment, epoch, resource, event)
        ) WITHOUT ROWID;
        INSERT INTO new_reports (assignment, epoch, resource, event, current, value, metrics)
        SELECT assignment, epoch, resource, event, current, value, metrics FROM reports;
        DROP TABLE reports;
        ALTER TABLE new_reports RENAME TO reports;
        -- A task that stays has more and more assignments: what its newest start is must not be asked of all of them.
        CREATE INDEX assignments_of_task ON assignments (token, task, epoch, turn);
        -- The index of open turns has the same rows.
        DROP INDEX open_assignments;
        """

    /// Sums that would otherwise need a walk through all rows.
    private static let sums = """
        CREATE TABLE trial_counts (      -- how many trials are in each state
          state TEXT PRIMARY KEY,
          trials INTEGER NOT NULL CHECK (trials >= 0)
        ) WITHOUT ROWID;
        CREATE TABLE rungs (             -- what the results of a rung come to
          rung INTEGER PRIMARY KEY,
          results INTEGER NOT NULL,
          promoted INTEGER NOT NULL,
          lowest REAL,                   -- NULL: no result is a finite number
          lowest_trial INTEGER,          -- of equals the one with the lower number
          highest REAL,
          highest_trial INTEGER
        );
        CREATE TABLE totals (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          kept_bytes INTEGER NOT NULL    -- of the checkpoints that are kept, as far as it is known
        );
        CREATE INDEX failed_trials ON trials (id) WHERE state = 'failed';
        INSERT INTO trial_counts SELECT state, count(*) FROM trials GROUP BY state;
        INSERT INTO rungs (rung, results, promoted, lowest, highest)
        SELECT rung, count(*), sum(promoted), min(value), max(value) FROM results GROUP BY rung;
        UPDATE rungs SET
          lowest_trial = (SELECT min(r.trial) FROM results r WHERE r.rung = rungs.rung AND r.value = lowest),
          highest_trial = (SELECT min(r.trial) FROM results r WHERE r.rung = rungs.rung AND r.value = highest);
        INSERT INTO totals SELECT 1, CAST(min(total(bytes), 9e18) AS INTEGER) FROM checkpoints WHERE kept = 1;
        """

    /// A row for each transaction instead of one for each event and each decision.
    static let rowsOfTransactions = """
        CREATE TABLE log (               -- a row is a transaction, or a part of a large one
          last INTEGER PRIMARY KEY,      -- the number of its last event; they are 1, 2, 3, … without a gap
          time REAL NOT NULL,            -- seconds since 1970 by the controller's clock, for people
          body TEXT NOT NULL,            -- an event a line, as JSON; each decision a line after it, after a space
          checks TEXT NOT NULL,          -- 4 digits an event: of the digest so far
          digest TEXT NOT NULL           -- over the digest of the row before, the time and the body
        );
        CREATE TABLE log_before (        -- where the log ended when it was migrated, by the digests of that time
          event INTEGER PRIMARY KEY,
          digest TEXT NOT NULL
        );
        """

    private static let outbox = """
        CREATE TABLE intents (
          id INTEGER PRIMARY KEY,
          body TEXT NOT NULL,            -- JSON
          done REAL                      -- when it was carried out; NULL: still open
        );
        CREATE INDEX open_intents ON intents (id) WHERE done IS NULL;
        CREATE TABLE notices (
          topic TEXT PRIMARY KEY,        -- what the controller has to say to people: one line a topic
          time REAL NOT NULL,
          text TEXT NOT NULL
        ) WITHOUT ROWID;
        """
}

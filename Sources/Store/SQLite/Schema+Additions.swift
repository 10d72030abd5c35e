import GRDB

/// The newest tables and columns; the older ones are in Schema.swift.
extension Schema {
    /// All of them, oldest first.
    static func addNewest(to migrator: inout DatabaseMigrator) {
        addRequests(to: &migrator)
        addCodes(to: &migrator)
        migrator.registerMigration("21-replicates") { database in
            // Which of its trial's replicates trains, from 0; NULL: the trial is trained once.
            try database.execute(
                sql: "ALTER TABLE assignments ADD COLUMN replicate INTEGER CHECK (replicate >= 0)")
        }
    }

    /// What came when tasks could ask for different things, and metrics could be bounded.
    private static func addRequests(to migrator: inout DatabaseMigrator) {
        migrator.registerMigration("18-requests") { database in
            // What its task asks for, as TaskRequest has it; NULL: what all tasks of the study ask for.
            try database.execute(
                sql: """
                    ALTER TABLE assignments ADD COLUMN request TEXT;
                    ALTER TABLE idle ADD COLUMN request TEXT;
                    """)
        }
        migrator.registerMigration("19-violations") { database in
            // By how much a result breaks the study's bounds, 0 if it keeps them; NULL: it is not finite, or there are none.
            try database.execute(
                sql: """
                    ALTER TABLE results ADD COLUMN violation REAL CHECK (violation >= 0);
                    ALTER TABLE trials ADD COLUMN violation REAL CHECK (violation >= 0);
                    """)
        }
    }

    /// What came with the facts about the command's code.
    private static func addCodes(to migrator: inout DatabaseMigrator) {
        migrator.registerMigration("20-codes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE codes (       -- which code the command is, from then on
                      event INTEGER PRIMARY KEY,
                      time REAL NOT NULL,      -- seconds since 1970 by the controller's clock
                      body TEXT NOT NULL       -- JSON
                    )
                    """)
        }
    }
}

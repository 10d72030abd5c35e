import GRDB

/// Queries by their text, as GRDB has them, but with each text prepared once for a connection: SQLite takes longer to
/// compile most of the store's queries than to run them.
///
/// They have no defaults, so within this target the compiler prefers them to GRDB's own.
extension Row {
    /// All rows of a query.
    static func fetchAll(_ database: Database, sql: String) throws -> [Row] {
        try fetchAll(database.cachedStatement(sql: sql))
    }

    /// All rows of a query.
    static func fetchAll(_ database: Database, sql: String, arguments: StatementArguments) throws -> [Row] {
        try fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    /// The first row of a query.
    static func fetchOne(_ database: Database, sql: String) throws -> Row? {
        try fetchOne(database.cachedStatement(sql: sql))
    }

    /// The first row of a query.
    static func fetchOne(_ database: Database, sql: String, arguments: StatementArguments) throws -> Row? {
        try fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension DatabaseValueConvertible where Self: StatementColumnConvertible {
    /// The first value of a query.
    static func fetchOne(_ database: Database, sql: String) throws -> Self? {
        try fetchOne(database.cachedStatement(sql: sql))
    }

    /// The first value of a query.
    static func fetchOne(_ database: Database, sql: String, arguments: StatementArguments) throws -> Self? {
        try fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

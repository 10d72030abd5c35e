/// Frequent queries.
extension StoreReader {
    /// The value of a statement's first row; `nil` if it has none.
    ///
    /// - Parameter settling: whether unwritten attempts matter to it.
    /// - Parameter head: the beginning of the statement, shared by several.
    func first<Value, each Argument: Bindable>(
        settling: Bool = true, head: StaticString = "", _ sql: StaticString,
        _ arguments: repeat each Argument, value: (PreparedRow) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try statement(head, sql, settling: settling).forEachRow(repeat each arguments) { row in
            found = try value(row)
            return false
        }
        return found
    }

    /// The value of each row of a statement.
    ///
    /// - Parameter head: the beginning of the statement, shared by several.
    func all<Value, each Argument: Bindable>(
        head: StaticString = "", _ sql: StaticString, _ arguments: repeat each Argument,
        value: (PreparedRow) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try statement(head, sql, settling: true).forEachRow(repeat each arguments) { row in
            found.append(try value(row))
            return true
        }
        return found
    }

    private func statement(
        _ head: StaticString, _ sql: StaticString, settling: Bool
    ) throws -> PreparedStatement {
        let statement = try statements(head: head, sql, database)
        if settling, statement.namesAttempts { try settle() }
        return statement
    }
}

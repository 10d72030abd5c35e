/// Questions that are asked again and again.
extension StoreReader {
    /// What a statement says of its first row; `nil` when it has none.
    ///
    /// - Parameter settling: whether attempts that are not written yet matter to it.
    /// - Parameter head: what the statement begins with, where several begin alike.
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

    /// What a statement says of each of its rows.
    ///
    /// - Parameter head: what the statement begins with, where several begin alike.
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

/// Questions that are asked again and again.
extension StoreReader {
    /// What a statement says of its first row; `nil` when it has none.
    ///
    /// - Parameter head: what the statement begins with, where several begin alike.
    func first<Value, each Argument: Bindable>(
        head: StaticString = "", _ sql: StaticString, _ arguments: repeat each Argument,
        value: (PreparedRow) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try statements(head: head, sql, database).forEachRow(repeat each arguments) { row in
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
        try statements(head: head, sql, database).forEachRow(repeat each arguments) { row in
            found.append(try value(row))
            return true
        }
        return found
    }
}

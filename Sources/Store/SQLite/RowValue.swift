import GRDB

extension Row {
    /// The value in a column, in the requested type.
    ///
    /// GRDB's own subscript ends the process if the value has another type, and a damaged file may contain anything.
    /// - Throws: `RowDecodingError`.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String
    ) throws -> Value {
        try decode(forColumn: column)
    }
}

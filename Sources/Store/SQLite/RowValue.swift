import GRDB

extension Row {
    /// The value in a column, in the type that is wanted.
    ///
    /// GRDB's own subscript ends the process where a value is of another type, and a damaged file may hold anything.
    /// - Throws: `RowDecodingError`.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String
    ) throws -> Value {
        try decode(forColumn: column)
    }
}

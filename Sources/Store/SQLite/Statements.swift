import GRDB

/// The statements of one connection, each prepared when it is first run. They are used on the connection's own
/// queue only, by whoever has its `Database` in hand.
final class Statements: @unchecked Sendable {
    /// Where the two parts of a text lie: what is part of the program is nowhere else later, and ends with a zero, so
    /// that nothing else begins there.
    private struct Key: Hashable {
        let head: UnsafePointer<UInt8>
        let rest: UnsafePointer<UInt8>
    }

    private var prepared: [Key: PreparedStatement] = [:]

    /// The statement of this text.
    ///
    /// - Parameter head: what it begins with, where several begin alike.
    func callAsFunction(
        head: StaticString = "", _ sql: StaticString, _ database: Database
    ) throws -> PreparedStatement {
        let key = Key(head: head.utf8Start, rest: sql.utf8Start)
        if let statement = prepared[key] { return statement }
        let statement = try PreparedStatement(database, "\(head) \(sql)")
        prepared[key] = statement
        return statement
    }

    /// Forgets them all, so that the connection can be closed.
    func clear() { prepared = [:] }
}

import GRDB

/// The statements of one connection, each prepared when it is first run. They are used on the connection's own
/// queue only, by whoever has its `Database` in hand.
final class Statements: @unchecked Sendable {
    /// By where their texts lie: a text that is part of the program is nowhere else later.
    private var prepared: [UnsafePointer<UInt8>: PreparedStatement] = [:]

    /// The statement of this text.
    ///
    /// - Parameter head: what it begins with, where several begin alike.
    func callAsFunction(
        head: StaticString = "", _ sql: StaticString, _ database: Database
    ) throws -> PreparedStatement {
        if let statement = prepared[sql.utf8Start] { return statement }
        let statement = try PreparedStatement(database, "\(head) \(sql)")
        prepared[sql.utf8Start] = statement
        return statement
    }

    /// Forgets them all, so that the connection can be closed.
    func clear() { prepared = [:] }
}

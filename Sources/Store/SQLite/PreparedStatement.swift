import Dispatching
import GRDB
import GRDBSQLite
import Tuning

/// A statement that is prepared once for a connection and run very often. SQLite's own functions bind and step it,
/// because boxed arguments and rows take longer than SQLite itself.
final class PreparedStatement {
    private let statement: Statement
    /// Whether it uses the table of attempts.
    let namesAttempts: Bool

    init(_ database: Database, _ sql: String) throws {
        namesAttempts = sql.contains("attempts")
        // GRDB's own cache, too, because it prepares statements in a way that leaves SQLite's fast memory to running
        // ones.
        statement = try database.cachedStatement(sql: sql)
    }

    /// Runs it with these arguments, one for each `?`.
    func run<each Argument: Bindable>(_ arguments: repeat each Argument) throws {
        try bind(repeat each arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        while try step() {}
    }

    /// Runs it with these arguments, and calls `body` with each row until that returns false.
    func forEachRow<each Argument: Bindable>(
        _ arguments: repeat each Argument, body: (PreparedRow) throws -> Bool
    ) throws {
        try bind(repeat each arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        let row = PreparedRow(handle: statement.sqliteStatement)
        while try step(), try body(row) {}
    }

    private func bind<each Argument: Bindable>(_ arguments: repeat each Argument) throws {
        var index: Int32 = 0
        for argument in repeat each arguments {
            index += 1
            let code = argument.bind(to: statement.sqliteStatement, at: index)
            if code != SQLITE_OK { throw failure(code) }
        }
    }

    /// Whether there is a row.
    private func step() throws -> Bool {
        let code = sqlite3_step(statement.sqliteStatement)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let words = sqlite3_errmsg(sqlite3_db_handle(statement.sqliteStatement)).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: words, sql: statement.sql)
    }
}

/// The log was altered.
struct AlteredLog: Error, CustomStringConvertible {
    let description: String
}

/// A column has a value of the wrong type: the file is damaged.
struct WrongType: Error, CustomStringConvertible {
    let description: String
}

/// The current row of a running statement. Columns are counted from 0.
///
/// SQLite converts values to the requested type; here that is an error.
struct PreparedRow {
    fileprivate let handle: OpaquePointer

    /// A whole number.
    func int(_ column: Int32) throws -> Int {
        guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else {
            throw wrong(column, "a whole number")
        }
        return Int(sqlite3_column_int64(handle, column))
    }

    /// A whole number; `nil` for NULL.
    func optionalInt(_ column: Int32) throws -> Int? { isNull(column) ? nil : try int(column) }

    /// A whole number that fits into 32 bits; `nil` for NULL.
    func optionalUInt32(_ column: Int32) throws -> UInt32? {
        guard let value = try optionalInt(column) else { return nil }
        guard let number = UInt32(exactly: value) else { throw wrong(column, "a number of 32 bits") }
        return number
    }

    /// A boolean, stored as 1 or 0.
    func bool(_ column: Int32) throws -> Bool { try int(column) != 0 }

    /// A real number.
    func real(_ column: Int32) throws -> Double {
        let type = sqlite3_column_type(handle, column)
        guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else { throw wrong(column, "a number") }
        return sqlite3_column_double(handle, column)
    }

    /// A real number; `nil` for NULL.
    func optionalReal(_ column: Int32) throws -> Double? { isNull(column) ? nil : try real(column) }

    /// A text.
    func text(_ column: Int32) throws -> String {
        try withText(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// The token of an array.
    func token(_ column: Int32) throws -> ArrayToken {
        guard let token = try withText(column, ArrayToken.init(utf8:)) else {
            throw wrong(column, "a token")
        }
        return token
    }

    /// What a task asks for; NULL: what all tasks of the study ask for.
    func request(_ column: Int32) throws -> TaskRequest {
        guard let text = try optionalText(column) else { return .plain }
        guard let request = TaskRequest(text) else { throw wrong(column, "a request") }
        return request
    }

    /// Whether a text is this one.
    func isText(_ column: Int32, _ other: String) throws -> Bool {
        try withText(column) { $0.elementsEqual(other.utf8) }
    }

    /// A text; `nil` for NULL.
    func optionalText(_ column: Int32) throws -> String? { isNull(column) ? nil : try text(column) }

    /// The bytes of a text, valid while `body` runs.
    func withText<Value>(
        _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) throws -> Value {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { throw wrong(column, "a text") }
        let start = sqlite3_column_text(handle, column)
        return try body(
            UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    private func wrong(_ column: Int32, _ wanted: String) -> WrongType {
        let name = sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "?"
        let value = sqlite3_column_text(handle, column).map { String(cString: $0) } ?? "NULL"
        return WrongType(description: "'\(value.prefix(40))' in the column '\(name)' is not \(wanted)")
    }
}

/// A value for a `?`.
protocol Bindable {
    /// Binds it.
    ///
    /// - Returns: SQLite's code.
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32
}

private func bindText(
    _ text: UnsafeBufferPointer<UInt8>, to handle: OpaquePointer, at index: Int32
) -> Int32 {
    // SQLite copies the value.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    guard let start = UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self) else {
        // A null pointer would mean NULL instead of an empty text.
        return sqlite3_bind_text(handle, index, "", 0, transient)
    }
    return sqlite3_bind_text(handle, index, start, Int32(text.count), transient)
}

extension Int: Bindable {
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(handle, index, Int64(self))
    }
}

extension Double: Bindable {
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_double(handle, index, self)
    }
}

extension String: Bindable {
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bindText($0, to: handle, at: index) }
    }
}

extension ArrayToken: Bindable {
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 { digits.bind(to: handle, at: index) }
}

/// JSON or another text, written as bytes.
struct TextBytes: Bindable {
    let bytes: [UInt8]

    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        bytes.withUnsafeBufferPointer { bindText($0, to: handle, at: index) }
    }
}

/// Bytes.
struct BlobBytes: Bindable {
    let bytes: [UInt8]

    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        // SQLite copies the value. A null pointer would mean NULL instead of an empty blob.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        return bytes.isEmpty
            ? sqlite3_bind_zeroblob(handle, index, 0)
            : sqlite3_bind_blob(handle, index, bytes, Int32(bytes.count), transient)
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to handle: OpaquePointer, at index: Int32) -> Int32 {
        self?.bind(to: handle, at: index) ?? sqlite3_bind_null(handle, index)
    }
}

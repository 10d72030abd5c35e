import Foundation
import GRDB

/// The study's SQLite file: the log of events, the tables derived from it, and the outbox.
///
/// Only the controller opens it, and only one controller at a time, which the lease guarantees.
/// `locking_mode=EXCLUSIVE`, set before `journal_mode=WAL`, keeps SQLite's index of the WAL in its own
/// memory: that is the one way in which a WAL is safe on a network filesystem.
package struct Store: Sendable {
    private let queue: DatabaseQueue
    private let statements = Statements()
    private let path: String
    private let fence: @Sendable () -> Bool
    private let objective = ObjectiveMemo()

    /// Opens the store, creates it where there is none, and migrates one of an older version.
    ///
    /// - Parameters:
    ///   - isInMemory: nothing is written to `path`, and all is gone with the process: for a study that only pretends
    ///     to be one.
    ///   - fence: asked at the end of each transaction whether it may still be committed: whether this is still the
    ///     one writer.
    package init(
        path: String, isInMemory: Bool = false, fence: @escaping @Sendable () -> Bool = { true }
    ) throws(StoreError) {
        self.path = path
        self.fence = fence
        queue = try Store.attempt(path) {
            if !isInMemory { try Store.createPrivately(path) }
            let queue =
                isInMemory
                ? try DatabaseQueue(configuration: Store.configuration)
                : try DatabaseQueue(path: path, configuration: Store.configuration)
            try queue.write { try Store.recognise($0, path, mayBeEmpty: true) }
            try Schema.migrator.migrate(queue)
            return queue
        }
    }

    /// Creates an empty file that only its owner may read, where there is none. SQLite gives the files that it
    /// puts beside it the same mode.
    private static func createPrivately(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        let code = errno
        guard descriptor < 0 else {
            // Closed as it goes.
            _ = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            return
        }
        throw .refused(
            path: path, why: String(cString: strerror(code)),
            mayPass: [ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE].contains(code))
    }

    /// Makes a file, or the names in a directory, durable.
    private static func sync(_ path: String) throws {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.synchronize()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA cache_size = -\(StoreLimits.cacheKibibytes);
                    PRAGMA wal_autocheckpoint = \(StoreLimits.logPages);
                    """)
        }
        return configuration
    }

    /// Runs one transaction: all of it is durable on return, or nothing of it happened.
    ///
    /// - Throws: `StoreError.fenced` when it may not be committed any more, and what `body` throws as such.
    package func write<Value>(
        _ body: (Transaction) throws -> Value
    ) throws(StoreError) -> Value {
        try Store.attempt(path) {
            try queue.write { database in
                let transaction = Transaction(
                    database: database, statements: statements, memo: objective)
                let value = try body(transaction)
                try transaction.reader.settle()
                guard fence() else { throw StoreError.fenced(path: path) }
                return value
            }
        }
    }

    /// Copies a store whose last writer may still run somewhere, paused, and hold locks on it: what that one
    /// writes goes into the old file, which nobody reads any more. The copy is whole, or not there.
    package static func copy(_ path: String, to target: String) throws(StoreError) {
        let copy = target + ".tmp"
        try attempt(path) {
            for part in ["", "-wal"] {
                try? FileManager.default.removeItem(atPath: copy + part)
                if FileManager.default.fileExists(atPath: path + part) {
                    try FileManager.default.copyItem(atPath: path + part, toPath: copy + part)
                }
            }
            // Opened alone, SQLite takes the log into the file; closed, the file is all there is.
            let queue = try DatabaseQueue(path: copy, configuration: configuration)
            try queue.write { try recognise($0, path, mayBeEmpty: true) }
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
            try sync(copy)
            guard rename(copy, target) == 0 else {
                throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target])
            }
            try sync(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        }
    }

    /// Removes a store that nobody reads any more; one that is gone already is no error.
    package static func remove(_ path: String) {
        for part in ["", "-wal", "-journal"] { try? FileManager.default.removeItem(atPath: path + part) }
    }

    /// Runs queries against one consistent state: nobody else writes, and a `StoreReader` cannot.
    package func read<Value>(_ body: (StoreReader) throws -> Value) throws(StoreError) -> Value {
        try Store.attempt(path) {
            // GRDB's `read` guards against writes by a pragma, after which SQLite compiles each statement anew.
            try queue.unsafeRead { try body(StoreReader(database: $0, statements: statements)) }
        }
    }

    /// Publishes a copy for readers: by SQLite's backup into a temporary file, then a rename.
    package func publishSnapshot(at target: String) throws(StoreError) {
        let temporary = target + ".tmp"
        try Store.attempt(target) {
            try? FileManager.default.removeItem(atPath: temporary)
            try Store.createPrivately(temporary)
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            let copy = try DatabaseQueue(path: temporary, configuration: configuration)
            try queue.backup(to: copy)
            // A reader must find one whole file: no journal beside it.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            guard rename(temporary, target) == 0 else {
                throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target])
            }
        }
    }

    /// Folds the WAL into the file and closes it. A store that is not closed loses nothing.
    package func close() throws(StoreError) {
        try Store.attempt(path) {
            queue.writeWithoutTransaction { _ in statements.clear() }
            try queue.close()
        }
    }

    /// Runs `body`, which reads what a store holds, and turns what it throws into a `StoreError`.
    package static func decoding<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw .damaged(path: path, why: String(describing: error))
        }
    }

    /// Opens a snapshot, or a copy of a store, for reading only. One of an older version is read into memory and migrated
    /// there: its file stays as it is.
    package static func openSnapshot(_ path: String) throws(StoreError) -> StoreSnapshot {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try attempt(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let isCurrent = try queue.read {
                try recognise($0, path, mayBeEmpty: false)
                return try Schema.migrator.hasCompletedMigrations($0)
            }
            if isCurrent { return queue }
            let copy = try DatabaseQueue()
            try queue.backup(to: copy)
            try Schema.migrator.migrate(copy)
            return copy
        }
        return StoreSnapshot(queue: queue, path: path)
    }

    /// Refuses a file of another program or of a newer version.
    private static func recognise(
        _ database: Database, _ path: String, mayBeEmpty: Bool
    ) throws {
        // A first start that was cut short may have left the migrator's own table alone.
        let isEmpty =
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
            == 0
        if isEmpty && !mayBeEmpty {
            throw StoreError.damaged(path: path, why: "it is empty")
        }
        let identity = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        guard isEmpty || identity == Schema.applicationID else {
            throw StoreError.foreign(path: path, why: "its application id is \(identity ?? 0)")
        }
        guard try !Schema.migrator.hasBeenSuperseded(database) else { throw StoreError.newer(path: path) }
    }

    /// Runs `body` and turns whatever it throws into a `StoreError`.
    static func attempt<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path: path, why: "it is no SQLite file")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .damaged(path: path, why: error.message ?? "SQLite finds it malformed")
        } catch let error as RowDecodingError {
            throw .damaged(path: path, why: error.description)
        } catch let error as WrongType {
            throw .damaged(path: path, why: error.description)
        } catch let error as DatabaseError {
            let passing: [ResultCode] = [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_READONLY]
            // A backup that fails leaves its code, and the connection's own last words: "not an error".
            let words = error.message == "not an error" ? nil : error.message
            throw .refused(
                path: path, why: words ?? error.resultCode.description,
                mayPass: passing.contains(error.resultCode))
        } catch {
            throw .refused(path: path, why: String(describing: error), mayPass: false)
        }
    }
}

/// A snapshot that was opened for reading.
package struct StoreSnapshot: Sendable {
    fileprivate let queue: DatabaseQueue
    fileprivate let statements = Statements()
    fileprivate let path: String

    /// Runs queries against the snapshot.
    package func read<Value>(_ body: (StoreReader) throws -> Value) throws(StoreError) -> Value {
        try Store.attempt(path) {
            try queue.read { try body(StoreReader(database: $0, statements: statements)) }
        }
    }
}

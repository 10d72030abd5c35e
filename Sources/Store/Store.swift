import GRDB
import Spool

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
    private let memory = StoreMemory()
    private let mark: StoreMark?

    /// Opens the store, creates it where there is none, and migrates one of an older version.
    ///
    /// - Parameters:
    ///   - isInMemory: nothing is written to `path`, and all is gone with the process: for a study that only pretends
    ///     to be one.
    ///   - isNew: whether it is the beginning of a study, for which there need not be anything yet.
    ///   - notBefore: a place to which its log has come for certain.
    ///   - fence: asked at the end of each transaction whether it may still be committed: whether this is still the
    ///     one writer.
    package init(
        path: String, isInMemory: Bool = false, isNew: Bool = true, notBefore: LogPlace? = nil,
        fence: @escaping @Sendable () -> Bool = { true }
    ) throws(StoreError) {
        self.path = path
        self.fence = fence
        let known = isInMemory ? nil : StoreMark.read(beside: path) ?? notBefore
        queue = try Store.attempt(path) {
            if !isInMemory {
                try Store.checkFiles(path)
                let isThere = try Files.system.exists(path)
                guard isThere || isNew && known == nil else {
                    throw StoreError.lost(path: path, why: "it is not there")
                }
                if !isThere { try Store.createPrivately(path) }
            }
            let queue =
                isInMemory
                ? try DatabaseQueue(configuration: Store.configuration)
                : try DatabaseQueue(path: path, configuration: Store.configuration)
            try queue.write { database in
                guard try Store.recognise(database, path, mayBeEmpty: true) || isNew && known == nil else {
                    throw StoreError.lost(path: path, why: "it is empty")
                }
                // Before a migration, since that gives each event another digest.
                if let known { try Store.check(known, as: "the study had come to", database, path) }
            }
            try Schema.migrator.migrate(queue)
            return queue
        }
        mark = isInMemory ? nil : StoreMark(beside: path)
    }

    /// Whether the log has come to a place where it is known to have been.
    ///
    /// - Throws: `StoreError.lost`.
    package func check(_ known: LogPlace, as words: String) throws(StoreError) {
        try Store.attempt(path) {
            try queue.unsafeRead { try Store.check(known, as: words, $0, path) }
        }
    }

    private static func check(
        _ known: LogPlace, as words: String, _ database: Database, _ path: String
    ) throws {
        let reader = StoreReader(database: database, statements: Statements())
        if try reader.has(known) { return }
        let last = try reader.eventCount()
        throw StoreError.lost(
            path: path,
            why: last < known.event
                ? "it ends at event \(last), and \(words) event \(known.event)"
                : "its event \(known.event) is another one than \(words) there")
    }

    /// Creates an empty file that only its owner may read. SQLite gives its files beside it the same mode.
    static func createPrivately(_ path: String) throws(FileError) {
        try Files.system.create(path, [], mode: 0o600)
    }

    /// Refuses what is no regular file before SQLite opens it, which would follow a link, and wait at a pipe for ever.
    private static func checkFiles(_ path: String) throws(FileError) {
        for part in ["", "-wal", "-journal"] {
            guard let found = try Files.system.status(path + part), found.kind != .file else { continue }
            throw FileError("open", path + part, detail: "it is not a regular file")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        // Each row would look up what it refers to; the tests hold that it is there.
        configuration.foreignKeysEnabled = false
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
        let (value, place) = try Store.attempt(path) {
            do {
                return try queue.write { database in
                    let transaction = try Transaction(
                        database: database, statements: statements, memory: memory)
                    let value = try body(transaction)
                    let place = try transaction.end()
                    guard fence() else { throw StoreError.fenced(path: path) }
                    return (value, place)
                }
            } catch {
                // What was not committed did not happen.
                queue.unsafeRead { _ in memory.forget() }
                throw error
            }
        }
        if let place { mark?.write(place) }
        return value
    }

    /// Copies a store whose last writer may still run somewhere, paused, and hold locks on it: what that one
    /// writes goes into the old file, which nobody reads any more. The copy is whole, or not there.
    package static func copy(_ path: String, to target: String) throws(StoreError) {
        let copy = target + ".tmp"
        try attempt(path) {
            try checkFiles(path)
            for part in ["", "-wal"] {
                try Files.system.remove(copy + part)
                if try Files.system.exists(path + part) { try Files.copyTree(path + part, to: copy + part) }
            }
            // Opened alone, SQLite takes the log into the file; closed, the file is all there is.
            let queue = try DatabaseQueue(path: copy, configuration: configuration)
            try queue.write { _ = try recognise($0, path, mayBeEmpty: true) }
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
            try Files.sync(copy)
            try Files.system.move(copy, to: target)
        }
    }

    /// Whether a store of this path was written to, though it may be gone.
    package static func hasMark(_ path: String) throws(StoreError) -> Bool {
        try attempt(path) { try Files.system.exists(path + StoreMark.suffix) }
    }

    /// How far a store is known to have come, as is written beside it; `nil`: nothing is, or it cannot be read.
    package static func markedPlace(_ path: String) -> LogPlace? { StoreMark.read(beside: path) }

    /// Renames a store that nobody has open.
    package static func rename(_ path: String, to target: String) throws(StoreError) {
        try attempt(path) { try Files.system.rename(path, to: target) }
    }

    /// How far the log of a store goes whose every event is as it was recorded; `nil`: it has none.
    ///
    /// - Throws: `StoreError` for one that is damaged.
    package static func soundPlace(_ path: String) throws(StoreError) -> LogPlace? {
        let snapshot = try openSnapshot(path)
        defer { try? snapshot.queue.close() }
        return try snapshot.read { reader in
            try reader.forEachFact { _ in }
            return try reader.place()
        }
    }

    /// The names of the files that make up a store.
    package static let parts = ["", "-wal", "-journal", StoreMark.suffix]

    /// Removes a store that nobody reads any more. What cannot be removed stays: it is not the newest.
    package static func remove(_ path: String) {
        for part in parts { try? Files.system.remove(path + part) }
    }

    /// Runs queries against one consistent state: nobody else writes, and a `StoreReader` cannot.
    package func read<Value>(_ body: (StoreReader) throws -> Value) throws(StoreError) -> Value {
        try Store.attempt(path) {
            // GRDB's `read` guards against writes by a pragma, after which SQLite compiles each statement anew.
            try queue.unsafeRead {
                try body(StoreReader(database: $0, statements: statements, memory: memory))
            }
        }
    }

    /// Publishes a copy for readers: by SQLite's backup into a temporary file, then a rename.
    package func publishSnapshot(at target: String) throws(StoreError) {
        let temporary = target + ".tmp"
        try Store.attempt(target) {
            for part in ["", "-journal", "-wal"] { try Files.system.remove(temporary + part) }
            try Store.createPrivately(temporary)
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            let copy = try DatabaseQueue(path: temporary, configuration: configuration)
            try queue.backup(to: copy)
            // A reader must find one whole file: no journal beside it.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            // The file under its final name must be complete even after a power failure.
            try Files.sync(temporary)
            try Files.system.move(temporary, to: target)
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
            try checkFiles(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let isCurrent = try queue.read {
                _ = try recognise($0, path, mayBeEmpty: false)
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

    /// How far the log of a snapshot goes; `nil`: it has none.
    package static func place(ofSnapshot path: String) throws(StoreError) -> LogPlace? {
        var configuration = Configuration()
        configuration.readonly = true
        return try attempt(path) {
            try checkFiles(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { database in
                _ = try recognise(database, path, mayBeEmpty: false)
                return try StoreReader(database: database, statements: Statements()).place()
            }
        }
    }

    /// Refuses a file of another program or of a newer version.
    ///
    /// - Returns: whether it has any table.
    private static func recognise(
        _ database: Database, _ path: String, mayBeEmpty: Bool
    ) throws -> Bool {
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
        return !isEmpty
    }

    /// Runs `body` and converts its errors to `StoreError`.
    static func attempt<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as FileError {
            throw .refused(path: path, why: error.description, mayPass: error.mayPass)
        } catch let error as SpoolError {
            throw .refused(path: path, why: error.description, mayPass: error.mayPass)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .foreign(path: path, why: "it is not an SQLite file")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .damaged(path: path, why: error.message ?? "SQLite finds it malformed")
        } catch let error as AlteredLog {
            throw .damaged(path: path, why: error.description)
        } catch let error as RowDecodingError {
            throw .damaged(path: path, why: error.description)
        } catch let error as WrongType {
            throw .damaged(path: path, why: error.description)
        } catch let error as DatabaseError {
            // SQLite returns only CANTOPEN for a file that the system does not open. That the file exists and is ours
            // was checked before.
            let passing: [ResultCode] = [
                .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_READONLY, .SQLITE_CANTOPEN,
                .SQLITE_NOMEM,
                .SQLITE_PERM, .SQLITE_PROTOCOL, .SQLITE_LOCKED, .SQLITE_INTERRUPT,
            ]
            // A failed backup leaves its code, while the connection's message is "not an error".
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
    let queue: DatabaseQueue
    fileprivate let statements = Statements()
    fileprivate let path: String

    /// Runs queries against the snapshot.
    package func read<Value>(_ body: (StoreReader) throws -> Value) throws(StoreError) -> Value {
        try Store.attempt(path) {
            try queue.read { try body(StoreReader(database: $0, statements: statements)) }
        }
    }
}

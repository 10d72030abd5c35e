import GRDB

/// The rows of all tables of a store's file, as text, to compare rebuilt tables with the original.
package struct StoreTables {
    /// The rows of each table, sorted.
    private let rows: [String: [String]]
    /// The tables with a row that refers to a missing one.
    package let broken: [String]

    /// Reads a store that no process has open.
    package init(at path: String) throws {
        let queue = try DatabaseQueue(path: path)
        (rows, broken) = try queue.read { database in
            let names = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            let rows = try names.map { name in
                (name, try Row.fetchAll(database, sql: "SELECT * FROM \(name)").map(\.description).sorted())
            }
            let broken = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map {
                $0["table"] as String
            }
            return (Dictionary(uniqueKeysWithValues: rows), broken)
        }
        try queue.close()
    }

    /// The first table, by name, whose rows differ, with the first row that only one of them has.
    package func difference(from other: StoreTables) -> String? {
        for name in Set(rows.keys).union(other.rows.keys).sorted() {
            let (own, others) = (rows[name] ?? [], other.rows[name] ?? [])
            guard own != others else { continue }
            let odd = Set(own).symmetricDifference(others).min()
            return "\(name): \(own.count) rows, then \(others.count); \(odd ?? "")"
        }
        return nil
    }
}

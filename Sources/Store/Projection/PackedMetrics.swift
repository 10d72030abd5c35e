import Foundation
import GRDB

/// The metrics of a report in a row: their names, of which a study has few lists, and their values.
struct PackedMetrics {
    /// The names, in the order of their bytes.
    let names: [String]
    /// The values in that order: 8 bytes each, little-endian.
    let bytes: BlobBytes

    /// The metrics of a report.
    init(_ metrics: [String: Double]) {
        let ordered = metrics.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        names = ordered.map(\.key)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ordered.count * PackedMetrics.width)
        for (_, value) in ordered {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        self.bytes = BlobBytes(bytes: bytes)
    }

    private static let width = 8

    /// The metrics of a row.
    ///
    /// - Throws: if the numbers of values and names differ.
    static func metrics(_ names: [String], _ data: Data) throws -> [String: Double] {
        guard data.count == names.count * width else {
            throw WrongType(description: "a report has \(data.count) bytes for \(names.count) metrics")
        }
        let bytes = [UInt8](data)
        var metrics: [String: Double] = [:]
        for (place, name) in names.enumerated() {
            var bits: UInt64 = 0
            for byte in bytes[place * width..<(place + 1) * width].reversed() {
                bits = bits << 8 | UInt64(byte)
            }
            metrics[name] = Double(bitPattern: bits)
        }
        return metrics
    }

    /// Packs the metrics of a store of an earlier version, which has them as JSON.
    static func migrate(_ database: Database) throws {
        try database.execute(sql: tables)
        let reports = try Row.fetchCursor(database, sql: "SELECT * FROM reports")
        var numbers: [[String]: Int] = [:]
        while let row = try reports.next() {
            let metrics: [String: Double] = try StoreJSON.value(from: row.value("metrics"))
            let packed = PackedMetrics(metrics)
            if numbers[packed.names] == nil {
                numbers[packed.names] = numbers.count + 1
                try database.execute(
                    sql: "INSERT INTO metric_names (id, names) VALUES (?, ?)",
                    arguments: [numbers.count, try StoreJSON.text(packed.names)])
            }
            try database.execute(
                sql: "INSERT INTO new_reports VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    try row.value("assignment") as Int, try row.value("epoch") as Int,
                    try row.value("resource") as Int, try row.value("event") as Int,
                    try row.value("current") as Int, try row.value("value") as Double?,
                    numbers[packed.names],
                    Data(packed.bytes.bytes),
                ])
        }
        try database.execute(sql: "DROP TABLE reports; ALTER TABLE new_reports RENAME TO reports")
    }

    private static let tables = """
        CREATE TABLE metric_names (
          id INTEGER PRIMARY KEY,
          names TEXT NOT NULL UNIQUE     -- JSON array of the names of a report's metrics, in the order of their bytes
        );
        CREATE TABLE new_reports (
          assignment INTEGER NOT NULL REFERENCES assignments (id),
          epoch INTEGER NOT NULL,
          resource INTEGER NOT NULL CHECK (resource >= 0),
          event INTEGER NOT NULL,        -- the event that it was recorded by
          current INTEGER NOT NULL CHECK (current IN (0, 1)),  -- 0: of a superseded attempt
          value REAL,                    -- the objective; NULL when not a finite number
          names INTEGER NOT NULL REFERENCES metric_names (id),
          metrics BLOB NOT NULL,         -- 8 bytes for each name: a finite number, its lowest byte first
          PRIMARY KEY (assignment, epoch, resource, event)
        ) WITHOUT ROWID;
        """
}

extension StoreReader {
    /// The lists of names of metrics, by number.
    func metricNames() throws -> [Int: [String]] {
        let rows = try all("SELECT id, names FROM metric_names") { row in
            (try row.int(0), try StoreJSON.value([String].self, from: row.text(1)))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The metrics of a row with the columns `names` and `metrics`.
    func metrics(_ row: Row, _ names: [Int: [String]]) throws -> [String: Double] {
        let number: Int = try row.value("names")
        guard let names = names[number] else {
            throw WrongType(description: "a report has metrics of the names \(number), which are unknown")
        }
        return try PackedMetrics.metrics(names, row.value("metrics"))
    }
}

import GRDB
import Spool

extension StoreSnapshot {
    /// Writes a copy of the snapshot in which only some checkpoints are listed: those that lie beside the copy. The same
    /// snapshot gives the same bytes.
    ///
    /// - Parameters:
    ///   - path: where it is written; there must be no file.
    ///   - checkpoints: the paths of the checkpoints that are listed, relative to the study's directory.
    package func copy(to path: String, listing checkpoints: Set<String>) throws(StoreError) {
        try Store.attempt(path) {
            try Store.createPrivately(path)
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            let copy = try DatabaseQueue(path: path, configuration: configuration)
            try queue.backup(to: copy)
            try copy.writeWithoutTransaction { database in
                // A reader must find one whole file: no journal beside it.
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
                try database.execute(
                    sql: "DELETE FROM checkpoints WHERE path NOT IN (SELECT value FROM json_each(?))",
                    arguments: [try StoreJSON.text(checkpoints.sorted())])
                try database.execute(sql: "VACUUM")
            }
            try copy.close()
        }
    }
}

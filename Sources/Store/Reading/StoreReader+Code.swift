package import Tuning

/// Which code a study's command was.
extension StoreReader {
    /// The code that a controller has found, and since when.
    package struct CodeRow: Hashable, Sendable {
        /// The event's number.
        package var event: Int
        /// When it was recorded, in seconds since 1970.
        package var time: Double
        /// The code.
        package var code: CommandCode

        /// A row from its parts.
        package init(event: Int, time: Double, code: CommandCode) {
            (self.event, self.time, self.code) = (event, time, code)
        }
    }

    /// What controllers have found at their starts, oldest first; one that has found the same as the one before it is left
    /// out.
    package func codes() throws -> [CodeRow] {
        try all("SELECT event, time, body FROM codes ORDER BY event") { row in
            CodeRow(
                event: try row.int(0), time: try row.real(1),
                code: try StoreJSON.value(from: try row.text(2)))
        }
    }
}

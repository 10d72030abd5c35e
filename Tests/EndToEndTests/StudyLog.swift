import Spool
import Store

/// What the tests read of a study: its snapshot.
struct StudyLog {
    private let snapshot: StoreSnapshot

    init(_ workplace: Workplace) throws {
        snapshot = try Store.openSnapshot(StudyDirectory(workplace.study).snapshot)
    }

    /// All decisions, in order, as recorded.
    func decisions() throws -> [String] {
        try snapshot.read { reader in
            var all: [String] = []
            try reader.forEachEvent { all += $0.decisions }
            return all
        }
    }

    /// Reads the snapshot.
    func read<Value>(_ body: (StoreReader) throws -> Value) throws -> Value { try snapshot.read(body) }
}

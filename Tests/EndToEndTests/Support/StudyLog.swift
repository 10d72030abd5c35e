import Spool
import Store
import Testing
import Tuning

/// The part of a study that the tests read: its snapshot.
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

    /// All decisions, in order.
    func decided() throws -> [Decision] {
        try snapshot.read { reader in
            var all: [Decision] = []
            try reader.forEachEvent { all += try $0.decided() }
            return all
        }
    }

    /// The study has completed with this many trials, none failed or cancelled.
    func expectComplete(trials: Int, _ place: SourceLocation = #_sourceLocation) throws {
        let (outcome, counts) = try read { (try $0.outcome(), try $0.trialCounts()) }
        #expect(outcome == .completed, sourceLocation: place)
        #expect(counts.values.reduce(0, +) == trials, "\(counts)", sourceLocation: place)
        #expect(counts["failed"] == nil && counts["cancelled"] == nil, "\(counts)", sourceLocation: place)
    }

    /// Reads the snapshot.
    func read<Value>(_ body: (StoreReader) throws -> Value) throws -> Value { try snapshot.read(body) }
}

import Clusters
import Dispatching
import Spool
import Synchronization
import Tuning

/// A cluster whose tasks have finished as soon as they are submitted, and left one letter each; some of them start and
/// send nothing more.
///
/// Its own work is not the controller's, so it counts its own time.
final class InstantTasks: Cluster {
    private struct State {
        var arrays: [(id: ArrayID, token: ArrayToken, indices: [Int])] = []
        var submitted: UInt32 = 0
        var reports = 0
        var seconds = 0.0
        var processor = 0.0
    }

    private let state = Mutex(State())
    private let study: StudyDirectory
    private let levels: [Resource]
    private let steps: Int
    private let limit: Int
    private let waits: @Sendable (TrialID) -> Bool

    /// - Parameter levels: the resource of each rung.
    /// - Parameter steps: the resource between two reports of a task.
    /// - Parameter limit: MaxArraySize.
    /// - Parameter waits: whether a trial's tasks never send a message.
    init(
        _ study: StudyDirectory, levels: [Resource], steps: Int = 1, limit: Int = 4_000_001,
        waits: @escaping @Sendable (TrialID) -> Bool = { _ in false }
    ) {
        self.study = study
        self.levels = levels
        self.steps = steps
        self.limit = limit
        self.waits = waits
    }

    /// How many reports were written, and the seconds that this took, by the clock and by the processor.
    var written: (reports: Int, seconds: Double, processor: Double) {
        state.withLock { ($0.reports, $0.seconds, $0.processor) }
    }

    func maxArraySize() async throws(ClusterError) -> Int { limit }

    func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
        let (start, processor) = (seconds(), processorSeconds())
        let id = state.withLock { state in
            state.submitted += 1
            let id = ArrayID(state.submitted)
            state.arrays.append((id, array.token, array.indices))
            // Kept long enough for questions about an array that has just ended.
            if state.arrays.count > 64 { state.arrays.removeFirst() }
            return id
        }
        do throws(FileError) {
            let reports = try run(array, id)
            state.withLock { state in
                state.reports += reports
                state.seconds += seconds() - start
                state.processor += processorSeconds() - processor
            }
        } catch {
            throw .busy(reason: error.description)
        }
        return id
    }

    func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
        state.withLock { $0.arrays.filter { $0.token == token }.map(\.id) }
    }

    func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
        state.withLock { state in
            state.arrays.filter { arrays.contains($0.id) }.flatMap { array in
                array.indices.map {
                    TaskSighting(
                        task: TaskID(array: array.id, index: $0), token: array.token, state: .running,
                        stateName: "RUNNING")
                }
            }
        }
    }

    func cancel(_ tasks: [TaskID]) async throws(ClusterError) {}

    func isRunning(job: UInt32) async throws(ClusterError) -> Bool? { nil }

    /// Writes the letters of an array.
    ///
    /// - Returns: how many reports are in them.
    private func run(_ array: TaskArray, _ id: ArrayID) throws(FileError) -> Int {
        guard let (rung, offset) = Self.place(array.name) else { return 0 }
        let from = rung == 0 ? 0 : levels[rung - 1].units
        let to = levels[rung].units
        var reports = 0
        for index in array.indices {
            let trial = TrialID(offset + index)
            if waits(trial) { continue }
            var letter = Letter(token: array.token, index: index)
            letter.add(#""array":\#(id),"host":"node\#(index % 100)","process":4711"#, "started")
            let loss = Letter.loss(trial)
            for resource in stride(from: from + steps, through: to, by: steps) {
                if resource == to { letter.add(#""bytes":0,"resource":\#(resource)"#, "checkpoint") }
                letter.add(report: loss + 1 / Double(resource), at: resource)
                reports += 1
            }
            letter.add(#""ending":"finished""#, "ended")
            try study.files.create(letter.path(in: study), letter.bytes, mode: 0o600)
        }
        // Nobody reads it again, and it would fill a file system in memory.
        try study.files.unlink(study.manifest(array.token))
        return reports
    }

    /// The rung and the offset from a job's name: `bench.rung1+1000.0123456789abcdef`.
    private static func place(_ name: String) -> (rung: Int, offset: Int)? {
        let parts = name.split(separator: ".")
        guard parts.count == 3 else { return nil }
        let numbers = parts[1].dropFirst(4).split(separator: "+").compactMap { Int($0) }
        return numbers.first.map { ($0, numbers.count > 1 ? numbers[1] : 0) }
    }
}

/// A letter that is being written.
struct Letter {
    private(set) var bytes: [UInt8] = []
    private var sequence: Int
    private let first: Int
    private let token: ArrayToken
    private let index: Int

    /// A letter of a task's first start.
    init(token: ArrayToken, index: Int, sequence: Int = 0) {
        (self.token, self.index, self.sequence, first) = (token, index, sequence, sequence)
    }

    /// The path of the letter.
    func path(in study: StudyDirectory) -> String {
        "\(study.inbox)/\(index % SpoolLimits.inboxShards)/new/\(token).\(index).0.\(first)"
    }

    /// Adds a message.
    mutating func add(_ fields: String, _ type: String) {
        bytes +=
            """
            {"version":1,"token":"\(token)","index":\(index),"epoch":0,"sequence":\(sequence),\
            "time":1790000000.5,"type":"\(type)",\(fields)}

            """.utf8
        sequence += 1
    }

    /// Adds a report of two metrics.
    mutating func add(report loss: Double, at resource: Int) {
        add(
            #""resource":\#(resource),"metrics":{"accuracy":\#(1 - loss / 4),"val_loss":\#(loss)}"#,
            "report")
    }

    /// A number from 0 to 1 that depends on the trial.
    static func loss(_ trial: TrialID) -> Double {
        var random = Random(seed: 1, stream: UInt64(trial.number))
        return random.unit()
    }
}

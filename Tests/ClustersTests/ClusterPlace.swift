import Clusters
import Dispatching
import Foundation
import Spool
import StudyFile
import Testing
import Tuning

/// A temporary directory with a study, removed with this object.
final class ClusterPlace: Sendable {
    /// A time limit for what an idle cluster does at once.
    static let patience = Duration.seconds(180)

    let path: String
    let study: StudyDirectory

    init() throws {
        let base = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        path = (base.hasSuffix("/") ? base : base + "/") + "stune-\(UUID().uuidString)"
        study = StudyDirectory("\(path)/study.stune")
        try Files.system.createDirectory("\(path)/work")
        try study.create()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The default directory of tasks.
    var work: String { "\(path)/work" }

    /// An array that runs a script of /bin/sh, with these arguments as "$@" and its token as "$0".
    func array(_ script: String, _ arguments: [String] = [], indices: [Int] = [0]) -> TaskArray {
        let token = ArrayToken(bits: .random(in: .min ... .max))
        return TaskArray(
            token: token, name: "conformance.rung0.\(token)", indices: indices,
            command: ["/bin/sh", "-c", script, token.digits] + arguments, workingDirectory: work,
            logDirectory: path, studyDirectory: study.path, options: BatchOptions())
    }

    /// A file's text; empty when there is none.
    func text(_ name: String) -> String {
        guard let bytes = FileManager.default.contents(atPath: "\(work)/\(name)") else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in the working directory.
    func entries() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: work).sorted() }

    /// Runs a short command in the working directory and returns what it printed.
    func run(_ command: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(filePath: work)
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(command)")
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Cluster {
    /// The sightings of an array, by index, when they are as wanted; otherwise those of the last look.
    func sightings(
        of array: ArrayID, when wanted: ([TaskSighting]) -> Bool
    ) async throws -> [TaskSighting] {
        let end = ContinuousClock.now + ClusterPlace.patience
        while true {
            let seen = try await sightings(of: [array]).sorted { $0.task < $1.task }
            if wanted(seen) || ContinuousClock.now > end { return seen }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The state of each task of an array when all are over.
    func states(ofFinished array: TaskArray, _ id: ArrayID) async throws -> [Int: TaskState] {
        let seen = try await sightings(of: id) { seen in
            seen.count == array.indices.count && seen.allSatisfy { $0.state.isOver }
        }
        #expect(seen.map(\.task.index) == array.indices)
        return Dictionary(seen.map { ($0.task.index, $0.state) }) { first, _ in first }
    }

    /// Submits an array and waits until all of it is complete.
    func complete(_ array: TaskArray) async throws -> ArrayID {
        let id = try await submit(array)
        let states = try await states(ofFinished: array, id)
        #expect(states.values.allSatisfy { $0 == .completed }, "\(states)")
        return id
    }

    /// Cancels all of an array and waits until none of it waits or runs. A task that had not started may be absent,
    /// because Slurm keeps no record of it.
    @discardableResult
    func clear(_ array: TaskArray, _ id: ArrayID) async throws -> [TaskSighting] {
        try await cancel(array.indices.map { TaskID(array: id, index: $0) })
        let seen = try await sightings(of: id) { $0.allSatisfy { $0.state.isOver } }
        #expect(seen.allSatisfy { $0.state == .cancelled }, "\(seen)")
        return seen
    }
}

/// The implementations of `Cluster`.
enum ClusterKind: CaseIterable, Sendable {
    case local, slurm, commands

    /// Whether the environment has a Slurm for tests: SLURM_CONF names it.
    static let hasSlurm = ProcessInfo.processInfo.environment["STUNE_TEST_SLURM"] == "1"

    /// Whether the nodes of that Slurm have GPUs.
    static let hasGPUs = hasSlurm && ProcessInfo.processInfo.environment["STUNE_TEST_SITES"] == "1"

    /// Whether it can be tested here.
    var isHere: Bool {
        #if Slurm
            self == .local || ClusterKind.hasSlurm
        #else
            self == .local
        #endif
    }

    /// A cluster of this kind.
    func cluster(at place: ClusterPlace) -> any Cluster {
        #if Slurm
            if self != .local { return SlurmCluster(by: self == .slurm ? .library : .commands) }
        #endif
        return LocalCluster(study: place.study, slots: 2)
    }
}

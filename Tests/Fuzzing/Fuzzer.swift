import Dispatching
import Foundation
import Store
import Tuning

/// Feeds each parser in turn with inputs that depend only on the seed and the input's number.
package final class Fuzzer {
    /// The result of one input.
    package struct Outcome {
        /// The parser.
        package var parser: String
        /// The input.
        package var bytes: [UInt8]
        /// Whether the parser accepted it.
        package var isAccepted = false
        /// The seconds that parsing took.
        package var seconds = 0.0
        /// What is wrong, in words; `nil` if nothing is.
        package var finding: String?
    }

    /// An input that takes longer than this is a finding.
    private static let patience = 1.0
    /// One in this many inputs is a store, because each takes milliseconds.
    private static let storeShare: UInt64 = 1_000

    private let seed: UInt64
    private let parsers: [Parser]
    private let store: StoreParser

    /// A fuzzer that may write into this directory.
    package init(seed: UInt64, directory: String) throws {
        self.seed = seed
        parsers = try Parser.all()
        store = try StoreParser(directory: directory)
    }

    /// Parses the input with this number.
    package func feed(_ input: UInt64) -> Outcome {
        var mutator = Mutator(seed: seed, input: input)
        if input % Fuzzer.storeShare == Fuzzer.storeShare - 1 {
            let bytes = mutator.input([store.valid])
            return measure("store", bytes) { try store.accepts($0) }
        }
        let parser = parsers[Int(input % UInt64(parsers.count))]
        return measure(parser.name, mutator.input(parser.seeds), parser.accepts)
    }

    private func measure(
        _ name: String, _ bytes: [UInt8], _ accepts: ([UInt8]) throws -> Bool
    ) -> Outcome {
        var outcome = Outcome(parser: name, bytes: bytes)
        let clock = ContinuousClock()
        let start = clock.now
        do {
            outcome.isAccepted = try accepts(bytes)
        } catch {
            outcome.finding = "what was read, written and read again is not equal: \(error)"
        }
        let taken = (clock.now - start).components
        outcome.seconds = Double(taken.seconds) + Double(taken.attoseconds) * 1e-18
        if outcome.seconds > Fuzzer.patience {
            outcome.finding = "it took \(outcome.seconds) s for \(bytes.count) bytes"
        }
        return outcome
    }
}

/// Changes bytes of the store's file and reads it as `stune status` and `stune show` do.
struct StoreParser {
    /// A valid snapshot.
    let valid: [UInt8]
    private let path: String

    init(directory: String) throws {
        path = directory + "/snapshot.db"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let store = try Store(path: directory + "/study.db")
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize),
            space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear))]),
            searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(3)), trials: 9, parallel: 9)
        var study = Study()
        let decisions = study.apply(.accepted(plan))
        try store.write { transaction in
            if try transaction.reader.study() != nil { return }
            try transaction.createStudy(name: "s", spec: "{}", time: 0)
            try transaction.append(.accepted(plan), decisions, time: 0)
            let tasks = decisions.compactMap { decision -> PlannedArray.Lane? in
                guard case .evaluate(let assignment) = decision else { return nil }
                return PlannedArray.Lane(index: assignment.trial.number, assignment: assignment)
            }
            let token = ArrayToken(bits: 0x0123_4567_89ab_cdef)
            try transaction.record(.submit(PlannedArray(token: token, name: "s.rung0", lanes: tasks)))
        }
        try store.publishSnapshot(at: path)
        try store.close()
        valid = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func accepts(_ bytes: [UInt8]) throws -> Bool {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
            try Store.openSnapshot(path).read { reader in
                _ = try reader.study()
                for trial in try reader.trials() { _ = try reader.attempts(of: trial.trial) }
                _ = (try reader.ladder(.minimize), try reader.reports(), try reader.openTasks())
                try reader.forEachEvent { _ = $0.body }
            }
        } catch {
            return false
        }
        return true
    }
}

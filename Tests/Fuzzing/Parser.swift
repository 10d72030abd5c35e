import Clusters
import Controller
import Curves
import Dispatching
import Foundation
import Simulated
import Slurm
import Spool
import Store
import StudyFile
import Tuning
import Wire
import Worker

/// A parser of external input: a file of the spool, the study file, a text from Slurm, the store.
package struct Parser: Sendable {
    /// Its name in tables and in the names of kept inputs.
    package let name: String
    /// Valid inputs, which the mutations begin with.
    package let seeds: [[UInt8]]
    /// Parses an input and returns whether it was accepted. An accepted value must stay equal after writing and reading
    /// it.
    package let accepts: @Sendable ([UInt8]) throws -> Bool

    /// The value changed when it was written and read again.
    struct NotEqual: Error {}

    /// All parsers.
    package static func all() throws -> [Parser] {
        let command = try CommandTemplate(["python3", "train.py", "--lr={lr}", "--epochs={stune.to}"])
        return [
            json("letter", messages), json("manifest", [manifest(command)]), json("claim", [claim]),
            json("lease", [Lease.Holder(host: "n1", process: 7, startTicks: 9, job: 4_821)]),
            json("event", events), json("decision", decisions), json("intent", intents),
            json("template", [command]),
            plain("plain letter", messages) { Message(plain: $0[...]) },
            plain("plain manifest", [manifest(command)]) { Manifest(plain: $0) },
            line("line of an event", events, { $0.write($1) }, Event.init(line:)),
            line("line of a decision", decisions, { $0.write($1) }, Decision.init(line:)),
            plain("plain intent", intents) { bytes in
                bytes.withUnsafeBufferPointer { Intent(plain: $0) }
            },
            Parser(name: "study file", seeds: [Array(Parser.study.utf8)]) { bytes in
                do throws(InvalidStudyFile) {
                    _ = try StudyFile.read(bytes: bytes, file: "study.yaml")
                } catch {
                    return false
                }
                return true
            },
            Parser(name: "imported space", seeds: Parser.spaces.map { Array($0.utf8) }) { bytes in
                do throws(InvalidStudyFile) {
                    _ = try SpaceImport.read(bytes: bytes, file: "space", from: nil)
                } catch {
                    return false
                }
                return true
            },
            Parser(
                name: "report line",
                seeds: [
                    "{\"resource\":3,\"metrics\":{\"loss\":0.25,\"accuracy\":\"nan\"}}",
                    "{\"checkpoint\":3}",
                    "{\"resource\":1,\"metrics\":{\"loss\":-Infinity}}",
                ].map { Array($0.utf8) }
            ) { bytes in
                var log = AttemptLog(metrics: ["loss"], from: .none, to: Resource(9))
                var isAccepted = false
                for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
                    if case .note = log.wrote(Array(line)) { continue }
                    isAccepted = true
                }
                return isAccepted
            },
            text("comment", ["a study stune:0123456789abcdef:/scratch/me/x.stune"]) { text in
                guard let comment = JobComment(text) else { return false }
                guard JobComment(comment.description) == comment else { throw NotEqual() }
                return true
            },
            text("indices", ["3,17,942", "0-9:3,44%2", "1-7:2"]) { TaskIndices($0) != nil },
            text("token", ["0123456789abcdef"]) { text in
                guard let token = ArrayToken(text) else { return false }
                guard token.digits == text else { throw NotEqual() }
                return true
            },
        ] + ofSimulations + [try archive()]
    }

    /// What reads the files and options of a simulated study.
    private static var ofSimulations: [Parser] {
        [
            Parser(name: "table", seeds: [Array(Parser.table.utf8), Parser.packedTable]) { bytes in
                do throws(InvalidTable) {
                    let table = try CurveTable.read(bytes, file: "t.csv", for: Parser.tablePlan)
                    let steps = table.drawn(seed: 1).steps(
                        of: TrialID(0), Configuration(), from: .none, to: Resource(9))
                    guard steps.allSatisfy({ $0.seconds >= 0 && $0.seconds.isFinite }) else { return false }
                } catch {
                    return false
                }
                return true
            },
            Parser(name: "prior table", seeds: [Array(Parser.table.utf8), Parser.packedTable]) { bytes in
                do throws(InvalidTable) {
                    let found = try PriorTable.read(bytes, file: "t.csv", for: Parser.tablePlan)
                    guard found.results.trials.allSatisfy({ !$0.results.isEmpty }) else { return false }
                    return found.count > 0
                } catch {
                    return false
                }
            },
            text("waits", ["60\n# none\n 0.5\r\n"]) { text in
                (try? QueueWait.trace(text, file: "waits.txt")) != nil
            },
            text("setting", ["scheduler.type=none,trials=7", "parameters.lr.max=[1, 2]"]) { text in
                guard let settings = try? Setting.list(text) else { return false }
                guard settings.map(\.description).joined(separator: ",") == text else { throw NotEqual() }
                return true
            },
        ]
    }

    private static func text(
        _ name: String, _ seeds: [String], _ accepts: @escaping @Sendable (String) throws -> Bool
    ) -> Parser {
        Parser(name: name, seeds: seeds.map { Array($0.utf8) }) {
            try accepts(String(decoding: $0, as: UTF8.self))
        }
    }

    /// A parser of a JSON value's usual form: what it accepts, Codable must read as the same value.
    private static func plain<Value: Codable & Hashable & Sendable>(
        _ name: String, _ values: [Value], _ read: @escaping @Sendable ([UInt8]) -> Value?
    ) -> Parser {
        Parser(name: name, seeds: values.map { SpoolJSON.encode($0) }.filter { read($0) != nil }) { bytes in
            guard let value = read(bytes) else { return false }
            guard (try? SpoolJSON.decode(Value.self, from: bytes)) == value else { throw NotEqual() }
            return true
        }
    }

    /// A parser of lines of the log: an accepted value is written as a line that reads as the same value, or left to
    /// Codable.
    private static func line<Value: Hashable & Sendable>(
        _ name: String, _ values: [Value],
        _ write: @escaping @Sendable (inout JSONWriter, Value) -> Bool,
        _ read: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Value?
    ) -> Parser {
        let text = { @Sendable (value: Value) -> [UInt8]? in
            var writer = JSONWriter()
            return write(&writer, value) ? writer.bytes : nil
        }
        return Parser(name: name, seeds: values.compactMap(text)) { bytes in
            guard let value = bytes.withUnsafeBufferPointer(read) else { return false }
            guard let written = text(value) else { return true }
            guard written.withUnsafeBufferPointer(read) == value else { throw NotEqual() }
            return true
        }
    }

    /// A parser of one JSON value, as the spool's files and the store's rows are.
    private static func json<Value: Codable & Hashable & Sendable>(_ name: String, _ values: [Value])
        -> Parser
    {
        Parser(name: name, seeds: values.map { SpoolJSON.encode($0) }) { bytes in
            guard let value = try? SpoolJSON.decode(Value.self, from: bytes) else { return false }
            guard try SpoolJSON.decode(Value.self, from: SpoolJSON.encode(value)) == value else {
                throw NotEqual()
            }
            return true
        }
    }
}

/// Valid values, from the project's own types.
extension Parser {
    private static let attempt = Turn(token: ArrayToken(bits: 7), index: 3, epoch: 1)

    private static var messages: [Message] {
        let bodies: [Message.Body] = [
            .started(.init(array: 4_821, host: "n1", process: 77)),
            .report(resource: Resource(3), metrics: ["loss": 0.25, "a": 1e-9], nonFinite: ["b": "nan"]),
            .checkpoint(resource: Resource(3)), .ended(.finished, stderrTail: ""),
            .ended(.exited(code: 3), stderrTail: "Traceback\n\u{e9}"),
            .ended(.signalled(number: 9), stderrTail: ""),
            .ended(.badReport(reason: "why"), stderrTail: ""), .ended(.wentOn, stderrTail: ""),
            .ended(.givenBack, stderrTail: ""), .ended(.paused, stderrTail: ""),
            .ended(.setupFailed(reason: "line 1"), stderrTail: "no"),
            .ended(.crashedLeaving(reason: "code 1"), stderrTail: ""),
            .started(.init(array: 4_821, host: "n1", process: 77, home: 1)),
            .checkpoint(resource: Resource(3), home: 1, bytes: 4_096), .waiting(secondsLeft: 59.5),
            .idle(secondsLeft: nil),
        ]
        return bodies.enumerated().map { number, body in
            var attempt = attempt
            attempt.turn = number / 8
            return Message(attempt: attempt, sequence: number, time: 1_790_000_000.25, body: body)
        }
    }

    private static var claim: Claim { Claim(array: 4_821, host: "n1", process: 77) }

    private static let configuration = Tuning.Configuration([
        "lr": .float(0.001), "layers": .int(3), "optimizer": .string("sgd \"$(x)\""),
        "nesterov": .bool(true),
    ])

    private static func manifest(_ command: CommandTemplate) -> Manifest {
        Manifest(
            study: "digits", token: ArrayToken(bits: 7), metric: "loss", command: command,
            workingDirectory: "/scratch/me",
            entries: (0..<3).map {
                Manifest.Entry(
                    index: $0, trial: TrialID($0), rung: 1, configuration: configuration, from: Resource(1),
                    to: Resource(3), resume: "trials/0/\($0)/a/checkpoints/1")
            })
    }

    private static let plan = Plan(
        objective: Objective(metric: "loss", goal: .minimize),
        space: SearchSpace(
            [
                Parameter(name: "lr", domain: .float(min: 1e-4, max: 1, scale: .log)),
                Parameter(name: "layers", domain: .int(min: 1, max: 9, scale: .linear)),
                Parameter(name: "optimizer", domain: .choice([.string("sgd"), .int(2), .bool(true)])),
                Parameter(
                    name: "decay", domain: .lognormal(mean: -7, sd: 1, max: 0.5),
                    prior: Prior(value: .float(1e-3))),
            ], constraints: [.forbidden([Condition(parent: "layers", values: [.int(7)])])]),
        searcher: .random(seed: 7),
        scheduler: .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
        trials: 9, parallel: 3, points: [Configuration(["lr": .float(0.5)])])

    /// The plan without the column that the table does not have.
    private static var tablePlan: Plan {
        var plan = plan
        plan.space.parameters.removeLast()
        return plan
    }

    private static let table = """
        config,lr,layers,optimizer,resource,loss,seconds
        a,0.01,3,sgd,1,2.5,10
        a,0.01,3,sgd,3,nan,20
        "b, ""2""\u{22},0.5,9,2,1,,1e-3

        """

    /// A table as gzip packs it.
    private static let packedTable = [UInt8](
        Data(
            base64Encoded:
                "H4sIAAAAAAACAwXBQQ6AIAwEwDtv2RjQFxGopEmhpqsHfb0zzdepAxaw+koQft069ZNACP2JJjAnQWm+OlNF3nLBAY6Ogh0l/ZqQF8JEAAAA"
        ) ?? Data())

    private static var events: [Event] {
        let id = AttemptID(assignment: AssignmentID(4), epoch: 1)
        return [
            .accepted(plan), .submitted(ArraySubmitted(token: "0123456789abcdef", job: 4_821)),
            .started(AttemptStarted(attempt: id, task: "4821_3", host: "n1", directory: "trials/0/3/a")),
            .reported(
                Report(attempt: id, resource: Resource(3), metrics: ["loss": 0.5], nonFinite: ["x": "inf"])),
            .checkpointed(CheckpointID(attempt: id, resource: Resource(3))),
            .checkpointed(CheckpointID(attempt: id, resource: Resource(3)), bytes: 4_096),
            .ended(AttemptEnded(attempt: id, ending: .signalled(number: 9), stderrTail: "x")),
            .lost(AssignmentLost(assignment: AssignmentID(4), fate: .timedOut, state: "TIMEOUT")),
            .ended(AttemptEnded(attempt: id, ending: .finished)),
            .ended(AttemptEnded(attempt: id, ending: .wentOn)), .waited(id), .askedAhead(room: 20),
            .crowded(checkpoints: 3),
            .ended(AttemptEnded(attempt: id, ending: .paused)), .doesNotWait(id),
            .resumed(
                id,
                from: CheckpointID(
                    attempt: AttemptID(assignment: AssignmentID(4), epoch: 0), resource: Resource(2))),
            .cancelled,
        ]
    }

    private static var intents: [Intent] {
        let turn = Turn(token: ArrayToken(bits: 0x0123_4567_89ab_cdef), index: 3, epoch: 1, turn: 2)
        return [
            .submit(token: ArrayToken(bits: 0x0123_4567_89ab_cdef)),
            .cancel([PlannedTask(token: ArrayToken(bits: 0x0123_4567_89ab_cdef), index: 3)]),
            .removeCheckpoint(path: "trials/0/4/a/checkpoints/1"), .take(AssignmentID(5), for: turn),
            .answer(turn, .next), .answer(turn, .release(save: true)),
        ]
    }

    private static var decisions: [Decision] {
        var study = Study()
        return study.apply(.accepted(plan)) + [
            .conclude(trial: TrialID(3), .failed(reason: "why")),
            .conclude(trial: TrialID(2), .paused(rung: 1)),
            .release(AttemptID(assignment: AssignmentID(4), epoch: 1), save: true),
            .finish(.tooManyFailures(count: 3, last: "x")),
        ]
    }

    private static let spaces = [
        #"""
        {"hyperparameters": [
          {"type": "uniform_int", "name": "layers", "lower": 1, "upper": 8, "log": false, "meta": null},
          {"type": "uniform_float", "name": "lr", "lower": 1e-05, "upper": 0.1, "log": true},
          {"type": "categorical", "name": "optimizer", "choices": ["sgd", "adam"], "weights": null}],
         "conditions": [{"type": "AND", "child": "lr", "conditions": [
          {"type": "GT", "child": "lr", "parent": "layers", "value": 2},
          {"type": "NEQ", "child": "lr", "parent": "optimizer", "value": "sgd"}]}],
         "forbiddens": [{"type": "AND", "clauses": [
          {"type": "EQUALS", "name": "optimizer", "value": "adam"},
          {"type": "IN", "name": "layers", "values": [7, 8]}]}]}
        """#,
        #"""
        {"a": "{\"name\": \"FloatDistribution\", \"attributes\": {\"low\": 0, \"high\": 1, \"step\": 0.1}}",
         "b": {"name": "IntDistribution", "attributes": {"low": 1, "high": 9, "log": true, "step": 1}}}
        """#,
        """
        method: bayes
        parameters:
          lr: {distribution: log_uniform, min: -9, max: -2}
          batch: {distribution: q_log_uniform_values, q: 8, min: 32, max: 256}
          init: {distribution: normal, mu: 0, sigma: 0.1}
          layers: {min: 1, max: 8}
          kind: {values: [a, b]}
        """,
    ]

    private static let study = """
        name: digits
        metric: {name: val_loss, goal: minimize}
        parameters:
          lr: {type: float, min: 1.0e-4, max: 1.0e-1, scale: log}
          hidden: {type: int, min: 16, max: 256, scale: log}
          optimizer: {type: choice, values: [sgd, adam]}
          momentum: {type: float, min: 0.5, max: 0.99, scale: logit, step: 0.01, when: {optimizer: sgd}}
          decay: {type: lognormal, mean: -7, sd: 1.5, max: 0.1, prior: {default: 1.0e-3, width: 0.1}}
          init: {type: normal, mean: 0, sd: 0.1}
          size: {type: ordinal, values: [s, m, l]}
          version: {value: 3}
        forbidden: [{optimizer: adam, size: [m, l]}]
        constraints: [{less: [lr, momentum]}, {at_most: [hidden, 200]}]
        points: [{lr: 0.01, optimizer: sgd}]
        searcher: {type: random, seed: 7}
        scheduler: {type: asha, min_resource: 1, max_resource: 27, reduction_factor: 3}
        trials: 64
        parallel: 16
        max_retries: 2
        command: [python3, train.py, "--lr={lr}", ["--resume", "{stune.resume}"]]
        slurm: {time: "1-00:10:00", cpus_per_task: 2, mem: 500M, partition: "a,b", environment: {A: "b c"}}
        """
}

import Foundation
import Spool
import Testing
import Tuning

@testable import OutsidePrograms

/// Searchers that are shell scripts: each answers as it likes.
@Suite(.timeLimit(.minutes(5))) struct OutsideSearcherTests {
    private static let space = SearchSpace([
        Parameter(name: "x", domain: .float(min: 0, max: 9, scale: .linear)),
        Parameter(
            name: "y", domain: .int(min: 1, max: 5, scale: .linear),
            conditions: [Condition(parent: "x", values: [.int(1)])]),
    ])

    /// A searcher whose loop has `line` and `trial`, the number of the question.
    private func searcher(
        _ script: String, space: SearchSpace = OutsideSearcherTests.space, patience: Int = 20
    ) -> OutsideProcess {
        let loop = """
            while read -r line; do
              trial=$(echo "$line" | sed 's/.*"trial":\\([0-9]*\\).*/\\1/')
              case $line in
            \(script)
              esac
            done
            """
        let search = ExternalPlan(command: ["sh", "-c", loop], seed: 7, patience: patience)
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .maximize), space: space,
            searcher: .external(search),
            scheduler: .asha(
                ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
            trials: 10, parallel: 1)
        return OutsideProcess(plan, search, workingDirectory: "/")
    }

    private func outcome(
        _ searcher: OutsideProcess, for trial: Int, after history: [ExternalSearcher.Experience] = []
    ) async -> OutsideOutcome {
        searcher.ask(.configuration(TrialID(trial), after: history))
        while true {
            await searcher.news.wait(atMost: .seconds(30))
            if let outcome = searcher.outcome() { return outcome }
        }
    }

    private func failure(_ outcome: OutsideOutcome) -> String? {
        if case .failure(let failure) = outcome { failure.description } else { nil }
    }

    private func answer(_ trial: Int, _ values: [String: ParameterValue]) -> OutsideOutcome {
        .answer(TrialID(trial), Configuration(values))
    }

    @Test func `it is told the study first, then what has come of it, and never its own proposals`()
        async throws
    {
        let log = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: log) }
        let searcher = searcher(
            """
            *ask*) echo "{\\"trial\\":$trial,\\"parameters\\":{\\"x\\":0.5}}" ;;
            *) echo "$line" >> \(log) ;;
            """)
        let given = ExternalSearcher.Experience.trial(TrialID(0), Configuration(["x": .float(2)]))
        #expect(await outcome(searcher, for: 1, after: [given]) == answer(1, ["x": .float(0.5)]))
        let more: [ExternalSearcher.Experience] = [
            given, .trial(TrialID(1), Configuration(["x": .float(0.5)])),
            .result(TrialID(1), rung: 1, Loss(value: -0.25)), .result(TrialID(0), rung: 0, .worst),
        ]
        #expect(await outcome(searcher, for: 2, after: more) == answer(2, ["x": .float(0.5)]))
        await searcher.end()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                #"{"type":"study","version":1,"goal":"maximize","levels":[1,3,9],"parameters":[{"name":"x","type":"float","min":0,"max":9,"scale":"linear"},{"name":"y","type":"int","min":1,"max":5,"scale":"linear","when":{"x":[1]}}],"seed":7,"settings":{}}"#,
                #"{"type":"trial","trial":0,"parameters":{"x":2}}"#,
                #"{"type":"result","trial":1,"resource":3,"value":0.25}"#,
                #"{"type":"result","trial":0,"resource":1}"#,
            ])
    }

    @Test func `it is told if its trial has got another configuration than it proposed`() async throws {
        let log = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: log) }
        let searcher = searcher(
            """
            *ask*) echo "{\\"trial\\":$trial,\\"parameters\\":{\\"x\\":0.5}}" ;;
            *) echo "$line" >> \(log) ;;
            """)
        #expect(await outcome(searcher, for: 0) == answer(0, ["x": .float(0.5)]))
        let nearest = ExternalSearcher.Experience.trial(TrialID(0), Configuration(["x": .float(2)]))
        #expect(await outcome(searcher, for: 1, after: [nearest]) == answer(1, ["x": .float(0.5)]))
        searcher.endAndWait()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(lines.last == #"{"type":"trial","trial":0,"parameters":{"x":2}}"#)
    }

    @Test func `values mean what the domain says, and conditions hold`() async {
        let searcher = searcher(
            #"*ask*) echo "{\"trial\":$trial,\"parameters\":{\"x\":1.0,\"y\":2.0}}" ;;"#)
        #expect(await outcome(searcher, for: 0) == answer(0, ["x": .float(1), "y": .int(2)]))
        await searcher.end()
    }

    @Test func `what it knows as a share of a distribution is turned into values and back`() async {
        let space = SearchSpace([
            Parameter(name: "n", domain: .normal(mean: 10, sd: 2)),
            Parameter(name: "u", domain: .int(min: 1, max: 3, scale: .log, step: 2)),
        ])
        let searcher = searcher(
            #"*ask*) echo "{\"trial\":$trial,\"parameters\":{\"n\":0.5,\"u\":1}}" ;;"#, space: space)
        #expect(await outcome(searcher, for: 0) == answer(0, ["n": .float(10), "u": .int(3)]))
        await searcher.end()
    }

    static let unusable: [(String, String)] = [
        (#"*ask*) echo nonsense ;;"#, "it answers 'nonsense'"),
        (#"*ask*) echo "{\"trial\":99,\"parameters\":{\"x\":1}}" ;;"#, "answers for trial 99"),
        (#"*ask*) echo "{\"trial\":$trial,\"parameters\":{}}" ;;"#, "lacks the parameter 'x'"),
        (#"*ask*) echo "{\"trial\":$trial,\"parameters\":{\"x\":10}}" ;;"#, "x = 10, which is outside"),
        (#"*ask*) echo "{\"trial\":$trial,\"parameters\":{\"x\":2,\"y\":2}}" ;;"#, "has 'y'"),
        (#"*ask*) echo "{\"trial\":$trial}" ;;"#, "neither 'parameters' nor 'exhausted'"),
        (#"*ask*) echo no module named optuna >&2; exit 2 ;;"#, "no module named optuna"),
    ]

    @Test(arguments: unusable)
    func `an answer that cannot be used ends the process, and is told`(_ script: String, _ words: String)
        async
    {
        let searcher = searcher(script)
        let found = failure(await outcome(searcher, for: 0)) ?? ""
        #expect(found.contains(words), "\(found)")
        await searcher.end()
    }

    @Test func `one that dies while it is told what has come is a failure like others`() async {
        let searcher = searcher("*study*) exit 3 ;;")
        let history = (0..<20_000).map {
            ExternalSearcher.Experience.result(TrialID($0), rung: 0, Loss(value: 1))
        }
        #expect(failure(await outcome(searcher, for: 0, after: history)) != nil)
        await searcher.end()
    }

    @Test func `one that has no more says so`() async {
        let searcher = searcher(#"*ask*) echo "{\"trial\":$trial,\"exhausted\":true}" ;;"#)
        #expect(await outcome(searcher, for: 3) == .answer(TrialID(3), nil))
        await searcher.end()
    }

    @Test func `one that hangs is killed, and the next process is told all from the beginning`()
        async throws
    {
        let mark = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: mark) }
        let searcher = searcher(
            """
            *ask*) if [ -e \(mark) ]; then echo "{\\"trial\\":$trial,\\"parameters\\":{\\"x\\":$(wc -l < \(mark))}}"
              else touch \(mark); sleep 60; fi ;;
            *) [ -e \(mark) ] && echo "$line" >> \(mark) ;;
            """, patience: 1)
        let history: [ExternalSearcher.Experience] = [
            .trial(TrialID(0), Configuration(["x": .float(2)])),
            .result(TrialID(0), rung: 0, Loss(value: 1)),
        ]
        #expect(
            failure(await outcome(searcher, for: 1, after: history)) == "it has not answered within 1 s")
        #expect(await outcome(searcher, for: 1, after: history) == answer(1, ["x": .float(3)]))
        await searcher.end()
    }

    @Test func `what the constraints forbid is asked for again`() async {
        let space = SearchSpace(
            Self.space.parameters, constraints: [.forbidden([Condition(parent: "x", values: [.int(0)])])])
        let searcher = searcher(
            """
            *ask*) n=$((n + 1)); echo "{\\"trial\\":$trial,\\"parameters\\":{\\"x\\":$((n / 3 * 2))}}" ;;
            *refused*) r=1 ;;
            """, space: space)
        #expect(await outcome(searcher, for: 0) == answer(0, ["x": .float(2)]))
        await searcher.end()
    }

    @Test func `a program that is not there is told`() async {
        let search = ExternalPlan(command: ["/no/such/program"], seed: 0)
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize), space: Self.space,
            searcher: .external(search), scheduler: .none(maxResource: Resource(1)), trials: 1, parallel: 1)
        let searcher = OutsideProcess(plan, search, workingDirectory: "/")
        #expect(failure(await outcome(searcher, for: 0))?.contains("/no/such/program") == true)
        await searcher.end()
    }
}

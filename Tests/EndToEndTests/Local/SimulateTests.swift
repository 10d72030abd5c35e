import Foundation
import Testing

/// `stune simulate`, as a user calls it.
@Suite struct SimulateTests {
    private static let digits = "\(Tool.repository)/templates/digits/study.yaml"
    private static let curves = "\(Tool.repository)/Benchmarks/curves/digits.csv.gz"

    private static func simulate(_ arguments: [String], in place: Workplace) async throws -> Tool.Outcome {
        try await Tool.run([Tool.stune, "simulate"] + arguments, in: place.path)
    }

    @Test func `the same seed prints the same bytes, and another does not`() async throws {
        let place = try Workplace()
        let arguments = [
            Self.digits, "--curves", Self.curves, "--repeats", "3", "--queue-wait", "0,exp:30", "--against",
            "scheduler.type=none,parallel=8", "--json",
        ]
        let first = try await Self.simulate(arguments, in: place)
        #expect(first.code == 0, "\(first.errors)")
        let second = try await Self.simulate(arguments, in: place)
        #expect(first.output == second.output)
        let other = try await Self.simulate(arguments + ["--seed", "8"], in: place)
        #expect(other.output != first.output)
    }

    @Test func `each variant runs at each number of workers and each wait`() async throws {
        let place = try Workplace()
        let outcome = try await Self.simulate(
            [
                Self.digits, "--curves", Self.curves, "--repeats", "2", "--workers", "4,16", "--queue-wait",
                "0,60",
                "--against", "scheduler.type=none", "--json",
            ], in: place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.cases.count == 8)
        #expect(
            report.cases.map(\.variant) == [nil, nil, nil, nil]
                + [String?](repeating: "scheduler.type=none", count: 4))
        #expect(report.cases.prefix(4).map(\.workers) == [4, 4, 16, 16])
        for item in report.cases {
            #expect(item.runs.map(\.seed) == [7, 8])
            #expect(item.runs.allSatisfy { $0.trials == 64 })
            // Without a scheduler, each trial runs once, in a job that may run others after it.
            if item.variant != nil { #expect(item.runs.allSatisfy { (1...64).contains($0.jobs) }) }
            if item.queueWait == "60" { #expect(item.waitSecondsPerJob.median ?? 0 >= 60) }
        }
        // The same configurations run in full: the best is the same, however many run at the same time.
        let full = report.cases.filter { $0.variant != nil }.map { $0.runs.map(\.best) }
        #expect(Set(full).count == 1)
        #expect(report.cases[0].nodeHours.median ?? 1 < report.cases[4].nodeHours.median ?? 0)
    }

    @Test func `a picture is written as SVG, and as nothing else`() async throws {
        let place = try Workplace()
        let outcome = try await Self.simulate(
            [Self.digits, "--curves", Self.curves, "--repeats", "1", "--plot", "a.svg"], in: place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let bytes = try Data(contentsOf: URL(filePath: "\(place.path)/a.svg"))
        #expect(bytes.starts(with: Array("<?xml".utf8)))
        let wrong = try await Self.simulate(
            [Self.digits, "--curves", Self.curves, "--plot", "a.png"], in: place)
        #expect(wrong.code == 2)
        #expect(wrong.errors.contains("does not end with .svg"))
    }

    @Test func `the best trials together are told over time, the same each time`() async throws {
        let place = try Workplace()
        let arguments = [Self.digits, "--curves", Self.curves, "--repeats", "3"]
        let told = try await Self.simulate(
            arguments + ["--top", "6", "--json", "--plot", "a.svg"], in: place)
        #expect(told.code == 0, "\(told.errors)")
        let again = try await Self.simulate(arguments + ["--top", "6", "--json"], in: place)
        #expect(again.output == told.output)
        let item = try #require(
            try JSONDecoder().decode(Report.self, from: Data(told.output.utf8)).cases.first)
        #expect(item.trials?.median == 64)
        #expect(item.runs.allSatisfy { (1..<64).contains($0.complete ?? 0) })
        let stairs = try #require(item.topOverTime)
        #expect(stairs.count > 6)
        let means = stairs.compactMap(\.mean.median)
        #expect(zip(means, means.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(stairs.last?.deviation.median ?? 0 > 0)
        // The last step is the median of the runs' final values, and six are worse than the best one.
        #expect(item.runs.compactMap(\.topMean).sorted()[1] == stairs.last?.mean.median)
        #expect(item.runs.allSatisfy { $0.topMean ?? 0 > $0.best ?? .infinity })
        let picture = try String(contentsOfFile: "\(place.path)/a.svg", encoding: .utf8)
        #expect(picture.contains(">best 6 trials' val_loss so far</text>"))
        let table = try await Self.simulate(arguments + ["--top", "6"], in: place)
        #expect(table.output.contains("TOP_6_MEAN"), "\(table.output)")
        let plain = try await Self.simulate(arguments, in: place)
        #expect(plain.output.contains("COMPLETE") && !plain.output.contains("TOP_"), "\(plain.output)")
    }

    @Test func `a built-in function needs no table`() async throws {
        let place = try Workplace()
        let outcome = try await Self.simulate(
            [
                "\(Tool.repository)/Benchmarks/curves/hartmann6.yaml", "--function", "hartmann6-bad",
                "--repeats",
                "2", "--target", "-2.5",
            ], in: place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("target: value -2.5 or less"))
    }

    /// A study of the Hartmann function, or of a table of it, whose searcher is a script beside it.
    private static func writeExternal(_ answer: String, in place: Workplace) throws {
        let study = try String(
            contentsOfFile: "\(Tool.repository)/Benchmarks/curves/hartmann6.yaml", encoding: .utf8)
        try place.write(
            "study.yaml",
            study.replacing(
                "{type: random, seed: 7}", with: "{type: external, command: [./search.sh], seed: 7}"
            ).replacing("trials: 200", with: "trials: 12").replacing("parallel: 16", with: "parallel: 2"))
        try place.write(
            "search.sh",
            """
            #!/bin/sh
            while read -r line; do
              trial=$(echo "$line" | sed 's/.*"trial":\\([0-9]*\\).*/\\1/')
              case $line in
              *ask*) echo "{\\"trial\\":$trial,\(answer)}" ;;
              *) echo "$line" >> told ;;
              esac
            done
            """)
        var table = "config,x1,x2,x3,x4,x5,x6,resource,value,seconds\n"
        for config in 1...20 {
            for resource in [1, 3, 9, 27, 81] {
                let values = [String](repeating: "\(Double(config) / 21)", count: 6)
                table += "\(config),\(values.joined(separator: ",")),\(resource),\(config),1\n"
            }
        }
        try place.write("table.csv", table)
    }

    @Test(arguments: [["--curves", "table.csv"], ["--function", "hartmann6"]])
    func `a searcher beside the study file is asked, and learns`(source: [String]) async throws {
        let place = try Workplace()
        let half = (1...6).map { #"\"x\#($0)\":0.5"# }.joined(separator: ",")
        try Self.writeExternal(#"\"parameters\":{\#(half)}"#, in: place)
        let arguments = ["study.yaml", "--repeats", "2", "--json"] + source
        let outcome = try await Self.simulate(arguments, in: place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.cases.flatMap(\.runs).map(\.trials) == [12, 12])
        #expect(try await Self.simulate(arguments, in: place).output == outcome.output)
        let told = try String(contentsOfFile: "\(place.path)/told", encoding: .utf8)
        #expect(told.contains(#""type":"result""#))
        // Over a table, it is told which configuration is tried instead.
        #expect(told.contains(#""type":"trial""#) == source.contains("--curves"))
    }

    @Test func `a simulation without any trial is an error`() async throws {
        let place = try Workplace()
        try Self.writeExternal(#"\"exhausted\":true"#, in: place)
        let outcome = try await Self.simulate(["study.yaml", "--function", "hartmann6"], in: place)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("no trial began, so there is nothing to show"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `a study that its stop condition ended is complete, in words and in JSON`() async throws {
        let place = try Workplace()
        let arguments = [
            Self.digits, "--curves", Self.curves, "--repeats", "1", "--against", "stop.resource=50",
        ]
        let outcome = try await Self.simulate(arguments + ["--json"], in: place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.output.contains("_0") && !outcome.errors.contains("did not complete"))
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.cases.flatMap(\.runs).map(\.state) == ["complete", "complete"])
        #expect(
            report.cases.last?.runs.first?.outcome?.hasPrefix(
                "the study is complete: the trials have used a resource of ") == true)
    }

    @Test(
        arguments: [
            (["--curves", "none.csv"], "cannot open"),
            ([], "give either --curves, a table, or --function"),
            (["--function", "rosenbrock"], "there is no 'rosenbrock'; there are hartmann3"),
            (["--function", "hartmann6"], "study.yaml: the function has 6 coordinates"),
            (["--curves", curves, "--workers", "4,x"], "--workers: 'x' is not a number of workers"),
            (
                ["--curves", curves, "--queue-wait", "gamma:1"],
                "--queue-wait: 'gamma:1' is not a queue wait; write"
            ),
            (["--curves", curves, "--queue-wait", "trace:none"], "--queue-wait: cannot open"),
            (["--curves", curves, "--against", "trials"], "--against: 'trials' is not a setting"),
            (
                ["--curves", curves, "--against", "searcher.seed=1"],
                "--against: all variants run with the same seeds"
            ),
            (["--curves", curves, "--against", "trial=1"], "study.yaml with trial=1:"),
            (
                ["--curves", curves, "--against", "scheduler.max_resource=81"],
                "digits.csv.gz:1:48: resource: the study has"
            ),
            (
                ["--curves", curves, "--against", "metric.name=f1"],
                "digits.csv.gz:1:1: f1: the table has no such column"
            ),
            (["--curves", curves, "--repeats", "0"], "--repeats: from 1"),
            (["--curves", curves, "--top", "1"], "--top: from 2 to 1,000 trials"),
            (
                ["--curves", curves, "--top", "65"],
                "--top: there are no 65 best of 64 trials; ask for fewer"
            ),
            (["--curves", curves, "--target", "1", "--target-quantile", "0.1"], "exclude each other"),
        ])
    func `what cannot be simulated ends with 2 and a reason`(arguments: [String], reason: String)
        async throws
    {
        let place = try Workplace()
        let outcome = try await Self.simulate([Self.digits] + arguments, in: place)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    /// The part of the result that the tests look at.
    private struct Report: Decodable {
        var cases: [Case]

        struct Case: Decodable {
            var variant: String?
            var workers: Int
            var queueWait: String
            var nodeHours: Spread
            var waitSecondsPerJob: Spread
            var trials: Spread?
            var topOverTime: [Stair]?
            var runs: [Run]
        }

        struct Stair: Decodable {
            var mean, deviation: Spread
        }

        struct Spread: Decodable {
            var median: Double?
        }

        struct Run: Decodable {
            var seed: UInt64
            var state, outcome: String?
            var trials: Int
            var complete: Int?
            var jobs: Int
            var best: Double?
            var topMean: Double?
        }
    }
}

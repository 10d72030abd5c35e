import Testing
import Tuning

@testable import Worker

@Suite struct ReportLineTests {
    static let usable: [(String, ReportLine)] = [
        (
            #"{"resource": 3, "metrics": {"loss": 0.5}}"#,
            .report(resource: 3, metrics: ["loss": 0.5], nonFinite: [:])
        ),
        (
            #"{"metrics": {"a": 1, "b": -2e3}, "resource": 0, "later": [1]}"#,
            .report(resource: 0, metrics: ["a": 1, "b": -2_000], nonFinite: [:])
        ),
        (
            #"{"resource": 1, "metrics": {"a": NaN, "b": Infinity, "c": -Infinity}}"#,
            .report(resource: 1, metrics: [:], nonFinite: ["a": "nan", "b": "inf", "c": "-inf"])
        ),
        (
            #"{"resource": 1, "metrics": {"a": "nan", "b": "inf", "c": "-Infinity"}}"#,
            .report(resource: 1, metrics: [:], nonFinite: ["a": "nan", "b": "inf", "c": "-inf"])
        ),
        (
            #"{"resource":1,"metrics":{"\u0061b":3.25e-3},"waits":true}"#,
            .report(resource: 1, metrics: ["ab": 0.00325], nonFinite: [:], waits: true)
        ),
        (#"{"checkpoint": 27}"#, .checkpoint(resource: 27)),
        (#"{"next": true}"#, .next),
    ]

    @Test(arguments: usable)
    func `a line is read`(_ line: String, _ value: ReportLine) throws {
        #expect(try ReportLine(Array(line.utf8)) == value)
        // Unknown fields are left to Codable, which reads the rest the same way.
        #expect(try ReportLine(Array("\(line.dropLast()), \"later\": null}".utf8)) == value)
    }

    static let written: [(ReportLine, String)] = [
        (
            .report(["loss": 0.5, "accuracy": .nan, "up": .infinity, "down": -.infinity], at: 3),
            #"{"metrics":{"accuracy":"nan","down":"-inf","loss":0.5,"up":"inf"},"resource":3}"#
        ),
        (.report(["a": 2], at: 0, waits: true), #"{"metrics":{"a":2},"resource":0,"waits":true}"#),
        (.checkpoint(resource: 27), #"{"checkpoint":27}"#),
        (.next, #"{"next":true}"#),
    ]

    @Test(arguments: written)
    func `a line is written, and read back as the same`(_ line: ReportLine, _ text: String) throws {
        #expect(String(decoding: line.bytes, as: UTF8.self) == text)
        #expect(try ReportLine(line.bytes) == line)
    }

    static let unusable: [(String, String)] = [
        ("loss = 3", "it is not a report"),
        ("", "it is not a report"),
        ("[1]", "it is not a report"),
        (#"{"resource": 1.5, "metrics": {"a": 1}}"#, "resource"),
        (#"{"resource": "3", "metrics": {"a": 1}}"#, "resource"),
        (#"{"resource": 99999999999999999999, "metrics": {"a": 1}}"#, "resource"),
        (#"{"metrics": {"a": 1}}"#, "either 'resource' and 'metrics', or 'checkpoint'"),
        (#"{"resource": 1}"#, "either 'resource' and 'metrics', or 'checkpoint'"),
        (#"{"resource": 1, "metrics": {"a": 1}, "checkpoint": 1}"#, "either"),
        (#"{"resource": 1, "metrics": {"a": "low"}}"#, "the metric 'a' is the text 'low', not a number"),
        (#"{"resource": 1, "metrics": {"a": true}}"#, "the metric 'a' is not a number"),
        (#"{"resource": 1, "metrics": {"a": null}}"#, "the metric 'a' is not a number"),
        (#"{"resource": 1, "metrics": {"a": [1]}}"#, "the metric 'a' is not a number"),
    ]

    @Test(arguments: unusable)
    func `a line that cannot be used is told why`(_ line: String, _ words: String) {
        #expect {
            _ = try ReportLine(Array(line.utf8))
        } throws: { error in
            (error as? ReportLine.Unusable)?.why.contains(words) ?? false
        }
    }

    @Test func `limits hold for the line, its metrics and their names`() {
        let names = (0...256).map { "\"m\($0)\": 1" }.joined(separator: ",")
        let long = String(repeating: "n", count: 257)
        for line in [
            "{\"resource\": 1, \"metrics\": {\(names)}}",
            "{\"resource\": 1, \"metrics\": {\"\(long)\": 1}}",
            String(repeating: " ", count: 70_000),
        ] {
            #expect(throws: ReportLine.Unusable.self) { _ = try ReportLine(Array(line.utf8)) }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `damaged lines are read or refused, and never more`(_ seed: UInt64) {
        var random = Random(seed: seed, stream: 0)
        let whole = Array(
            #"{"resource": 3, "metrics": {"loss": 0.5, "b": "nan"}, "checkpoint": null}"#.utf8)
        for _ in 0..<3_000 {
            var line = whole
            for _ in 0...random.below(4) {
                let place = Int(random.below(UInt64(line.count)))
                switch random.below(3) {
                case 0: line[place] = UInt8(truncatingIfNeeded: random.bits())
                case 1: line.remove(at: place)
                default: line.insert(contentsOf: line[place...].prefix(9), at: place)
                }
                if line.isEmpty { line = [0] }
            }
            do throws(ReportLine.Unusable) {
                _ = try ReportLine(line)
            } catch {
                #expect(!error.why.isEmpty, "seed \(seed): \(line)")
            }
        }
    }
}

import Foundation
import Fuzzing
import Testing

@Suite struct FuzzingTests {
    @Test func `no parser stumbles over hostile inputs`() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/stune-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let fuzzer = try Fuzzer(seed: 2, directory: directory)
        var accepted = 0
        for input in 0..<UInt64(6_000) {
            let outcome = fuzzer.feed(input)
            if outcome.isAccepted { accepted += 1 }
            // Timing is not tested here.
            let finding = outcome.finding.map { $0.hasPrefix("it took") ? "" : $0 } ?? ""
            #expect(
                finding.isEmpty, "\(outcome.parser): replay with make fuzz SEED=2 FROM=\(input) INPUTS=1")
        }
        // If nothing were accepted, only the first check of each parser would be tested.
        #expect(accepted > 300)
    }

    @Test func `what the mutations begin with is valid`() throws {
        for parser in try Parser.all() {
            for seed in parser.seeds {
                #expect(
                    try parser.accepts(seed), "\(parser.name): \(String(decoding: seed, as: UTF8.self))")
            }
        }
    }

    @Test func `inputs that once failed are read or refused`() throws {
        let parsers = try Parser.all()
        let fixtures = try #require(
            Bundle.module.url(forResource: "Fixtures/failed-inputs", withExtension: nil))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path)
        #expect(!names.isEmpty)
        for name in names {
            let parser = try #require(
                parsers.first { name.hasPrefix($0.name.replacing(" ", with: "-") + ".") }, "\(name)")
            let bytes = try [UInt8](Data(contentsOf: fixtures.appending(path: name)))
            _ = try parser.accepts(bytes)
        }
    }
}

import Foundation
import Testing
import Tuning
import Wire

/// `JSONWriter` writes the same as `JSONEncoder`.
@Suite struct JSONWriterTests {
    private func codable(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 1, 9, 10, -1, -10, 1_234_567_890, Int.max, Int.min])
    func `whole numbers`(value: Int) throws {
        let text = written { $0.write(value) }
        #expect(try text == codable(value))
    }

    @Test(arguments: [
        0, 1, -1, 0.1, 1e-4, 1e-5, 123_456.75, 1e15, 1e16, 1e17, 9.3e18, -2.5e-300, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, .pi,
    ])
    func `real numbers`(value: Double) throws {
        let text = written { $0.write(value) }
        #expect(try text == codable(value))
    }

    @Test func `real numbers of any bits`() throws {
        var random = Random(seed: 1, stream: 0)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.bits())
            guard value.isFinite else { continue }
            let text = written { $0.write(value) }
            #expect(try text == codable(value))
        }
    }

    @Test func `texts of every ASCII character, and of others`() throws {
        for code in 0..<UInt8(128) {
            let text = "a\(Unicode.Scalar(code))b"
            let json = written { $0.write(text) }
            #expect(try json == codable(text))
        }
        for text in ["", "é", "日本", "🙂", "\u{2028}", "a/b", String(repeating: "x", count: 100)] {
            let json = written { $0.write(text) }
            #expect(try json == codable(text))
        }
    }

    @Test(arguments: [
        [:], ["a": 1], ["b": 1, "a": 2],
        ["a10": 1, "a2": 2, "A": 3, "_": 4, "é": 5, "e\u{301}x": 6, "z": 7],
        ["loss": 0.25, "loss/val": 1, "lossy": -1e-9],
    ])
    func `objects, by their keys`(values: [String: Double]) throws {
        let text = written { $0.write(values) }
        #expect(try text == codable(values))
    }

    @Test(arguments: [
        ParameterValue.float(1), .float(-0.0), .float(0.1), .float(1e17), .float(9.3e18), .int(.min),
        .string("sgd \"$(x)\"\n"), .string("true"), .bool(true), .bool(false),
    ])
    func `configurations`(value: ParameterValue) throws {
        let configuration = Configuration(["other": .int(3), "value": value])
        let text = written { $0.write(configuration) }
        #expect(try text == codable(configuration))
    }
}

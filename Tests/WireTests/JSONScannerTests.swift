import Foundation
import Testing
import Tuning
import Wire

/// `JSONScanner` reads the same as `JSONDecoder`, or nothing.
@Suite struct JSONScannerTests {
    private func scanned<Value>(
        _ bytes: [UInt8], _ body: (inout JSONScanner) throws(Unfamiliar) -> Value
    ) -> Value? {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            do throws(Unfamiliar) {
                let value = try body(&scanner)
                try scanner.end()
                return value
            } catch {
                return nil
            }
        }
    }

    private func real(_ text: String) -> Double? {
        scanned(Array(text.utf8)) { scanner throws(Unfamiliar) in try scanner.real() }
    }

    private func whole(_ text: String) -> Int? {
        scanned(Array(text.utf8)) { scanner throws(Unfamiliar) in try scanner.whole() }
    }

    private func reals(_ text: String) -> [String: Double]? {
        scanned(Array(text.utf8)) { scanner throws(Unfamiliar) in try scanner.reals() }
    }

    private func text(_ text: String) -> String? { self.text(Array(text.utf8)) }

    private func text(_ bytes: [UInt8]) -> String? {
        scanned(bytes) { scanner throws(Unfamiliar) in try scanner.text() }
    }

    private func decoded<Value: Decodable>(_ text: String) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    static let numbers = [
        "0", "1", "-1", "10", "999999999999999999", "0.5", "-0.25", "1e3", "1E-3", "1.5e+3", "1.0",
        "123456789012345678",
        "0.1", "3.141592653589793", "2.2250738585072014e-308", "1.7976931348623157e308", " 7 ", "\t7\n",
    ]

    @Test(arguments: numbers)
    func `plain numbers are read as Codable reads them`(json: String) {
        #expect(real(json) == decoded(json))
        if let whole = self.whole(json) {
            #expect(whole == decoded(json))
        }
    }

    @Test(arguments: [
        "", "-", "+1", "01", ".5", "1.", "1e", "0x1", "NaN", "Infinity", "1e999", "1e-999", "5e-324", "1 2",
        "\"1\"", "null", "１",
    ])
    func `other numbers are not read here`(json: String) {
        #expect(real(json) == nil)
        #expect(whole(json) == nil)
    }

    @Test(arguments: ["-0", "1.0", "1e3", "1234567890123456789", "9223372036854775808"])
    func `a whole number that is written in another way is not read here`(json: String) {
        #expect(whole(json) == nil)
    }

    @Test func `real numbers of any bits are read back`() {
        var random = Random(seed: 2, stream: 0)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.bits())
            guard value.isNormal else { continue }
            #expect(real(value.description) == value)
        }
    }

    @Test(arguments: [
        #""""#, #""a""#, #""é/日本""#, "\"a\u{7F}b\"", #""\n\t\r\b\f\"\\\/é""#, #""\u0041\u00e9\u65E5""#,
    ])
    func `texts are read as Codable reads them`(json: String) {
        #expect(text(json) == decoded(json))
    }

    @Test(arguments: [
        #""\ud83d\ude00""#, #""\u+041""#, #""\u41""#, #""\x""#, #""\""#, #"""#, "\"a\nb\"", "'a'", "a", "",
    ])
    func `texts with halves of characters, and what is none, are not read here`(json: String) {
        #expect(text(json) == nil)
    }

    @Test func `a text that is no UTF-8 is not read here`() {
        let bytes: [UInt8] = [0x22, 0xFF, 0x22]
        #expect(text(bytes) == nil)
    }

    @Test(arguments: ["{}", #"{"a":1}"#, #"{ "a" : 1 , "b" : 2.5 }"#, #"{"é":1}"#])
    func `a plain object is read as Codable reads it`(json: String) throws {
        let read = try #require(reals(json))
        #expect(read == decoded(json))
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,}"#, #"{"a":null}"#, #"{"a":1}}"#, #"{"a" 1}"#, "[]", #"{"a":"1"}"#,
        "{",
    ])
    func `another object is not read here`(json: String) {
        #expect(reals(json) == nil)
    }

    private func configuration(_ json: String) -> Configuration? {
        Array(json.utf8).withUnsafeBufferPointer { Configuration(plain: $0) }
    }

    @Test(arguments: [
        #"{"lr":0.001,"layers":3,"optimizer":"sgd","nesterov":true,"no":false}"#, "{}", #"{"x":-3}"#,
        #"{"x":"a\nb"}"#, #"{"x":null,"y": null }"#,
    ])
    func `a plain configuration is read as Codable reads it`(json: String) throws {
        let read = try #require(configuration(json))
        #expect(read == decoded(json))
    }

    @Test(arguments: [
        #"{"x":1.0}"#, #"{"x":1e3}"#, #"{"x":-0}"#, #"{"x":nul}"#, #"{"x":[1]}"#,
        #"{"x":9300000000000000000}"#, #"{"x":9.3e+18}"#, #"{"x":truth}"#,
    ])
    func `another configuration is not read here`(json: String) {
        #expect(configuration(json) == nil)
    }
}

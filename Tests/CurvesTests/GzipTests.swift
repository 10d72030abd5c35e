import CZlib
import Chance
import Testing

@testable import Curves

/// Gzipped tables.
@Suite struct GzipTests {
    /// Compresses with a gzip header, as gzip does.
    static func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        let start = deflateInit2_(
            &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        try #require(start == Z_OK)
        defer { deflateEnd(&stream) }
        var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 1_000))
        let count = output.count
        let code = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(count)
                return deflate(&stream, Z_FINISH)
            }
        }
        try #require(code == Z_STREAM_END)
        return Array(output.prefix(count - Int(stream.avail_out)))
    }

    @Test(arguments: [0, 1, 1_000, 262_144, 262_145, 3_000_000])
    func `what was packed is unpacked`(count: Int) throws {
        var dice = Dice(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 48...57, using: &dice) }
        #expect(try Gzip.inflated(try Self.gzipped(bytes), limit: 1 << 30) == bytes)
    }

    @Test func `several members are one file`() throws {
        let packed = try Self.gzipped(Array("one\n".utf8)) + Self.gzipped(Array("two\n".utf8))
        #expect(try Gzip.inflated(packed, limit: 100) == Array("one\ntwo\n".utf8))
    }

    @Test func `what is cut short, broken or too large is refused`() throws {
        let packed = try Self.gzipped([UInt8](repeating: 65, count: 100_000))
        #expect(throws: Gzip.Unreadable(why: "it ends in the middle")) {
            try Gzip.inflated(Array(packed.dropLast(9)), limit: 1 << 20)
        }
        #expect(throws: Gzip.Unreadable(why: "it holds more than 99999 bytes")) {
            try Gzip.inflated(packed, limit: 99_999)
        }
        var broken = packed
        broken[20] ^= 0xFF
        #expect(throws: Gzip.Unreadable.self) { try Gzip.inflated(broken, limit: 1 << 20) }
    }

    @Test func `a table may be gzipped`() throws {
        let text = CurveTableTests.header + "a,0.01,adam,,1,2,1\n"
        let table = try CurveTable.read(
            try Self.gzipped(Array(text.utf8)), file: "t.csv.gz", for: CurveTableTests.plan)
        #expect(table.configurations.count == 1)
        let error = #expect(throws: InvalidTable.self) {
            try CurveTable.read([0x1F, 0x8B, 8], file: "t.csv.gz", for: CurveTableTests.plan)
        }
        #expect(error?.description.hasPrefix("t.csv.gz:1:1: the file begins as a gzip file") == true)
    }
}

import CZlib
import Testing

@testable import Plots

/// Pixels, and the file that holds them.
@Suite struct PNGTests {
    private static let red = Drawing.Color(0xFF0000)

    private static func square(_ opacity: Double) -> Drawing {
        var drawing = Drawing(width: 4, height: 4)
        let corners = [
            Drawing.Point(1, 1), Drawing.Point(3, 1), Drawing.Point(3, 2.5), Drawing.Point(1, 2.5),
        ]
        drawing.shapes = [.area(corners, red, opacity: opacity, clip: nil)]
        return drawing
    }

    private static func pixel(_ raster: Raster, _ column: Int, _ row: Int) -> [UInt8] {
        Array(raster.pixels[(3 * (row * raster.width + column))...].prefix(3))
    }

    @Test func `an area covers its pixels, and those at its edge in part`() {
        let raster = Raster(Self.square(1), scale: 1)
        #expect(Self.pixel(raster, 0, 0) == [255, 255, 255])
        #expect(Self.pixel(raster, 1, 1) == [255, 0, 0])
        #expect(Self.pixel(raster, 2, 1) == [255, 0, 0])
        #expect(Self.pixel(raster, 3, 1) == [255, 255, 255])
        #expect(Self.pixel(raster, 1, 2) == [255, 128, 128])
        #expect(Self.pixel(raster, 1, 3) == [255, 255, 255])
        #expect(Self.pixel(Raster(Self.square(0.5), scale: 1), 1, 1) == [255, 128, 128])
    }

    @Test func `a line covers what is near, and a frame cuts it off`() {
        var drawing = Drawing(width: 10, height: 10)
        let points = [Drawing.Point(0, 5), Drawing.Point(10, 5)]
        let clip = Drawing.Rectangle(left: 0, top: 0, right: 5, bottom: 10)
        drawing.shapes = [.line(points, Self.red, width: 2, clip: clip)]
        let raster = Raster(drawing, scale: 1)
        #expect(Self.pixel(raster, 2, 4) == [255, 0, 0])
        #expect(Self.pixel(raster, 2, 5) == [255, 0, 0])
        #expect(Self.pixel(raster, 2, 3) == [255, 255, 255])
        #expect(Self.pixel(raster, 7, 5) == [255, 255, 255])
    }

    @Test func `a text leaves ink where it stands and nowhere else`() {
        for isUpright in [false, true] {
            var drawing = Drawing(width: 100, height: 100)
            drawing.shapes = [
                .text("stune", Drawing.Point(50, 50), .middle, size: 12, isUpright: isUpright)
            ]
            let raster = Raster(drawing, scale: 1)
            let inked = (0..<10_000).filter { raster.pixels[3 * $0] < 128 }
            #expect(inked.count > 30)
            let (columns, rows) = (inked.map { $0 % 100 }, inked.map { $0 / 100 })
            let (across, along) = isUpright ? (columns, rows) : (rows, columns)
            #expect(across.allSatisfy { (38...52).contains($0) })
            #expect(along.allSatisfy { (25...75).contains($0) })
        }
    }

    @Test func `every letter of ASCII has strokes of its own`() {
        let unknown = StrokeFont.strokes("\u{1}").strokes.map { $0.map { "\($0)" } }
        for scalar in UInt8(33)...126 {
            let letter = String(UnicodeScalar(scalar))
            let strokes = StrokeFont.strokes(letter)
            #expect(!strokes.strokes.isEmpty && strokes.strokes.allSatisfy { !$0.isEmpty }, "\(letter)")
            #expect(strokes.strokes.map { $0.map { "\($0)" } } != unknown, "\(letter)")
            #expect(strokes.width <= 4, "\(letter)")
        }
    }

    @Test func `a PNG holds the pixels row by row`() throws {
        let drawing = Self.square(1)
        let bytes = try PNG.bytes(drawing)
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        var rest = bytes.dropFirst(8)
        var chunks: [String: [UInt8]] = [:]
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let body = Array(rest.dropFirst(4).prefix(4 + length))
            let sum = rest.dropFirst(8 + length).prefix(4).reduce(UInt(0)) { $0 << 8 | UInt($1) }
            #expect(crc32(0, body, UInt32(body.count)) == sum)
            chunks[String(decoding: body.prefix(4), as: UTF8.self)] = Array(body.dropFirst(4))
            rest = rest.dropFirst(12 + length)
        }
        #expect(chunks.keys.sorted() == ["IDAT", "IEND", "IHDR"])
        #expect(chunks["IHDR"] == [0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0])
        let packed = try #require(chunks["IDAT"])
        var rows = [UInt8](repeating: 0, count: 8 * 25)
        var count = UInt(rows.count)
        #expect(uncompress(&rows, &count, packed, UInt(packed.count)) == Z_OK)
        #expect(count == 8 * 25)
        let raster = Raster(drawing, scale: 2)
        for row in 0..<8 {
            #expect(rows[25 * row] == 0)
            #expect(
                Array(rows[(25 * row + 1)..<(25 * row + 25)])
                    == Array(raster.pixels[(24 * row)..<(24 * row + 24)]))
        }
    }
}

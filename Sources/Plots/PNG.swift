import CZlib

/// Writes a drawing as Portable Network Graphics (PNG, ISO/IEC 15948): 8 bits a colour, without transparency.
package enum PNG {
    /// The pixels of a point: sharp enough for print.
    private static let scale = 2.0

    /// zlib could not deflate the picture.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        /// zlib's error number.
        var code: Int32
        /// A sentence.
        package var description: String { "the picture cannot be compressed: zlib's error \(code)" }
    }

    /// The file's bytes.
    package static func bytes(_ drawing: Drawing) throws(Failure) -> [UInt8] {
        let raster = Raster(drawing, scale: scale)
        // Each row begins with its filter: 0 for none.
        var rows: [UInt8] = []
        rows.reserveCapacity((3 * raster.width + 1) * raster.height)
        for row in 0..<raster.height {
            rows.append(0)
            rows += raster.pixels[(3 * raster.width * row)..<(3 * raster.width * (row + 1))]
        }
        let header = bigEndian(UInt32(raster.width)) + bigEndian(UInt32(raster.height)) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", try deflated(rows)) + chunk("IEND", [])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        let sum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        return bigEndian(UInt32(content.count)) + body + bigEndian(UInt32(truncatingIfNeeded: sum))
    }

    private static func deflated(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let code = compress2(&output, &length, bytes, UInt(bytes.count), 9)
        guard code == Z_OK else { throw Failure(code: code) }
        return Array(output.prefix(Int(length)))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

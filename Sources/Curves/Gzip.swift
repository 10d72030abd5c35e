import CZlib

/// Reads gzipped bytes (RFC 1952).
enum Gzip {
    /// Whether the bytes begin as a gzip file does.
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// Why the bytes could not be inflated: a sentence without a full stop.
    struct Unreadable: Error, Hashable {
        var why: String
    }

    /// The inflated bytes, at most `limit`. Several gzip members in a row count as one file.
    static func inflated(_ bytes: [UInt8], limit: Int) throws(Unreadable) -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window; 16 more select the gzip header instead of zlib's own.
        let start = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard start == Z_OK else { throw Unreadable(why: "zlib does not start: error \(start)") }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var used = 0
        var isWhole = false
        while !isWhole {
            var code = Z_OK
            var produced = 0
            input.withUnsafeMutableBufferPointer { source in
                chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_in = source.baseAddress?.advanced(by: used)
                    stream.avail_in = UInt32(min(source.count - used, 1 << 30))
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    let before = stream.avail_in
                    code = CZlib.inflate(&stream, Z_NO_FLUSH)
                    used += Int(before - stream.avail_in)
                    produced = target.count - Int(stream.avail_out)
                }
            }
            output += chunk.prefix(produced)
            guard output.count <= limit else { throw Unreadable(why: "it holds more than \(limit) bytes") }
            switch code {
            case Z_OK: continue
            case Z_STREAM_END:
                isWhole = used == input.count
                if !isWhole, inflateReset(&stream) != Z_OK {
                    throw Unreadable(why: "zlib does not start again")
                }
            // No progress is possible: the input has ended.
            case Z_BUF_ERROR: throw Unreadable(why: "it ends in the middle")
            default: throw Unreadable(why: "the data around byte \(used) is not valid gzip")
            }
        }
        return output
    }
}

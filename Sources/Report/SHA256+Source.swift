import Digests

/// How a Content-Security-Policy names a script or a style.
extension SHA256 {
    /// What a policy calls it: `sha256-` and the digest in base 64.
    static func source(_ bytes: [UInt8]) -> String { "sha256-\(base64(digest(bytes)))" }

    /// Bytes in base 64 (RFC 4648).
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)] : "=")
            }
        }
        return text
    }
}

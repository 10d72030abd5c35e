/// The block of 512 bytes before each file of a tar archive (POSIX.1-2017, pax: ustar interchange format).
struct TarHeader: Hashable {
    /// The size of a block, in bytes.
    static let block = 512

    /// The kinds of members that archives of studies have.
    enum Kind: UInt8 {
        /// A regular file: `0`.
        case file = 0x30
        /// A directory: `5`.
        case directory = 0x35
        /// What the next header has no room for (pax): `x`.
        case extended = 0x78
    }

    /// The member's path, relative, with `/` between its parts.
    var path: String
    /// What it is.
    var kind = Kind.file
    /// How many bytes follow the header.
    var bytes = 0
    /// Whether it is a program.
    var isExecutable = false

    // MARK: Writing

    /// The header's blocks. What is too long or too large for one goes into an extended header before it.
    var blocks: [UInt8] {
        let place = TarHeader.split(path)
        let fits = bytes <= TarHeader.greatestOctal
        var records: [UInt8] = []
        if place == nil { records += TarHeader.record("path", path) }
        if !fits { records += TarHeader.record("size", "\(bytes)") }
        var blocks: [UInt8] = []
        if !records.isEmpty {
            blocks += TarHeader(path: "pax", kind: .extended, bytes: records.count).blocks
            blocks += TarHeader.padded(records)
        }
        let (prefix, name) = place ?? ("", "long-name")
        return blocks + own(prefix: prefix, name: name, bytes: fits ? bytes : 0)
    }

    private func own(prefix: String, name: String, bytes: Int) -> [UInt8] {
        let mode = kind == .directory || isExecutable ? 0o700 : 0o600
        var block: [UInt8] = []
        block += TarHeader.field(name, 100) + TarHeader.octal(mode, 8)
        // No owner and no time: the same content has the same bytes.
        block += TarHeader.octal(0, 8) + TarHeader.octal(0, 8)
        block += TarHeader.octal(bytes, 12) + TarHeader.octal(0, 12)
        block += [UInt8](repeating: 0x20, count: 8) + [kind.rawValue]
        block += TarHeader.field("", 100) + Array("ustar".utf8) + [0, 0x30, 0x30]
        block += TarHeader.field("", 64) + TarHeader.octal(0, 8) + TarHeader.octal(0, 8)
        block += TarHeader.field(prefix, 155) + [UInt8](repeating: 0, count: 12)
        let sum = TarHeader.checksum(block)
        block.replaceSubrange(148..<156, with: TarHeader.octal(sum, 7) + [0x20])
        return block
    }

    /// Bytes with zeros up to the next whole block.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: padding(bytes.count))
    }

    /// How many zeros follow so many bytes.
    static func padding(_ bytes: Int) -> Int { (block - bytes % block) % block }

    /// The greatest number that eleven octal digits can say.
    private static let greatestOctal = 0o77777777777

    private static func field(_ text: String, _ width: Int) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(width))
        return bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }

    private static func octal(_ number: Int, _ width: Int) -> [UInt8] {
        let digits = Array(String(number, radix: 8).utf8)
        return [UInt8](repeating: 0x30, count: width - 1 - digits.count) + digits + [0]
    }

    private static func checksum(_ block: [UInt8]) -> Int {
        block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
    }

    /// A path as a prefix of at most 155 bytes and a name of at most 100; `nil`: it is too long for that.
    private static func split(_ path: String) -> (prefix: String, name: String)? {
        if path.utf8.count <= 100 { return ("", path) }
        let slashes = path.indices.filter { path[$0] == "/" }
        for slash in slashes {
            let (prefix, name) = (path[..<slash], path[path.index(after: slash)...])
            if !prefix.isEmpty, prefix.utf8.count <= 155, !name.isEmpty, name.utf8.count <= 100 {
                return (String(prefix), String(name))
            }
        }
        return nil
    }

    /// A record of an extended header: its length, which counts its own digits, a name and a value.
    private static func record(_ name: String, _ value: String) -> [UInt8] {
        let body = " \(name)=\(value)\n"
        var length = body.utf8.count
        while "\(length)".utf8.count + body.utf8.count != length {
            length = "\(length)".utf8.count + body.utf8.count
        }
        return Array("\(length)\(body)".utf8)
    }

    // MARK: Reading

    /// The header in a block.
    ///
    /// - Parameter records: what the extended header before it says.
    /// - Returns: `nil` if it is none, or of a kind that archives of studies do not have.
    init?(_ block: [UInt8], records: [String: String]) {
        guard block.count == TarHeader.block,
            TarHeader.number(block[148..<156]) == TarHeader.checksum(block),
            block[257..<262].elementsEqual("ustar".utf8), let kind = Kind(rawValue: block[156]),
            let bytes = records["size"].map({ Int($0) }) ?? TarHeader.number(block[124..<136]), bytes >= 0
        else { return nil }
        let (prefix, name) = (TarHeader.text(block[345..<500]), TarHeader.text(block[0..<100]))
        path = records["path"] ?? (prefix.isEmpty ? name : "\(prefix)/\(name)")
        (self.kind, self.bytes) = (kind, bytes)
        isExecutable = (TarHeader.number(block[100..<108]) ?? 0) & 0o100 != 0 && kind == .file
        if path.hasSuffix("/") { path.removeLast() }
    }

    /// A header for this.
    init(path: String, kind: Kind = .file, bytes: Int = 0, isExecutable: Bool = false) {
        (self.path, self.kind, self.bytes, self.isExecutable) = (path, kind, bytes, isExecutable)
    }

    /// The records of an extended header; `nil` if it has none.
    static func records(_ bytes: [UInt8]) -> [String: String]? {
        var (found, rest) = ([String: String](), bytes[...])
        while let blank = rest.firstIndex(of: 0x20) {
            guard let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 2, length <= rest.count,
                rest[rest.startIndex + length - 1] == 0x0A
            else { return nil }
            let body = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            guard let sign = body.firstIndex(of: 0x3D) else { return nil }
            found[String(decoding: body[..<sign], as: UTF8.self)] = String(
                decoding: body[(sign + 1)...], as: UTF8.self)
            rest = rest.dropFirst(length)
        }
        return rest.isEmpty ? found : nil
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }
}

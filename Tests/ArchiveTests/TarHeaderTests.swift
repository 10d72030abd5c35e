import Testing

@testable import Archive

struct TarHeaderTests {
    static let paths = [
        "a", "trials/0/3.9f0c4a5be1d27c36.3.0/27/model.bin", String(repeating: "d/", count: 70) + "file",
        String(repeating: "n", count: 100), String(repeating: "n", count: 101),
        String(repeating: "long-directory/", count: 40) + String(repeating: "é", count: 80),
    ]

    /// The header that is read from blocks, with the extended header before it.
    private func read(_ blocks: [UInt8]) -> TarHeader? {
        guard let first = TarHeader(Array(blocks.prefix(512)), records: [:]) else { return nil }
        guard first.kind == .extended else { return first }
        guard let records = TarHeader.records(Array(blocks[512..<(512 + first.bytes)])) else { return nil }
        return TarHeader(Array(blocks.suffix(512)), records: records)
    }

    @Test(arguments: paths, [0, 1, 0o77777777777, 0o100000000000, 1 << 50])
    func `a header is read as it was written`(path: String, bytes: Int) {
        for header in [
            TarHeader(path: path, bytes: bytes), TarHeader(path: path, bytes: bytes, isExecutable: true),
            TarHeader(path: path, kind: .directory, bytes: bytes),
        ] {
            #expect(header.blocks.count.isMultiple(of: 512))
            #expect(read(header.blocks) == header)
        }
    }

    @Test func `a block in which a byte has changed is no header, or says the same`() {
        let header = TarHeader(path: "outputs/packs/9f", bytes: 1_234)
        for index in 0..<512 {
            var block = header.blocks
            block[index] ^= 0x04
            if let other = TarHeader(block, records: [:]) { #expect(other == header, "byte \(index)") }
        }
    }

    @Test(arguments: ["5 a=b", "x", "99 a=b\n", "6 a=b\nrest", "0 a=b\n", "-6 a=b\n"])
    func `records that are cut or miscounted are none`(text: String) {
        #expect(TarHeader.records(Array(text.utf8)) == nil)
    }
}

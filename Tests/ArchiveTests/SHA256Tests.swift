import Digests
import Testing

struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `digests are those of the standard's examples`(text: String, hex: String) {
        #expect(SHA256(of: Array(text.utf8)).hex == hex)
    }

    @Test func `a million letters that come in pieces have the standard's digest`() {
        var (sum, left, piece) = (SHA256(), 1_000_000, 1)
        while left > 0 {
            sum.add([UInt8](repeating: 0x61, count: min(piece, left)))
            left -= min(piece, left)
            piece = piece * 3 % 4_099 + 1
        }
        #expect(sum.hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `the digest of what was added so far changes nothing`() {
        var sum = SHA256(of: Array("ab".utf8))
        _ = sum.digest
        sum.add(Array("c".utf8))
        #expect(sum.digest == SHA256.digest(Array("abc".utf8)))
    }
}

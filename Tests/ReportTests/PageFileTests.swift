import Digests
import Testing

@testable import Report

/// The page as a file.
struct PageFileTests {
    @Test(arguments: [
        ("", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("abc", "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "sha256-JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="
        ),
    ])
    func `SHA-256 is that of the standard's examples`(text: String, source: String) {
        #expect(SHA256.source(Array(text.utf8)) == source)
    }

    @Test func `the page names its own script and style and allows no others`() {
        let page = String(decoding: PageFile.html(document: Array("{}".utf8)), as: UTF8.self)
        #expect(page.contains("content=\"\(PageFile.policy(connects: false))\""))
        #expect(PageFile.policy(connects: false).contains("default-src 'none'"))
        #expect(!PageFile.policy(connects: false).contains("unsafe"))
        #expect(PageFile.policy(connects: true).contains("connect-src 'self'"))
        #expect(!page.contains("{{"))
        // All that it needs is in it.
        #expect(!page.contains(" src="))
        #expect(!page.contains("http:"))
        #expect(!page.contains("https:"))
    }

    @Test func `nothing in a document ends the element that it stands in`() {
        let document = Array(#"{"name":"</script><script>alert(1)<!--"}"#.utf8)
        let page = String(decoding: PageFile.html(document: document), as: UTF8.self)
        #expect(page.contains(#"{"name":"\u003c/script>\u003cscript>alert(1)\u003c!--"}"#))
        #expect(page.ranges(of: "</script>").count == 2)
    }

    @Test func `a page without a document asks its server`() {
        let page = String(decoding: PageFile.html(document: nil), as: UTF8.self)
        #expect(page.contains(#"<script type="application/json" id="document">null</script>"#))
    }
}

import Foundation
import Testing

/// The example at the beginning of a page runs unchanged, with the executables of this build.
struct PageExampleTests {
    /// The pages that show how something is done.
    private static let guides = [
        "parameters", "searchers", "external-searchers", "schedulers", "external-schedulers",
        "training-command", "metrics",
        "running", "change", "prior-results",
        "execution", "checkpoints", "exports", "from-optuna", "from-ray-tune",
    ].map { "docs/\($0).md" }

    @Test(arguments: guides)
    func `a page that shows how opens with an example`(page: String) {
        #expect(
            PageExample.all.contains { $0.page == page && $0.files["study.yaml"] != nil },
            "put files ('```yaml study.yaml') and commands ('```sh run') near the top of the page")
    }

    @Test func `the README has the script that other pages train with`() {
        #expect(PageExample.script?.contains("import stune") == true)
    }

    @Test(.serialized, arguments: PageExample.all)
    func `the example runs as it stands`(example: PageExample) throws {
        let place = try Script.place()
        defer { try? FileManager.default.removeItem(at: place) }
        let outcome = try example.run(in: place)
        #expect(outcome.code == 0, "\(outcome.text)")
        #expect(!outcome.text.contains("failed"), "\(outcome.text)")
    }
}

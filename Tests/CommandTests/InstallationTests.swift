import Foundation
import Testing

@testable import stune

/// The parts of an installation, found only from the directory of the executable.
struct InstallationTests {
    private func installation(
        at binaries: String, share: String? = nil, worker: String? = nil, _ paths: String...
    ) -> Installation {
        Installation(binaries: binaries, share: share, worker: worker, exists: Set(paths).contains)
    }

    @Test(arguments: ["/usr/local", "/home/you/env", "/home/you/.local", "/sw/stune/1.2", ""])
    func `parts are below share of the prefix, whatever that is`(prefix: String) {
        let found = installation(
            at: "\(prefix)/bin", "\(prefix)/share/stune/controller.sbatch", "\(prefix)/share/stune/python",
            "\(prefix)/share/stune/study.schema.json", "\(prefix)/bin/stune-worker")
        #expect(found.path(of: .controller) == "\(prefix)/share/stune/controller.sbatch")
        #expect(found.path(of: .client) == "\(prefix)/share/stune/python")
        #expect(found.path(of: .schema) == "\(prefix)/share/stune/study.schema.json")
        #expect(found.path(of: .worker) == "\(prefix)/bin/stune-worker")
        #expect(found.path(of: .templates) == nil)
    }

    @Test(arguments: ["/code/stune/.build/release", "/code/stune/.build/x86_64-unknown-linux-gnu/debug"])
    func `an executable of a build finds the parts in its clone`(binaries: String) {
        let clone = installation(
            at: binaries, "/code/stune/Package.swift", "/code/stune/sbatch/controller.sbatch",
            "/code/stune/templates", "/code/stune/docs", "/code/stune/docs/study.schema.json")
        #expect(clone.path(of: .docs) == "/code/stune/docs")
        #expect(clone.path(of: .controller) == "/code/stune/sbatch/controller.sbatch")
        #expect(clone.path(of: .templates) == "/code/stune/templates")
        #expect(clone.path(of: .schema) == "/code/stune/docs/study.schema.json")
    }

    @Test func `a prefix within some other clone is no clone of stune`() {
        let other = installation(at: "/code/other/env/bin", "/code/other/Package.swift")
        #expect(other.path(of: .controller) == nil)
        #expect(other.places(of: .controller) == ["/code/other/env/share/stune/controller.sbatch"])
    }

    @Test func `variables override, and are then the only places`() {
        let told = installation(
            at: "/usr/bin", share: "/sw/share", worker: "/sw/worker", "/usr/share/stune/controller.sbatch",
            "/sw/worker")
        #expect(told.path(of: .controller) == nil)
        #expect(told.places(of: .controller) == ["/sw/share/controller.sbatch"])
        #expect(told.path(of: .worker) == "/sw/worker")
    }

    @Test func `every part is in the clone under its name`() {
        for part in Installation.Part.allCases where part != .stune && part != .worker {
            #expect(Repository.exists(part), "\(part.rawValue)")
        }
    }

    /// The parts in this test's clone.
    private enum Repository {
        static func exists(_ part: Installation.Part) -> Bool {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return part.source.map {
                FileManager.default.fileExists(atPath: root.appending(path: $0).path)
            } ?? false
        }
    }
}

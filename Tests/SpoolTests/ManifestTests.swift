import Foundation
import Spool
import Testing
import Tuning

@Suite struct ManifestTests {
    private func manifest(_ entries: [Manifest.Entry], stay: Manifest.Stay?) throws -> Manifest {
        Manifest(
            study: #""entries":[] and \"entries\":[]"#, token: ArrayToken(bits: 7), metric: "loss",
            otherMetrics: stay == nil ? nil : ["a\"b", "size"],
            command: try CommandTemplate(["python3", "--lr={lr}", #"{{"entries":[]}}"#]),
            workingDirectory: "/scratch/me \n", stay: stay, entries: entries)
    }

    @Test(arguments: [0, 1, 2, 31])
    func `a manifest is published as Codable writes it`(count: Int) throws {
        let place = try SpoolPlace()
        let manifest = try manifest(
            (0..<count).map { index in
                Manifest.Entry(
                    index: index, task: index % 4 == 3 ? 2 : nil, trial: TrialID(index + 9),
                    rung: index % 3,
                    configuration: Configuration([
                        "lr": .float(0.1 / Double(index + 1)), "layers": .int(index),
                        "name": .string("a\"b"),
                        "nesterov": .bool(true),
                    ]), from: Resource(index), to: Resource(index + 3),
                    resume: index % 2 == 0 ? nil : "trials/0/é/checkpoints/1",
                    mayWait: [nil, false, true][index % 3])
            }, stay: count % 2 == 0 ? nil : Manifest.Stay(reuse: count > 1, seconds: 30))
        try manifest.publish(in: place.study)
        let bytes = try place.study.files.read(place.study.manifest(manifest.token), limit: 1 << 20)
        #expect(bytes == SpoolJSON.encode(manifest))
        #expect(Manifest(plain: bytes) == manifest)
        #expect(try Manifest.read(manifest.token, in: place.study) == manifest)
    }

    @Test func `a manifest that is published again is replaced only by another one`() throws {
        let place = try SpoolPlace()
        let entry = Manifest.Entry(
            index: 0, trial: TrialID(0), rung: 0, configuration: Configuration(), from: .none,
            to: Resource(3), resume: nil)
        let first = try manifest([entry], stay: nil)
        func file() throws -> UInt64? {
            let path = place.study.manifest(first.token)
            return try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64
        }
        try first.publish(in: place.study)
        let before = try file()
        try first.publish(in: place.study)
        #expect(try file() == before)
        try manifest([], stay: nil).publish(in: place.study)
        #expect(try Manifest.read(first.token, in: place.study).entries.isEmpty)
    }

    @Test func `a task has the lanes that name it, and the one of its own index that names none`() throws {
        let entries = [(3, nil), (4, 3), (5, nil), (9, 3)].map { index, task in
            Manifest.Entry(
                index: index, task: task, trial: TrialID(index), rung: 0, configuration: Configuration(),
                from: .none, to: Resource(1), resume: nil)
        }
        let manifest = try manifest(entries, stay: nil)
        #expect(manifest.lanes(of: 3).map(\.index) == [3, 4, 9])
        #expect(manifest.lanes(of: 5).map(\.index) == [5])
        #expect(manifest.lanes(of: 4).isEmpty)
    }
}

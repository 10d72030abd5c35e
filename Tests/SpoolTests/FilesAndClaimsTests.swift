import Foundation
import Testing
import Tuning

@testable import Spool

@Suite struct FilesAndClaimsTests {
    private let token = ArrayToken(bits: 7)

    @Test func `of many that publish exclusively exactly one wins, and its content stands`() async throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/one"
        let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<32 {
                group.addTask {
                    try Files.system.publishExclusively(Array("\(number)".utf8), at: path) ? number : nil
                }
            }
            return try await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
        }
        #expect(winners.count == 1)
        #expect(String(decoding: try Files.system.read(path, limit: 9), as: UTF8.self) == "\(winners[0])")
        let hidden = try FileManager.default.contentsOfDirectory(atPath: place.study.path)
        #expect(!hidden.contains { $0.hasPrefix(".tmp") })
    }

    @Test func `publishing replaces as a whole, and refuses what is not there in words`() throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/file"
        try Files.system.publish([1, 2, 3], at: path)
        try Files.system.publish([4], at: path)
        #expect(try Files.system.read(path, limit: 1) == [4])
        #expect {
            try Files.system.publish([1], at: "\(place.study.path)/no/where")
        } throws: { error in
            (error as? FileError)?.description.contains("No such file or directory") ?? false
        }
    }

    @Test func `reading follows no link and reads nothing beyond its limit`() throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/file"
        try Files.system.publish([1, 2, 3], at: path)
        #expect(throws: FileError.self) { _ = try Files.system.read(path, limit: 2) }
        try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
        #expect(throws: FileError.self) { _ = try Files.system.read(path + ".link", limit: 10) }
        #expect(throws: FileError.self) { _ = try Files.system.read(place.study.path, limit: 10) }
    }

    @Test func `the bytes of a directory are those of all files in it, hidden ones too, and of no links`()
        throws
    {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/checkpoint"
        #expect(try Files.system.bytes(of: path) == nil)
        try Files.system.createDirectory("\(path)/shards/empty")
        #expect(try Files.system.bytes(of: path) == 0)
        for (name, count) in [("a", 5), (".metadata", 70), ("shards/0", 600), ("shards/1", 8_000)] {
            try Files.system.publish([UInt8](repeating: 1, count: count), at: "\(path)/\(name)")
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/link", withDestinationPath: "\(path)/shards/1")
        #expect(try Files.system.bytes(of: path) == 8_675)
        #expect(try Files.system.bytes(of: "\(path)/shards/0") == 600)
        #expect(try Files.system.bytes(of: "\(path)/link") == 0)
        // The directory itself and one name in it.
        #expect(try Files.system.bytes(of: path, limit: 2) ?? 0 < 8_675)
    }

    @Test func `a directory is copied and removed with its hidden files`() throws {
        let place = try SpoolPlace()
        let path = "\(place.study.path)/checkpoint"
        try Files.system.createDirectory("\(path)/.cache")
        try Files.system.publish([1, 2], at: "\(path)/.metadata")
        try Files.system.publish([3], at: "\(path)/.cache/.x")
        try Files.copyTree(path, to: "\(path).copy")
        #expect(try Files.system.list("\(path).copy", hidden: true) == [".cache", ".metadata"])
        #expect(try Files.system.bytes(of: "\(path).copy") == 3)
        try Files.system.removeTree(path)
        #expect(try !Files.system.exists(path))
    }

    private func claim(_ array: UInt32) -> Claim { Claim(array: array, host: "h", process: 1) }

    @Test func `a claim is written as Codable writes it`() {
        let claim = Claim(array: .max, host: "n\"1\"/é", process: 77)
        #expect(claim.text == SpoolJSON.encode(claim))
    }

    private func attempt(_ epoch: Int) -> Turn {
        Turn(token: token, index: 3, epoch: epoch)
    }

    @Test func `an attempt is claimed once; a later start of the same task supersedes it`() throws {
        let place = try SpoolPlace()
        try Files.system.createDirectory(place.study.claims(token))
        #expect(try claim(1).take(attempt(0), in: place.study) == nil)
        #expect(try claim(1).take(attempt(0), in: place.study) != nil)
        #expect(try claim(1).take(attempt(2), in: place.study) == nil)
        #expect(try claim(1).take(attempt(1), in: place.study)?.contains("later start") ?? false)
    }

    @Test func `a task of another array with the same token finds the work taken`() throws {
        let place = try SpoolPlace()
        try Files.system.createDirectory(place.study.claims(token))
        #expect(try claim(1).take(attempt(0), in: place.study) == nil)
        #expect(try claim(2).take(attempt(1), in: place.study)?.contains("task 1_3") ?? false)
        #expect(try Claim.holder(of: attempt(0), in: place.study)?.array == 1)
        #expect(try Claim.holder(of: attempt(1), in: place.study) == nil)
    }

    static let tokens: [(String, Bool)] = [
        ("0123456789abcdef", true), ("0123456789ABCDEF", false), ("0123456789abcde", false),
        ("0123456789abcdef0", false), ("../../../../etc/", false), ("", false),
    ]

    @Test(arguments: tokens)
    func `a token is 16 lower-case hexadecimal digits`(_ text: String, _ isToken: Bool) {
        #expect((ArrayToken(text) != nil) == isToken)
    }

    @Test func `a manifest of another version, another array, or cut short is refused`() throws {
        let place = try SpoolPlace()
        var manifest = Manifest(
            study: "s", token: token, metric: "loss", command: try CommandTemplate(["true"]),
            workingDirectory: "/",
            entries: [
                Manifest.Entry(
                    index: 3, trial: TrialID(3), rung: 0, configuration: Configuration(["a": .float(0.5)]),
                    from: .none, to: Resource(1), resume: nil)
            ])
        try manifest.publish(in: place.study)
        #expect(try Manifest.read(token, in: place.study) == manifest)
        let path = place.study.manifest(token)
        let bytes = try Files.system.read(path, limit: 1 << 20)
        try Files.system.publish(Array(bytes.dropLast(5)), at: path)
        #expect(throws: SpoolError.self) { _ = try Manifest.read(token, in: place.study) }
        manifest.version = 2
        try Files.system.publish(SpoolJSON.encode(manifest), at: path)
        #expect(throws: SpoolError.self) { _ = try Manifest.read(token, in: place.study) }
        try Files.system.publish(bytes, at: place.study.manifest(ArrayToken(bits: 8)))
        #expect(throws: SpoolError.self) { _ = try Manifest.read(ArrayToken(bits: 8), in: place.study) }
    }
}

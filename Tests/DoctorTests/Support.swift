import Foundation
import Testing

@testable import Doctor

/// A recorded answer, such as `22.05/config.txt`.
func recorded(_ name: String) throws -> String {
    let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)")
    return try String(contentsOf: url, encoding: .utf8)
}

/// The recorded answers of a version of Slurm.
func facts(_ version: String, asking: [String: String] = [:], groups: [String] = []) throws -> SlurmFacts {
    var facts = SlurmFacts(user: SlurmUser(name: "ada", groups: groups))
    facts.sbatch = "/usr/bin/sbatch"
    facts.library = (
        "/usr/lib/libslurm.so", try #require(SlurmConfiguration(recorded("\(version)/config.txt")).version)
    )
    facts.asked = asking
    (facts.host, facts.seconds) = ("login1", 0.012)
    let configuration = try SlurmConfiguration(recorded("\(version)/config.txt"))
    facts.configuration = .found(configuration)
    facts.partitions = .found(PartitionRecord.all(try recorded("\(version)/partition.txt")))
    facts.shapes = .found(NodeShape.all(try recorded("\(version)/sinfo.txt")))
    guard configuration.hasAccounting else { return facts }
    let own = Association.all(try recorded("\(version)/assoc.txt"), cluster: configuration["ClusterName"])
    facts.associations = .found(own)
    facts.user.accounts = own.map(\.account)
    guard !own.isEmpty else { return facts }
    facts.qualities = .found(QualityOfService.all(try recorded("\(version)/qos.txt")))
    facts.accounts = Association.all(try recorded("\(version)/accounts.txt")).filter(\.user.isEmpty)
    facts.defaultAccount = AccountTable(try recorded("\(version)/user.txt")).rows.first?["defacct"]
    return facts
}

extension [Finding] {
    /// The finding on a topic; `nil` if there is none.
    subscript(topic: String) -> Finding? { first { $0.topic == topic } }

    /// The topics that are not ok, each with its level.
    var concerns: [String] {
        filter { $0.level != .ok }.map { "\($0.topic) \($0.level.rawValue)" }
    }
}

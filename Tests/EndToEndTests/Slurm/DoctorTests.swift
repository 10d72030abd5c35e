import Foundation
import Testing

/// The output of `stune doctor --json`.
private struct Examined {
    let code: Int32
    let document: JSONField
    let errors: String

    /// The finding on a topic; `nil` if there is none.
    subscript(topic: String) -> JSONField? {
        document["findings"]?.elements.first { $0["topic"]?.text == topic }
    }

    /// The level of a topic; empty if there is no such finding.
    func level(_ topic: String) -> String { self[topic]?["level"]?.text ?? "" }

    /// The findings that are problems, as `topic: what`.
    var problems: [String] {
        (document["findings"]?.elements ?? []).filter { $0["level"]?.text == "problem" }.map {
            "\($0["topic"]?.text ?? ""): \($0["what"]?.text ?? "")"
        }
    }
}

/// A place with its own files of defaults, for site and user.
private struct Site {
    let place: Workplace
    private let environment: [String: String]

    /// - Parameter defaults: the site's file.
    init(_ defaults: String = "") throws {
        place = try Workplace()
        try place.write("site.yaml", defaults)
        environment = [
            "STUNE_SITE": "\(place.path)/site.yaml", "XDG_CONFIG_HOME": "\(place.path)/config",
        ]
    }

    /// The user's file; `nil` if there is none.
    var written: String? {
        try? String(contentsOfFile: "\(place.path)/config/stune/site.yaml", encoding: .utf8)
    }

    func doctor(_ arguments: String..., environment more: [String: String] = [:]) async throws -> Examined {
        let outcome = try await Tool.run(
            [Tool.stune, "doctor", "--json"] + arguments, in: place.path,
            environment: environment.merging(more) { $1 })
        let document = outcome.output.isEmpty ? .null : try JSONField(outcome.output)
        return Examined(code: outcome.code, document: document, errors: outcome.errors)
    }

    func stune(_ arguments: String...) async throws -> Tool.Outcome {
        try await Tool.run([Tool.stune] + arguments, in: place.path, environment: environment)
    }

    /// Runs a small study that requests nothing from Slurm itself.
    func runStudy(_ directory: String) async throws -> Tool.Outcome {
        try place.writeStudy(trials: 3, parallel: 3, maxResource: 3, more: "")
        try place.writeScript()
        return try await stune("run", "study.yaml", "--dir", "\(place.path)/\(directory)")
    }
}

/// `stune doctor` on the throwaway Slurm.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct DoctorTests {
    @Test func `the throwaway Slurm is in order, and people can read it`() async throws {
        let site = try Site()
        let found = try await site.doctor()
        #expect(found.problems == [], "\(found.document)")
        #expect(found.code == 0)
        #expect(found.level("slurm.controller") == "ok")
        #expect(found["slurm.controller"]?["facts"]?["version"]?.text?.isEmpty == false)
        #expect(found["slurm.partitions"]?["details"]?.elements.isEmpty == false)
        #expect(found.level("slurm.test") == "ok")
        for topic in ["files.names", "files.sync", "files.locks", "files.room", "files.clock"] {
            #expect(found.level(topic).isEmpty == false, "\(topic)")
        }
        let page = try await site.stune("doctor", "--dir", site.place.path)
        #expect(page.code == 0)
        #expect(page.output.contains("Study directory") && page.output.contains("slurmctld is Slurm"))
        let left = try FileManager.default.contentsOfDirectory(atPath: site.place.path)
        #expect(!left.contains { $0.hasPrefix(".stune-doctor") })
    }

    @Test func `its advice followed, the study runs`() async throws {
        let site = try Site("slurm: {partition: gone}\n")
        let before = try await site.runStudy("before")
        #expect(before.code == 1 && before.errors.lowercased().contains("partition"), "\(before.errors)")

        let found = try await site.doctor("--write")
        #expect(found.code == 1)
        #expect(found.problems.contains { $0.hasPrefix("slurm.partition: ") }, "\(found.problems)")
        #expect(site.written?.contains("  partition: ") == true, "\(site.written ?? "nothing")")

        let after = try await site.doctor()
        #expect(after.problems == [] && after.code == 0)
        let study = try await site.runStudy("after")
        #expect(study.code == 0, "\(study.errors)")
        let told = try await site.stune("validate", "study.yaml")
        #expect(told.output.contains("default: slurm.partition: "), "\(told.output)")
        #expect(told.output.contains("/config/stune/site.yaml:"))
    }

    @Test func `a job measures what nodes see`() async throws {
        let site = try Site()
        let found = try await site.doctor("--submit", "--wait", "200", "--timeout", "60")
        #expect(found.problems == [], "\(found.document)")
        #expect(found.level("probe.job") == "ok", "\(found.document)")
        let nodes = found["probe.job"]?["facts"]?["nodes"]?.text?.split(separator: ",") ?? []
        #expect(Set(nodes).count == 2, "\(nodes)")
        #expect(found.level("probe.worker") == "ok")
        #expect(found["probe.files"]?["facts"]?["from_node_seconds"] != nil)
        let left = try FileManager.default.contentsOfDirectory(atPath: site.place.path)
        #expect(!left.contains { $0.hasPrefix(".stune-doctor") }, "\(left)")
    }

    @Test func `a Slurm that hangs is a finding, and soon`() async throws {
        let site = try Site()
        try site.place.write("scontrol", "#!/bin/sh\nexec sleep 300\n")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let start = Date.now
        let found = try await site.doctor(
            "--timeout", "2", environment: ["PATH": "\(site.place.path):\(path)"])
        #expect(found.code == 1)
        #expect(found["slurm.controller"]?["what"]?.text == "slurmctld did not answer within 2 s")
        #expect(Date.now.timeIntervalSince(start) < 60)
    }

    @Test func `what the user wrote is kept, and told`() async throws {
        let site = try Site()
        try FileManager.default.createDirectory(
            atPath: "\(site.place.path)/config/stune", withIntermediateDirectories: true)
        let own = "# mine\nslurm: {partition: nowhere}  # never change\n"
        try site.place.write("config/stune/site.yaml", own)
        let found = try await site.doctor("--write")
        #expect(site.written == own)
        let field = found.document["written"]?["fields"]?.elements.first
        #expect(
            field?["outcome"]?.text == "kept" && field?["present"]?.text == "nowhere", "\(found.document)")
        try site.place.write("config/stune/site.yaml", "slurm: {partition: [}\n")
        let broken = try await site.doctor("--write")
        #expect(broken.code == 2 && broken.errors.contains("nothing was written"), "\(broken.errors)")
    }
}

/// `stune doctor` on a Slurm with slurmdbd and limits.
@Suite(.serialized, .enabled(if: Tool.hasSites, "needs the Slurm that 'make test-sites' starts"))
struct DoctorSiteTests {
    @Test func `the limits of a QOS are found, and its advice followed, the study runs`() async throws {
        let qos = "d\(UUID().uuidString.prefix(8).lowercased())"
        let site = try Site("slurm: {qos: \(qos), account: stranger, time: 60}\n")
        for command in [
            ["add", "qos", qos, "MaxWall=5", "MaxSubmitJobsPerUser=3", "Flags=DenyOnLimit"],
            ["modify", "user", NSUserName(), "set", "qos+=\(qos)"],
        ] {
            let outcome = try await Tool.run(["sacctmgr", "-i", "-Q"] + command, in: site.place.path)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }
        // slurmdbd informs slurmctld by a message.
        let isKnown = try await Tool.wait(seconds: 60) {
            try await Tool.run(
                ["scontrol", "-o", "show", "assoc_mgr", "flags=qos", "qos=\(qos)"], in: site.place.path
            ).output.contains("QOS=\(qos)(")
        }
        #expect(isKnown)
        let before = try await site.runStudy("before")
        #expect(before.code == 1, "\(before.errors)")

        let found = try await site.doctor("--write", "--timeout", "60")
        #expect(found.code == 1)
        #expect(found.level("accounts.account") == "problem", "\(found.document)")
        #expect(found.level("accounts.time") == "problem", "\(found.document)")
        #expect(found["accounts.queued"]?["facts"]?["max_submit"]?.text == "3")
        #expect(found["accounts.queued"]?["defaults"]?["limits.queued_tasks"]?.text == "2")
        let text = try #require(site.written)
        for line in ["  account: lab", "  time: \"00:05:00\"", "  queued_tasks: 2", "parallel: 2"] {
            #expect(text.contains(line), "\(text)")
        }

        let after = try await site.doctor("--timeout", "60")
        #expect(after.problems == [], "\(after.document)")
        let study = try await site.runStudy("after")
        #expect(study.code == 0, "\(study.errors)")
    }
}

import Foundation
import Testing

/// Files of defaults, `cluster` and `notify`, as users have them.
struct SiteDefaultsTests {
    private func stune(_ place: Workplace, _ arguments: String...) async throws -> Tool.Outcome {
        try await Tool.run(
            [Tool.stune] + arguments, in: place.path,
            environment: [
                "STUNE_SITE": "\(place.path)/site.yaml", "XDG_CONFIG_HOME": "\(place.path)/config",
            ])
    }

    @Test func `validate names the file and the line of each value`() async throws {
        let place = try Workplace()
        try place.writeStudy(more: "slurm: {time: 5}")
        try place.write("site.yaml", "max_retries: 3\nslurm:\n  account: lab\n  time: 60\n")
        let told = try await stune(place, "validate", "study.yaml")
        #expect(told.code == 0, "\(told.output)")
        #expect(told.output.contains("study.yaml: default: max_retries: 3, from \(place.path)/site.yaml:1"))
        #expect(told.output.contains("default: slurm.account: lab, from \(place.path)/site.yaml:3"))
        #expect(!told.output.contains("slurm.time"))
        let json = try JSONField(try await stune(place, "validate", "study.yaml", "--json").output)
        let fields = json["defaults"]?.elements.compactMap { $0["field"]?.text }
        #expect(fields == ["max_retries", "slurm.account"])

        try place.write("site.yaml", "slurm:\n  acount: lab\n")
        let wrong = try await stune(place, "validate", "study.yaml")
        #expect(wrong.code == 2)
        #expect(wrong.output.hasPrefix("\(place.path)/site.yaml:2:3: slurm.acount: unknown field"))
        try FileManager.default.removeItem(atPath: "\(place.path)/site.yaml")
        let missing = try await stune(place, "validate", "study.yaml")
        #expect(missing.code == 2 && missing.errors.contains("STUNE_SITE"), "\(missing.errors)")
    }

    @Test func `a study runs where its file says, and goes on where it was begun`() async throws {
        let place = try Workplace()
        try place.write("site.yaml", "cluster: local\nparallel: 2\n")
        try place.writeStudy(trials: 3, more: "")
        try place.write(
            "study.yaml",
            try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8).replacing(
                "parallel: 3\n", with: ""))
        try place.writeScript()
        let first = try await stune(place, "run", "study.yaml", "--dir", "study")
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.errors.contains("parallel: 2, from \(place.path)/site.yaml:2"))
        // The defaults change; the study stays the same.
        try place.write("site.yaml", "cluster: slurm\nparallel: 7\n")
        let again = try await stune(place, "run", "study.yaml", "--dir", "study")
        #expect(again.code == 0, "\(again.errors)")
        #expect(again.errors.contains("goes on with the 'parallel' that it was begun with"))
    }

    @Test func `people are told of a study's end, with the facts`() async throws {
        let place = try Workplace()
        try place.write("site.yaml", "")
        try place.write(
            "tell.sh",
            "#!/bin/sh\ncat > \"news.$STUNE_NEWS\"\nenv | grep ^STUNE_ > \"variables.$STUNE_NEWS\"\n")
        try place.writeStudy(
            trials: 3, more: "cluster: local\nnotify: {command: [./tell.sh], on: [best, done]}")
        try place.writeScript()
        let outcome = try await stune(place, "run", "study.yaml", "--dir", place.study)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let done = try JSONField(String(contentsOfFile: "\(place.path)/news.done", encoding: .utf8))
        #expect(done["title"]?.text == "stune: e2e is complete")
        #expect(done["study"]?.text == "e2e" && done["metric"]?.text == "loss")
        #expect(done["value"]?.number != nil && done["trial"]?.number != nil)
        let variables = try String(contentsOfFile: "\(place.path)/variables.done", encoding: .utf8)
        #expect(variables.contains("STUNE_DIRECTORY=\(place.study)\n"))
        #expect(variables.contains("STUNE_NEWS=done\n"))
        // A study that is over already is not news.
        try FileManager.default.removeItem(atPath: "\(place.path)/news.done")
        #expect(try await stune(place, "run", "study.yaml", "--dir", place.study).code == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/news.done"))
    }

    @Test func `a command that fails is shown in status, and the study goes on`() async throws {
        let place = try Workplace()
        try place.write("site.yaml", "notify: {command: [sh, -c, 'echo no mail here >&2; exit 7']}\n")
        try place.writeStudy(trials: 1, more: "")
        try place.writeScript()
        let outcome = try await stune(
            place, "run", "study.yaml", "--dir", place.study, "--cluster", "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let status = try await stune(place, "status", place.study)
        #expect(status.output.contains("notify: 'sh' for 'done'"), "\(status.output)")
        #expect(status.output.contains("no mail here"))
    }
}

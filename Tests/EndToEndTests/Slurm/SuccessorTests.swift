import Foundation
import Store
import Testing
import Tuning

/// Controllers whose time ends before their study, on a real Slurm whose shortest time limit is a minute.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct SuccessorTests {
    @Test func `a study outlives three controllers of one minute, and the fourth completes it`()
        async throws
    {
        let place = try Workplace(name: "stune hand over")
        try place.writeStudy(trials: 9, parallel: 3, maxResource: 9)
        try place.writeScript(before: "sleep 2\n" + Workplace.gate(fromTrial: 6))
        let submitted = try await Tool.run(
            [
                "sbatch", "--parsable", "--time=1", "--comment=of a test",
                "\(Tool.repository)/sbatch/controller.sbatch", "study.yaml", "--dir", place.study,
            ],
            in: place.path, environment: ["STUNE_BIN": Tool.products])
        let first = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(submitted.code == 0, "\(submitted.errors)")
        defer { _ = try? Tool.start(["scancel", "--name=stune", "--me"], in: "/tmp") }

        var jobs = [first]
        let hasThree = try await Tool.wait(seconds: 240, looking: .seconds(1)) {
            if let next = try successor(of: jobs[jobs.count - 1], in: place) { jobs.append(next) }
            return jobs.count == 4
        }
        try #require(hasThree, "\(jobs) \(logs(of: place))")
        try place.openGate()
        let isOver = try await Tool.wait(seconds: 120, looking: .seconds(1)) {
            try await record(of: jobs[3], in: place)["JobState"] == "COMPLETED"
        }
        #expect(isOver, "\(logs(of: place))")

        let log = try StudyLog(place)
        #expect(try log.read { try $0.outcome() } == .completed)
        #expect(try log.read { try $0.trials().count } == 9)
        for trial in 0..<9 {
            let attempts = try log.read { try $0.attempts(of: TrialID(trial)) }
            #expect(attempts.allSatisfy { $0.ending == .finished }, "\(attempts)")
        }
        #expect(try await place.stune("replay", place.study).code == 0)
        let original = try await record(of: first, in: place)
        for job in jobs {
            let record = try await record(of: job, in: place)
            #expect(record["JobState"] == "COMPLETED" && record["ExitCode"] == "0:0", "\(record)")
            for field in [
                "Command", "WorkDir", "Comment", "TimeLimit", "Partition", "NumCPUs", "MinMemoryNode",
            ] {
                #expect(record[field] == original[field] && record[field] != nil, "\(field): \(record)")
            }
        }
    }

    /// The job that continues after this one, from its last lines.
    private func successor(of job: String, in place: Workplace) throws -> String? {
        let log = "\(place.path)/stune-\(job).log"
        guard FileManager.default.fileExists(atPath: log) else { return nil }
        let words = try String(contentsOfFile: log, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        guard let verb = words.firstIndex(of: "goes"), verb > words.startIndex else { return nil }
        return String(words[words.index(before: verb)])
    }

    /// Slurm's record of a job.
    private func record(of job: String, in place: Workplace) async throws -> [String: String] {
        let text = try await Tool.run(["scontrol", "show", "job", job], in: place.path).output
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            let isPath = ["Command=", "WorkDir=", "Comment="].contains { trimmed.hasPrefix($0) }
            for part in isPath ? [trimmed] : trimmed.split(separator: " ").map(String.init) {
                guard let sign = part.firstIndex(of: "=") else { continue }
                fields[String(part[..<sign])] = String(part[part.index(after: sign)...])
            }
        }
        return fields
    }

    /// What the controllers wrote.
    private func logs(of place: Workplace) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        let texts = names.filter { $0.hasSuffix(".log") }.sorted().map { name in
            (try? String(contentsOfFile: "\(place.path)/\(name)", encoding: .utf8)) ?? ""
        }
        return texts.joined(separator: "\n---\n")
    }
}

import Foundation
import Spool
import Testing

@testable import Doctor

/// The job on compute nodes: its script, its reports, and what they mean.
@Suite struct ProbeTests {
    private func report(_ rank: Int, _ changes: [String: String] = [:]) -> ProbeReport {
        var values = [
            "rank": "\(rank)", "node": "n\(rank + 1)", "architecture": "x86_64", "glibc": "glibc 2.28",
            "worker_code": "0", "worker": "0.1.0", "python_code": "0", "python": "3.11.2",
            "python_path": "/usr/bin/python3", "client_code": "0", "gpu_devices": "0", "home_there": "1",
            "env_PATH": "/usr/bin", "clock_before": "100.0", "clock_after": "100.0", "clock_file": "100.0",
        ]
        values.merge(changes) { $1 }
        return ProbeReport(values.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"))
    }

    private func facts(_ change: (inout ProbeFacts) -> Void = { _ in }) -> ProbeFacts {
        var facts = ProbeFacts()
        (facts.job, facts.nodes, facts.waited) = ("4821", 2, 1.5)
        facts.reports = [report(0), report(1)]
        facts.rounds = [ProbeRound(rank: 0, written: 10, seenByNode: 10.1, answered: 10.1, seenHere: 10.3)]
        (facts.architecture, facts.environment) = ("x86_64", ["PATH": "/usr/bin"])
        facts.hereAhead = 0
        change(&facts)
        return facts
    }

    @Test func `two nodes where all is well`() {
        let all = ProbeFindings.all(facts())
        #expect(all.concerns == [])
        #expect(all["probe.job"]?.what == "job 4821 reported from n1 and n2 after 1.5 s")
        #expect(
            all["probe.files"]?.what
                == "a file is seen on a node after 0.1 s at most, and one from a node here after 0.2 s")
    }

    @Test func `what differs on a node is told`() {
        let cases: [(String, (inout ProbeFacts) -> Void)] = [
            ("probe.worker problem", { $0.reports[1] = report(1, ["worker_code": "126"]) }),
            ("probe.architecture problem", { $0.reports[0] = report(0, ["architecture": "aarch64"]) }),
            ("probe.python warning", { $0.reports[0] = report(0, ["python": "3.9.1"]) }),
            ("probe.client warning", { $0.reports[0] = report(0, ["client_code": "1"]) }),
            ("probe.environment note", { $0.reports[0] = report(0, ["env_PATH": "/opt/bin"]) }),
            ("probe.environment note", { $0.reports[0] = report(0, ["home_there": ""]) }),
            ("probe.clocks note", { $0.reports[0] = report(0, ["clock_file": "102.0"]) }),
            ("probe.job warning", { $0.reports.removeLast() }),
            ("probe.job problem", { ($0.job, $0.refusals) = (nil, ["Invalid partition"]) }),
            ("probe.job warning", { ($0.reports, $0.state, $0.reason) = ([], "PENDING", "Resources") }),
            ("probe.job problem", { ($0.reports, $0.state) = ([], "FAILED") }),
            ("probe.files problem", { $0.rounds = [] }),
            ("probe.output problem", { $0.output = "setup line 1 failed with exit code 1" }),
        ]
        for (concern, change) in cases { #expect(ProbeFindings.all(facts(change)).concerns == [concern]) }
    }

    @Test func `a late file system raises settle_seconds`() {
        let all = ProbeFindings.all(
            facts {
                $0.rounds = [ProbeRound(rank: 0, written: 0, seenByNode: 3, answered: 3, seenHere: 48)]
            })
        #expect(all["probe.files"]?.level == .warning)
        #expect(all["probe.files"]?.advice == [.setting("settle_seconds", "90")])
    }

    @Test func `a node's clock is set right by the file server's`() {
        // The node's clock is 20 s ahead of this machine's.
        let round = ProbeRound(rank: 0, written: 10, seenByNode: 30.5, answered: 30.5, seenHere: 10.75)
        let delays = round.delays(hereAhead: 2, nodeAhead: -18)
        #expect(abs(delays.toNode - 0.5) < 1e-9 && abs(delays.fromNode - 0.25) < 1e-9)
        // If a clock is not known, the sum is still right.
        #expect(round.delays(hereAhead: nil, nodeAhead: nil).toNode == 20.5)
    }

    // MARK: The script

    /// A directory with an sbatch that starts the script here, and the other commands of the run.
    private func place() throws -> String {
        let path = "/tmp/stune probe \(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let programs = [
            "sbatch": """
            #!/bin/bash
            here=$(dirname -- "$0")
            for word in "$@"; do
                case $word in
                    --output=*) output=${word#--output=} ;;
                    --nodes=2) echo 'sbatch: error: one node only' >&2; exit 1 ;;
                esac
            done
            printf '%s\\n' "$@" > "$here/arguments"
            SLURM_PROCID=0 SLURMD_NODENAME=n7 bash "${!#}" > "$output" 2>&1 < /dev/null &
            echo '4821;alpha'
            """,
            "squeue": "#!/bin/sh\necho 'RUNNING|None'\n", "scancel": "#!/bin/sh\n:\n",
            "stune-worker": "#!/bin/sh\necho 0.1.0\n",
        ]
        for (name, text) in programs {
            try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(name)")
        }
        return path
    }

    @Test func `the job measures, and leaves nothing behind`() async throws {
        let path = try place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var run = ProbeRun(
            commands: CommandLook(seconds: 300), directory: path,
            options: ["partition": "cpu", "time": "60"], setup: ["export PROBE=1", "false"],
            stune: "\(path)/none", worker: "\(path)/stune-worker", nodes: 2, patience: 300)
        run.programs = "\(path)/"
        let facts = try await run.facts(ProbeFacts())
        #expect(facts.job == "4821")
        #expect(facts.refusals == ["sbatch: error: one node only"])
        #expect(facts.nodes == 1)
        let report = try #require(facts.reports.first)
        #expect(report.node == "n7")
        #expect(report["worker_code"] == "0" && report["worker"] == "0.1.0")
        #expect(report["stune_code"] != "0")
        #expect(abs(report.clockAhead ?? 100) < 10)
        #expect(facts.rounds.count == ProbeScript.rounds)
        for round in facts.rounds {
            let delays = round.delays(hereAhead: nil, nodeAhead: nil)
            #expect(delays.toNode < 60 && delays.fromNode < 60)
        }
        #expect(facts.output.contains("setup line 2 failed with exit code 1"))
        let arguments = try String(contentsOfFile: "\(path)/arguments", encoding: .utf8)
        #expect(arguments.contains("--partition=cpu\n") && !arguments.contains("--time=60"))
        let left = try FileManager.default.contentsOfDirectory(atPath: path).filter {
            $0.hasPrefix(".stune")
        }
        #expect(left == [])
    }

    @Test func `a script's words arrive as they are`() throws {
        let text = ProbeScript.probe(directory: "/a 'b'", stune: "/x y/stune", worker: "/x y/stune-worker")
        #expect(text.contains(#"dir='/a '\''b'\''' stune='/x y/stune' worker='/x y/stune-worker'"#))
        let batch = ProbeScript.batch(setup: ["module load 'x'"], directory: "/a b")
        #expect(batch.contains(#"eval 'module load '\''x'\'''"#))
    }
}

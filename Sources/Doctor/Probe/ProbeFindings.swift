/// What a job on compute nodes observed, and what it means for a study.
enum ProbeFindings {
    /// Above this, users wonder where their results are.
    private static let slowDelay = 5.0
    /// A study's default wait for a last report.
    private static let settle = 60.0

    static func all(_ facts: ProbeFacts) -> [Finding] {
        guard facts.job != nil else { return [refused(facts)] }
        guard !facts.reports.isEmpty else { return [silent(facts)] }
        return [
            job(facts), delays(facts), worker(facts), architecture(facts), python(facts), client(facts),
            gpus(facts), environment(facts), glibc(facts), clocks(facts), output(facts),
        ].compactMap(\.self)
    }

    // MARK: The job

    private static func refused(_ facts: ProbeFacts) -> Finding {
        Finding(
            "probe.job", .problem, "Slurm refused the job: \(facts.refusals.last ?? "")",
            meaning: "It would refuse a study's tasks too. Follow the advice above")
    }

    private static func silent(_ facts: ProbeFacts) -> Finding {
        let job = facts.job ?? ""
        if facts.state == "PENDING" || facts.state.isEmpty {
            let reason = facts.reason.isEmpty ? "" : " (\(facts.reason))"
            return Finding(
                "probe.job", .warning, "job \(job) did not start in time\(reason), and was cancelled",
                meaning:
                    "The queue is full, or the job asks for resources that do not exist. Tasks would wait as long",
                advice: [.command("stune doctor --submit --wait 3600")])
        }
        return Finding(
            "probe.job", .problem, "job \(job) ended (\(facts.state)), and no file of it can be seen here",
            meaning:
                "Compute nodes do not see this directory, or cannot write there. Take one on a shared file system",
            advice: [.command("stune doctor --submit --dir DIRECTORY")],
            details: facts.output.isEmpty ? [] : [SlurmFindings.shortened(facts.output)])
    }

    private static func job(_ facts: ProbeFacts) -> Finding {
        let nodes = facts.reports.map(\.node).joined(separator: " and ")
        let waited = facts.waited.map { seconds($0) } ?? "?"
        let values = ["job": facts.job ?? "", "nodes": facts.reports.map(\.node).joined(separator: ",")]
        if facts.reports.count < facts.nodes {
            return Finding(
                "probe.job", .warning, "job \(facts.job ?? "") ran, and only \(nodes) reported",
                meaning: "The other node does not see this directory, or srun does not start there",
                details: facts.output.isEmpty ? [] : [SlurmFindings.shortened(facts.output)], facts: values)
        }
        let second =
            facts.refusals.first.map { ". A job of two nodes is refused: \($0)" } ?? ""
        return Finding(
            "probe.job", .ok, "job \(facts.job ?? "") reported from \(nodes) after \(waited)\(second)",
            facts: values)
    }

    private static func output(_ facts: ProbeFacts) -> Finding? {
        let lines = facts.output.split(whereSeparator: \.isNewline).map(String.init)
        guard !lines.isEmpty else { return nil }
        let hasFailedSetup = lines.contains { $0.contains("setup line") }
        return Finding(
            "probe.output", hasFailedSetup ? .problem : .note,
            hasFailedSetup ? "a line of 'slurm.setup' fails on the node" : "the job printed something",
            meaning: hasFailedSetup ? "No trial would start" : "", details: Array(lines.suffix(6)))
    }

    // MARK: Files

    private static func delays(_ facts: ProbeFacts) -> Finding {
        let ahead = Dictionary(facts.reports.map { ($0.rank, $0.clockAhead) }) { first, _ in first }
        let all = facts.rounds.map {
            $0.delays(hereAhead: facts.hereAhead, nodeAhead: ahead[$0.rank] ?? nil)
        }
        guard let there = all.map(\.toNode).max(), let back = all.map(\.fromNode).max() else {
            return Finding(
                "probe.files", .problem, "files that are written here are not seen on the node within 90 s",
                meaning: "Workers would not hear from the controller")
        }
        let longest = max(there, back)
        var advice: [Advice] = []
        if back * 2 > settle {
            advice.append(.setting("settle_seconds", "\(min(3_600, Int((back * 2).rounded(.up))))"))
        }
        return Finding(
            "probe.files", longest > settle / 2 ? .warning : longest > slowDelay ? .note : .ok,
            "a file is seen on a node after \(seconds(there)) at most, and one from a node here after \(seconds(back))",
            meaning: longest > slowDelay
                ? "Each promotion takes that long. A trial that stays in its process (execution: {mode: continue}) waits for it once a rung"
                : "",
            advice: advice,
            facts: ["to_node_seconds": "\(rounded(there))", "from_node_seconds": "\(rounded(back))"])
    }

    private static func clocks(_ facts: ProbeFacts) -> Finding? {
        let off = facts.reports.compactMap { report in report.clockAhead.map { (report.node, $0) } }
            .filter { abs($0.1) > 1 }
        guard let worst = off.max(by: { abs($0.1) < abs($1.1) }) else { return nil }
        return Finding(
            "probe.clocks", abs(worst.1) > 30 ? .warning : .note,
            "the file server's clock and that of \(worst.0) differ by \(seconds(abs(worst.1)))",
            meaning: "No decision of stune depends on it, but times in logs and tables differ")
    }

    // MARK: Programs

    private static func worker(_ facts: ProbeFacts) -> Finding {
        let bad = facts.reports.filter { $0["worker_code"] != "0" }
        guard let first = bad.first else {
            return Finding("probe.worker", .ok, "stune-worker starts there")
        }
        return Finding(
            "probe.worker", .problem,
            "stune-worker does not start on \(bad.map(\.node).joined(separator: ", ")): \(first["worker"] ?? "no word")",
            meaning: "Install stune where compute nodes see it under the same path: docs/install.md")
    }

    private static func architecture(_ facts: ProbeFacts) -> Finding? {
        let others = facts.reports.filter {
            $0["architecture"] != nil && $0["architecture"] != facts.architecture
        }
        guard let first = others.first, !facts.architecture.isEmpty else { return nil }
        return Finding(
            "probe.architecture", .problem,
            "\(first.node) is \(first["architecture"] ?? ""), and this machine \(facts.architecture)",
            meaning: "stune-worker of this installation does not run there. Keep tasks off such nodes",
            advice: [.study("slurm: {partition: …}   # or constraint:")])
    }

    private static func python(_ facts: ProbeFacts) -> Finding {
        let found = facts.reports.map { report in
            report["python_code"] == "0"
                ? "\(report["python"] ?? "") (\(report["python_path"] ?? ""))" : "none"
        }
        let kinds = Set(found)
        guard kinds.count == 1, let only = kinds.first, only != "none" else {
            return Finding(
                "probe.python", kinds.count > 1 ? .warning : .note,
                kinds.count > 1
                    ? "python3 differs between nodes: \(zip(facts.reports, found).map { "\($0.0.node) \($0.1)" }.joined(separator: ", "))"
                    : "there is no python3 on the node",
                meaning: "Training code in Python needs one: load it before the command",
                advice: [.study("slurm: {setup: [module load python]}")])
        }
        return Finding("probe.python", .ok, "python3 there is \(only)")
    }

    private static func client(_ facts: ProbeFacts) -> Finding? {
        guard facts.reports.contains(where: { $0["python_code"] == "0" }) else { return nil }
        let bad = facts.reports.filter { $0["client_code"] != "0" }
        guard let first = bad.first else {
            return Finding("probe.client", .ok, "python3 there finds the client")
        }
        return Finding(
            "probe.client", .warning, "python3 on \(first.node) does not find the client",
            meaning: "Training code that says 'import stune' fails. Name its directory before you submit",
            advice: [.command("export PYTHONPATH=$(stune where client)")])
    }

    private static func gpus(_ facts: ProbeFacts) -> Finding {
        let lines = facts.reports.map { report in
            let listed = report["gpu_listed"].map { ", nvidia-smi lists \($0)" } ?? ""
            let visible = report["gpu_visible"].map { ", visible: \($0)" } ?? ""
            return "\(report.node): \(report["gpu_devices"] ?? "0") GPU devices\(listed)\(visible)"
        }
        return Finding(
            "probe.gpus", .ok, lines.joined(separator: "; "),
            meaning:
                "The job asked for what the defaults ask for. A study has GPUs only if it asks for them")
    }

    private static func environment(_ facts: ProbeFacts) -> Finding? {
        let names = [
            "PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LANG", "HOME",
        ]
        var lines: [String] = []
        for report in facts.reports {
            for name in names {
                let (here, there) = (facts.environment[name] ?? "", report["env_\(name)"] ?? "")
                // Slurm and batch nodes add their own directories at either end.
                guard here != there, !there.hasSuffix(here),
                    !there.hasPrefix(here) || here.isEmpty && !there.isEmpty
                else { continue }
                lines.append("\(report.node): \(name)=\(there.isEmpty ? "(not set)" : there)")
            }
        }
        if facts.reports.contains(where: { $0["home_there"] != "1" }) {
            lines.append("the home directory is not there")
        }
        guard !lines.isEmpty else {
            return Finding("probe.environment", .ok, "your environment arrives there")
        }
        return Finding(
            "probe.environment", .note, "your environment differs there",
            meaning:
                "Programs that you call by name may be others than here. 'slurm.setup' and 'slurm.environment' set it right",
            details: Array(lines.prefix(12)))
    }

    private static func glibc(_ facts: ProbeFacts) -> Finding {
        let versions = facts.reports.map { "\($0.node) \($0["glibc"] ?? "unknown")" }
        return Finding(
            "probe.glibc", .ok, "C libraries: \(versions.joined(separator: ", "))",
            facts: ["here": facts.glibc])
    }

    // MARK: Words

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

    private static func seconds(_ value: Double) -> String {
        value < 10 ? "\((value * 100).rounded() / 100) s" : "\(Int(value.rounded())) s"
    }
}

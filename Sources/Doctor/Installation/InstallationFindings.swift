/// What the installation means for a study.
enum InstallationFindings {
    /// No study runs on a cluster without these.
    private static let needed = ["worker", "controller.sbatch"]

    static func all(_ facts: InstallationFacts, isCluster: Bool) -> [Finding] {
        [parts(facts), place(facts, isCluster), python(facts), machine(facts)].compactMap(\.self)
            + defaults(facts)
    }

    private static func parts(_ facts: InstallationFacts) -> Finding {
        let missing = facts.parts.filter { $0.path == nil }.map(\.name)
        let lines = facts.parts.map { "\($0.name): \($0.path ?? "not there")" }
        guard missing.isEmpty else {
            let isNeeded = missing.contains(where: needed.contains)
            return Finding(
                "install.parts", isNeeded ? .problem : .warning,
                "stune \(facts.release) is in \(facts.binaries), and lacks \(missing.joined(separator: ", "))",
                meaning: isNeeded ? "Studies do not run on Slurm" : "",
                advice: [.command("pip install --force-reinstall stune")], details: lines)
        }
        return Finding(
            "install.parts", .ok, "stune \(facts.release) is in \(facts.binaries), with all its parts",
            details: lines)
    }

    private static func place(_ facts: InstallationFacts, _ isCluster: Bool) -> Finding? {
        guard isCluster, case .found(let kind) = facts.kind, kind.isShared == false else { return nil }
        return Finding(
            "install.place", .warning,
            "stune is on a file system of type \(kind.name), which looks like a disk of this machine",
            meaning:
                "Compute nodes need stune-worker under the same path; 'stune doctor --submit' checks that",
            advice: [.command("stune doctor --submit")], facts: ["type": kind.name])
    }

    private static func python(_ facts: InstallationFacts) -> Finding {
        let path = facts.parts.first { $0.name == "client" }?.path
        let remedy: Advice = .command("export PYTHONPATH=\(path ?? "$(stune where client)")")
        switch facts.python {
        case .found(let output) where output.code == 0:
            let lines = output.lines
            return Finding(
                "install.client", .ok,
                "python3 \(lines.first ?? "") finds the client\(lines.count > 1 ? " in \(lines[1])" : "")")
        case .found(let output) where output.code == 3:
            return Finding(
                "install.client", .warning, "python3 \(output.lines.first ?? "") does not find the client",
                meaning:
                    "Training code that says 'import stune' fails. Another Python than this one may train",
                advice: [remedy])
        case .absent:
            return Finding(
                "install.client", .note, "there is no python3 on PATH",
                meaning: "Only training code in Python needs one")
        case .found(let output):
            return Finding(
                "install.client", .warning, "python3 fails: \(SlurmFindings.shortened(output.errors))")
        case .failed(let words):
            return Finding("install.client", .warning, "python3 cannot be run: \(words)")
        case .late(let seconds):
            return Finding(
                "install.client", .warning, "python3 did not start within \(seconds) s",
                meaning:
                    "Each trial would take as long to start. Environments on slow file systems do that; put them into a container or on a faster one"
            )
        }
    }

    private static func machine(_ facts: InstallationFacts) -> Finding {
        let glibc = facts.glibc.isEmpty ? "" : ", glibc \(facts.glibc)"
        return Finding(
            "install.machine", .ok, "this machine is \(facts.architecture)\(glibc)",
            facts: ["architecture": facts.architecture, "glibc": facts.glibc])
    }

    private static func defaults(_ facts: InstallationFacts) -> [Finding] {
        facts.defaults.map { file in
            guard let first = file.mistakes.first else {
                return Finding("install.defaults", .ok, "defaults are read from \(file.path)")
            }
            return Finding(
                "install.defaults", .problem, "the defaults in \(file.path) have a mistake: \(first)",
                meaning: "No study runs before it is corrected", details: Array(file.mistakes.dropFirst()))
        }
    }
}

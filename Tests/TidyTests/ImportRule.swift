/// Which target may import which. SwiftPM allows an undeclared import if the module happens to be built, so the
/// direction of imports is checked here.
enum ImportRule {
    /// The system's modules, for files that need the C library.
    private static let libc: Set<String> = ["Darwin", "Glibc", "Musl"]

    /// The modules each target may import.
    static let allowed: [String: Set<String>] = [
        // The core is pure: no files, clocks, processes or network.
        "Tuning": ["Algorithms", "DequeModule", "HeapModule", "RealModule"],
        "Dispatching": ["Algorithms", "DequeModule", "Tuning"],
        "Wire": ["Dispatching", "Tuning"],
        "Spool": libc.union(["Dispatch", "FoundationEssentials", "Wire", "Synchronization", "Tuning"]),
        "StudyFile": ["FoundationEssentials", "RealModule", "Spool", "Tuning", "Yams"],
        "Store": libc.union([
            "Dispatching",
            "Foundation", "GRDB", "GRDBSQLite", "Wire", "Spool", "Synchronization", "Tuning",
        ]),
        "Digests": [],
        // Bytes and files; it knows nothing of studies.
        "Archive": libc.union(["Digests", "Spool"]),
        "CSlurm": [],
        "Slurm": libc.union(["CSlurm", "Dispatch", "Subprocess", "Synchronization", "SystemPackage"]),
        "Clusters": libc.union([
            "Dispatching",
            "Dispatch", "FoundationEssentials", "Slurm", "Spool", "StudyFile", "Subprocess",
            "Synchronization",
            "SystemPackage", "Tuning",
        ]),
        // It only asks, and changes nothing except the user's own file of defaults.
        "Doctor": libc.union([
            "CMachine", "Dispatch", "Spool", "StudyFile", "Subprocess", "Synchronization", "SystemPackage",
        ]),
        "CMachine": [],
        // It exchanges lines with another program, and decides nothing.
        "OutsidePrograms": libc.union([
            "Dispatch", "Wire", "Spool", "Subprocess", "Synchronization", "SystemPackage", "Tuning",
        ]),
        "Controller": libc.union([
            "Dispatching",
            "Algorithms", "Clusters", "Dispatch", "OutsidePrograms", "FoundationEssentials", "Logging",
            "Spool", "Store",
            "StudyFile",
            "Synchronization", "Tuning",
        ]),
        // Small and quick to start: no Foundation, no database, no Slurm.
        "Worker": libc.union([
            "CAffinity", "CGuard", "Dispatch", "FoundationEssentials", "Wire", "Spool", "Subprocess",
            "Synchronization", "SystemPackage", "Tuning",
        ]),
        "CAffinity": [],
        "CGuard": [],
        "CZlib": [],
        "Curves": ["CZlib", "RealModule", "StudyFile", "Tuning"],
        "Simulated": libc.union([
            "Dispatching",
            "Clusters", "Controller", "Curves", "OutsidePrograms", "Foundation", "Logging", "RealModule",
            "Spool", "Store",
            "StudyFile", "Tuning", "Worker",
        ]),
        "Plots": ["RealModule"],
        // From a snapshot to bytes: no file, no clock.
        "Report": ["Digests", "Store", "StudyFile", "Tuning", "Wire"],
        // It knows nothing of studies.
        "Serve": libc.union(["Dispatch", "Synchronization"]),
        "Release": [],
        "stune": libc.union([
            "Archive", "ArgumentParser", "Clusters", "Controller", "Curves", "Digests", "Dispatching",
            "Doctor",
            "OutsidePrograms", "Foundation", "Logging", "Plots", "Release", "Report", "Serve", "Simulated",
            "Spool", "Store",
            "StudyFile", "Subprocess", "Synchronization", "SystemPackage", "Tuning", "UnixSignals",
        ]),
        "stune-worker": libc.union([
            "ArgumentParser", "FoundationEssentials", "Release", "Spool", "Tuning", "UnixSignals", "Worker",
        ]),
    ]

    static func findings(in source: SwiftSource) -> [Finding] {
        guard let allowed = allowed[source.target] else {
            return [
                Finding(
                    file: source.path, line: 1,
                    message: "the target \(source.target) has no row in ImportRule.allowed; give it one")
            ]
        }
        return imports(of: source).filter { !allowed.contains($0.module) }.map { module, line in
            Finding(
                file: source.path, line: line,
                message: "\(source.target) may not import \(module); it may import "
                    + "\(allowed.sorted().joined(separator: ", ")). Move the code to a target that may, "
                    + "or decide anew in ImportRule.allowed and Package.swift")
        }
    }

    /// The imported modules, with their lines.
    static func imports(of source: SwiftSource) -> [(module: String, line: Int)] {
        let kinds: Set<String> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor",
        ]
        var found: [(module: String, line: Int)] = []
        let tokens = source.tokens
        for index in tokens.indices.dropLast() where tokens[index].isWord("import") {
            // `foo.import` and `import:` are not imports.
            if index > 0, tokens[index - 1].isSign(".") || tokens[index - 1].isWord("func") { continue }
            var name = index + 1
            if tokens[name].kind == .word, kinds.contains(tokens[name].text), name + 1 < tokens.count {
                name += 1
            }
            guard tokens[name].kind == .word, tokens[name].line == tokens[index].line else { continue }
            found.append((tokens[name].text, tokens[index].line))
        }
        return found
    }
}

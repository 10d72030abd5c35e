package import Spool

/// Runs a job of two tasks, on two nodes if possible, and measures with it.
package struct ProbeRun: Sendable {
    /// Runs Slurm's commands.
    package var commands: CommandLook
    /// The directory to measure in. The job's files are below it, and are removed.
    package var directory: String
    /// Options of sbatch by name, such as `partition`.
    package var options: [String: String]
    /// The lines of the defaults' `setup`.
    package var setup: [String]
    /// The executables to test.
    package var stune, worker: String
    /// How many nodes to ask for: 1 or 2.
    package var nodes: Int
    /// How many seconds to wait for the job to start.
    package var patience: Int
    /// The directory of Slurm's commands, with a slash at its end; empty: PATH.
    package var programs = ""

    /// A run from its parts.
    package init(
        commands: CommandLook, directory: String, options: [String: String], setup: [String], stune: String,
        worker: String, nodes: Int, patience: Int
    ) {
        (self.commands, self.directory, self.options) = (commands, directory, options)
        (self.setup, self.stune, self.worker) = (setup, stune, worker)
        (self.nodes, self.patience) = (nodes, patience)
    }

    /// Options that the job sets itself.
    private static let own: Set<String> = [
        "time", "nodes", "ntasks", "ntasks-per-node", "exclusive", "comment", "nice",
    ]

    /// Submits the job, measures, and removes its files.
    ///
    /// - Throws: if the directory cannot be used.
    package func facts(_ given: ProbeFacts) async throws(FileError) -> ProbeFacts {
        let place = "\(directory)/.stune-doctor.\(Host.processID).\(UInt32.random(in: .min ... .max))"
        try Files.system.createDirectory(place)
        // A task may still write its last file. What remains then is hidden and small.
        defer { try? Files.system.removeTree(place) }
        let script = ProbeScript.probe(directory: place, stune: stune, worker: worker)
        try Files.system.publish(Array(script.utf8), at: "\(place)/probe.sh")
        let batch = ProbeScript.batch(setup: setup, directory: place)
        try Files.system.publish(Array(batch.utf8), at: "\(place)/batch.sh")
        var facts = await submit(given, place)
        guard let job = facts.job else { return facts }
        await measure(&facts, job, place)
        // Lets waiting tasks leave.
        do throws(FileError) { try Files.touch("\(place)/end") } catch {}
        _ = await commands.run("\(programs)scancel", ["--quiet", job])
        let printed = (try? Files.readTail("\(place)/job.out", bytes: 4 << 10)) ?? []
        facts.output = String(decoding: printed, as: UTF8.self)
        return facts
    }

    // MARK: The job

    private func submit(_ given: ProbeFacts, _ place: String) async -> ProbeFacts {
        var facts = given
        for count in nodes > 1 ? [2, 1] : [1] {
            let asked = options.filter { !ProbeRun.own.contains($0.key) }.sorted { $0.key < $1.key }
            let arguments =
                [
                    "--parsable", "--job-name=stune-doctor", "--output=\(place)/job.out",
                    "--open-mode=append",
                    "--time=3", "--nodes=\(count)", "--ntasks=\(count)", "--ntasks-per-node=1",
                ] + asked.map { "--\($0.key)=\($0.value)" } + ["\(place)/batch.sh"]
            facts.nodes = count
            switch await commands.run("\(programs)sbatch", arguments, directory: directory) {
            case .found(let output) where output.code == 0:
                // "4821", or "4821;cluster".
                facts.job = String(output.output.prefix { $0.isNumber })
                return facts
            case .found(let output): facts.refusals.append(SlurmFindings.shortened(output.errors))
            case .failed(let words): facts.refusals.append(words)
            case .late(let seconds): facts.refusals.append("sbatch did not answer within \(seconds) s")
            case .absent: facts.refusals.append("sbatch is not on PATH")
            }
        }
        return facts
    }

    private func measure(_ facts: inout ProbeFacts, _ job: String, _ place: String) async {
        let start = Host.wallTime()
        await waitForReports(&facts, job, place)
        guard !facts.reports.isEmpty else { return }
        facts.waited = Host.wallTime() - start
        let ranks = facts.reports.map(\.rank)
        for round in 0..<ProbeScript.rounds {
            guard let found = await measure(round, of: ranks, place) else { return }
            facts.rounds += found
        }
    }

    /// Waits until all tasks have reported, or no report can come.
    private func waitForReports(_ facts: inout ProbeFacts, _ job: String, _ place: String) async {
        let start = Host.wallTime()
        var nextLook = start + 2
        var firstReport: Double?
        while true {
            let names = (try? Files.system.list(place)) ?? []
            let ready = names.filter { $0.hasPrefix("report.") }
            if !ready.isEmpty, firstReport == nil { firstReport = Host.wallTime() }
            let isLate = firstReport.map { Host.wallTime() - $0 > 30 } ?? false
            let hasEnded = await look(&facts, job, &nextLook)
            if ready.count >= facts.nodes || isLate || hasEnded
                || Host.wallTime() - start > Double(patience)
            {
                facts.reports = ready.sorted().compactMap { name in
                    (try? Files.system.read("\(place)/\(name)", limit: 256 << 10)).map {
                        ProbeReport(String(decoding: $0, as: UTF8.self))
                    }
                }
                return
            }
            // No code cancels this task.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Asks Slurm from time to time for the job's state.
    ///
    /// - Returns: whether the job ended long enough ago that its files would be visible.
    private func look(_ facts: inout ProbeFacts, _ job: String, _ next: inout Double) async -> Bool {
        guard Host.wallTime() >= next else { return false }
        next = Host.wallTime() + 5
        let before = facts.state
        guard
            case .found(let text) = await commands.text(
                "\(programs)squeue", "--noheader", "--states=all", "--jobs=\(job)", "--format=%T|%r")
        else { return false }
        let words = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let parts = words.split(separator: "|").map(String.init)
        (facts.state, facts.reason) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        let over = [
            "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY",
        ]
        return over.contains(facts.state) && before == facts.state
    }

    /// One round: a file that tasks wait for, and their answers; `nil` if they did not answer.
    private func measure(_ round: Int, of ranks: [Int], _ place: String) async -> [ProbeRound]? {
        do throws(FileError) {
            try Files.system.publish(Array("ping\n".utf8), at: "\(place)/ping.\(round)")
        } catch {
            return nil
        }
        let written = Host.wallTime()
        var seen: [Int: Double] = [:]
        while Host.wallTime() - written < Double(ProbeScript.patience), seen.count < ranks.count {
            let names = (try? Files.system.list(place)) ?? []
            for rank in ranks where seen[rank] == nil && names.contains("pong.\(rank).\(round)") {
                seen[rank] = Host.wallTime()
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        let rounds = seen.sorted { $0.key < $1.key }.compactMap { rank, here -> ProbeRound? in
            guard let bytes = try? Files.system.read("\(place)/pong.\(rank).\(round)", limit: 1 << 10)
            else {
                return nil
            }
            let answer = ProbeReport(String(decoding: bytes, as: UTF8.self))
            guard let node = answer["seen"].flatMap({ Double($0) }),
                let answered = answer["written"].flatMap({ Double($0) })
            else { return nil }
            return ProbeRound(
                rank: rank, written: written, seenByNode: node, answered: answered, seenHere: here)
        }
        return rounds.isEmpty ? nil : rounds
    }
}

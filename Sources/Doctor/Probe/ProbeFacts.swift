/// What one task of the probe's job reported: values by name.
package struct ProbeReport: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// The lines `NAME=VALUE` of a report.
    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
    }

    /// A value; `nil`: it is not there, or empty.
    package subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The number of the task.
    package var rank: Int { self["rank"].flatMap { Int($0) } ?? 0 }
    /// Slurm's name of its node.
    package var node: String { self["node"] ?? "?" }

    /// How many seconds the file server's clock is ahead of the node's; `nil`: not measured.
    var clockAhead: Double? {
        guard let before = self["clock_before"].flatMap({ Double($0) }),
            let after = self["clock_after"].flatMap({ Double($0) }),
            let file = self["clock_file"].flatMap({ Double($0) })
        else { return nil }
        return file - (before + after) / 2
    }
}

/// How long a file took to be seen.
package struct ProbeRound: Hashable, Sendable {
    /// The task.
    package var rank: Int
    /// Seconds by the clock of whoever wrote the file, and by that of whoever saw it.
    package var written, seenByNode, answered, seenHere: Double

    /// A round from its four moments.
    package init(rank: Int, written: Double, seenByNode: Double, answered: Double, seenHere: Double) {
        (self.rank, self.written, self.seenByNode) = (rank, written, seenByNode)
        (self.answered, self.seenHere) = (answered, seenHere)
    }

    /// The seconds of each direction, with the node's clock set right where both clocks are known against the file
    /// server's.
    func delays(hereAhead: Double?, nodeAhead: Double?) -> (toNode: Double, fromNode: Double) {
        // What has to be added to the node's times.
        let shift = hereAhead.flatMap { here in nodeAhead.map { $0 - here } } ?? 0
        return (max(0, seenByNode + shift - written), max(0, seenHere - (answered + shift)))
    }
}

/// What became of the probe's job.
package struct ProbeFacts: Sendable {
    /// The job's number; `nil`: it was refused.
    package var job: String?
    /// Why a job on two nodes, or any job, was refused; empty: it was not.
    package var refusals: [String] = []
    /// How many nodes it asked for.
    package var nodes = 1
    /// How many seconds passed until the first report was there; `nil`: none came.
    package var waited: Double?
    /// What Slurm said last of the job: its state, and why it waits.
    package var state = "", reason = ""
    /// The reports.
    package var reports: [ProbeReport] = []
    /// The rounds.
    package var rounds: [ProbeRound] = []
    /// The last of what the job printed.
    package var output = ""
    /// This machine's architecture and C library, to compare with.
    package var architecture = "", glibc = ""
    /// This process's environment.
    package var environment: [String: String] = [:]
    /// How many seconds the file server's clock is ahead of this machine's; `nil`: not measured.
    package var hereAhead: Double?

    /// A job that was not submitted yet.
    package init() {}
}

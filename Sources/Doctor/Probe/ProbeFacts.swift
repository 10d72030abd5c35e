/// The report of one task of the test job: values by name.
package struct ProbeReport: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// The lines `NAME=VALUE` of a report.
    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
    }

    /// A value; `nil` if missing or empty.
    package subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The number of the task.
    package var rank: Int { self["rank"].flatMap { Int($0) } ?? 0 }
    /// The name of its node in Slurm.
    package var node: String { self["node"] ?? "?" }

    /// How many seconds the file server's clock is ahead of the node's; `nil` if not measured.
    var clockAhead: Double? {
        guard let before = self["clock_before"].flatMap({ Double($0) }),
            let after = self["clock_after"].flatMap({ Double($0) }),
            let file = self["clock_file"].flatMap({ Double($0) })
        else { return nil }
        return file - (before + after) / 2
    }
}

/// One measurement of how soon other machines see a file.
package struct ProbeRound: Hashable, Sendable {
    /// The task.
    package var rank: Int
    /// Seconds by the clock of the machine that wrote the file, and by that of the machine that saw it.
    package var written, seenByNode, answered, seenHere: Double

    /// A round from its four moments.
    package init(rank: Int, written: Double, seenByNode: Double, answered: Double, seenHere: Double) {
        (self.rank, self.written, self.seenByNode) = (rank, written, seenByNode)
        (self.answered, self.seenHere) = (answered, seenHere)
    }

    /// The seconds of each direction. The node's times are corrected if both clocks were compared with the file
    /// server's.
    func delays(hereAhead: Double?, nodeAhead: Double?) -> (toNode: Double, fromNode: Double) {
        // The correction of the node's times.
        let shift = hereAhead.flatMap { here in nodeAhead.map { $0 - here } } ?? 0
        return (max(0, seenByNode + shift - written), max(0, seenHere - (answered + shift)))
    }
}

/// The result of the test job.
package struct ProbeFacts: Sendable {
    /// The job's number; `nil` if it was refused.
    package var job: String?
    /// Why a job on two nodes, or any job, was refused; empty if none was.
    package var refusals: [String] = []
    /// How many nodes it asked for.
    package var nodes = 1
    /// The seconds until the first report; `nil` if none came.
    package var waited: Double?
    /// Slurm's last word on the job: its state, and why it waits.
    package var state = "", reason = ""
    /// The reports.
    package var reports: [ProbeReport] = []
    /// The rounds.
    package var rounds: [ProbeRound] = []
    /// The end of the job's output.
    package var output = ""
    /// This machine's architecture and C library, for comparison.
    package var architecture = "", glibc = ""
    /// This process's environment.
    package var environment: [String: String] = [:]
    /// How many seconds the file server's clock is ahead of this machine's; `nil` if not measured.
    package var hereAhead: Double?

    /// A job that is not submitted yet.
    package init() {}
}

import Spool

/// The batch job that this process runs in: how long it may run, and how to continue in another job.
package protocol BatchJob: Sendable {
    /// The job's number.
    var id: UInt32 { get }

    /// The time that the job has; `nil` for no limit.
    func time() async throws(ClusterError) -> JobTime?

    /// Submits the job once more, to run when this one is over. If a successor waits already, that one is returned and
    /// no other is submitted, so this may be repeated after a doubtful reply.
    ///
    /// - Returns: the successor's number.
    func submitSuccessor() async throws(ClusterError) -> UInt32

    /// Cancels a successor that is not needed.
    func cancel(successor: UInt32) async throws(ClusterError)
}

/// A job's time, by the clock of the system that ends it.
package struct JobTime: Hashable, Sendable {
    /// The time that is left.
    package var left: Duration
    /// The whole time, from the job's start to its end.
    package var limit: Duration

    /// A time from its parts.
    package init(left: Duration, limit: Duration) {
        self.left = left
        self.limit = limit
    }
}

/// The command of a batch job: its script's path, then the script's arguments.
package enum BatchCommand {
    /// The name of a node's copy of a batch script in Slurm.
    private static let scriptName = "slurm_script"
    /// The longest command line to read: no shell that runs our script has a longer one.
    private static let longestCommandLine = 1 << 20

    /// The arguments of this job's script, read from the script's own process; `nil` if they cannot be seen: outside
    /// Slurm, or if the script was replaced by another program.
    ///
    /// Slurm's record of a job lacks them: since 23.02 it keeps only the script's path.
    package static func argumentsOfOwnScript() -> [String]? {
        guard let script = Host.environment["SLURM_TASK_PID"].flatMap(Int32.init),
            // Unreadable counts as missing.
            let bytes = try? Files.system.read("/proc/\(script)/cmdline", limit: longestCommandLine)
        else { return nil }
        return arguments(ofScript: bytes)
    }

    /// The arguments of a batch script from a command line in /proc: an interpreter and its options, the script's copy,
    /// then the script's arguments, each followed by a zero byte. `nil` if it runs no batch script.
    package static func arguments(ofScript commandLine: [UInt8]) -> [String]? {
        var words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if words.last?.isEmpty == true { words.removeLast() }
        guard let script = words.firstIndex(where: { $0.split(separator: "/").last ?? "" == scriptName })
        else { return nil }
        return Array(words[(script + 1)...])
    }

    /// The words of a command that Slurm recorded as a text, with single spaces between the words.
    ///
    /// - Parameter recorded: the record's text: path and arguments before 23.02, only the path since then.
    /// - Parameter script: the script's arguments, if known for certain.
    /// - Parameter own: the arguments that this process got from the script. If the text ends with them, they are the
    ///   script's last ones, including their spaces. If nothing else is known, they count as the script's.
    /// - Parameter keepsArguments: whether this version of Slurm records arguments.
    package static func words(
        of recorded: String, script: [String]?, own: [String], keepsArguments: Bool,
        isFile: (String) -> Bool
    ) -> [String] {
        for known in [script, own].compactMap(\.self) {
            let tail = known.map { " " + $0 }.joined()
            if !known.isEmpty, recorded.hasSuffix(tail), recorded.count > tail.count {
                return [String(recorded.dropLast(tail.count))] + known
            }
        }
        var words = split(recorded, isFile)
        if let script {
            words = [words[0]] + script
        } else if !keepsArguments, words.count == 1 {
            words += own
        }
        return words
    }

    /// Splits a recorded text into words. The path is the shortest prefix that is a file.
    private static func split(_ recorded: String, _ isFile: (String) -> Bool) -> [String] {
        let pieces = recorded.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for count in pieces.indices.dropFirst() {
            let path = pieces[..<count].joined(separator: " ")
            if isFile(path) { return [path] + pieces[count...] }
        }
        return isFile(recorded) ? [recorded] : pieces
    }
}

import Spool

/// The batch job that this process runs in, as far as its controller needs it: until when it may run, and how
/// another one goes on after it.
package protocol BatchJob: Sendable {
    /// The job's number.
    var id: UInt32 { get }

    /// The time that the job has; `nil`: as much as it wants.
    func time() async throws(ClusterError) -> JobTime?

    /// Submits the job once more, to run when this one is over. A successor that waits already is found, and
    /// no other is submitted; so it may be repeated after a doubtful reply.
    ///
    /// - Returns: the successor's number.
    func submitSuccessor() async throws(ClusterError) -> UInt32

    /// Cancels a successor that is not needed after all.
    func cancel(successor: UInt32) async throws(ClusterError)
}

/// The time that a job has, by the clock of whoever ends it.
package struct JobTime: Hashable, Sendable {
    /// What is left of it.
    package var left: Duration
    /// All of it, from the job's start to its end.
    package var limit: Duration

    /// A time from its parts.
    package init(left: Duration, limit: Duration) {
        self.left = left
        self.limit = limit
    }
}

/// The command of a batch job: its script's path, then the script's arguments.
package enum BatchCommand {
    /// What Slurm names the copy of a batch script that a node runs.
    private static let scriptName = "slurm_script"
    /// A command line that is longer is no shell's that runs a script of ours.
    private static let longestCommandLine = 1 << 20

    /// The arguments of the script of the job that this process is in, as the script's own process has them; `nil`
    /// where that is not to be seen: outside Slurm, or where the script has become another program.
    ///
    /// Slurm's record of a job does not have them: since 23.02 it keeps the script's path alone.
    package static func argumentsOfOwnScript() -> [String]? {
        guard let script = Host.environment["SLURM_TASK_PID"].flatMap(Int32.init),
            // Not to be read is as good as not there.
            let bytes = try? Files.system.read("/proc/\(script)/cmdline", limit: longestCommandLine)
        else { return nil }
        return arguments(ofScript: bytes)
    }

    /// The arguments of a batch script in a command line as /proc shows it: an interpreter and its options, the
    /// script's copy, then the script's arguments, each with a zero byte behind it. `nil`: it runs no batch script.
    package static func arguments(ofScript commandLine: [UInt8]) -> [String]? {
        var words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if words.last?.isEmpty == true { words.removeLast() }
        guard let script = words.firstIndex(where: { $0.split(separator: "/").last ?? "" == scriptName })
        else { return nil }
        return Array(words[(script + 1)...])
    }

    /// The words of a command that Slurm has recorded as a text, with single spaces between the words.
    ///
    /// - Parameter recorded: the record's text: path and arguments before 23.02, since then the path alone.
    /// - Parameter script: the script's arguments, where they are known for certain.
    /// - Parameter own: those that this process got from the script. Where the text ends with them, they are the
    ///   script's too, spaces and all; and they are taken for the script's where nothing else tells.
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

    /// A recorded text in words: the path is the shortest beginning that is a file.
    private static func split(_ recorded: String, _ isFile: (String) -> Bool) -> [String] {
        let pieces = recorded.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for count in pieces.indices.dropFirst() {
            let path = pieces[..<count].joined(separator: " ")
            if isFile(path) { return [path] + pieces[count...] }
        }
        return isFile(recorded) ? [recorded] : pieces
    }
}

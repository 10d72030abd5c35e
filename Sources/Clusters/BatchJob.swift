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

/// The command of a batch job: its script's path, then the arguments.
package enum BatchCommand {
    /// The words of a command of which Slurm's record has only a text, with single spaces between the words.
    ///
    /// - Parameter own: the arguments that this process got from the script: where the text ends with them, they
    ///   are the script's too, spaces and all. Else the script's path is the shortest beginning that is a file.
    package static func words(of recorded: String, own: [String], isFile: (String) -> Bool) -> [String] {
        let tail = own.map { " " + $0 }.joined()
        if !own.isEmpty, recorded.hasSuffix(tail), recorded.count > tail.count {
            return [String(recorded.dropLast(tail.count))] + own
        }
        let pieces = recorded.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for count in pieces.indices.dropFirst() {
            let path = pieces[..<count].joined(separator: " ")
            if isFile(path) { return [path] + pieces[count...] }
        }
        return isFile(recorded) ? [recorded] : pieces
    }
}

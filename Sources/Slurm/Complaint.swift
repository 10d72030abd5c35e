#if Slurm
    /// What a Slurm command printed to standard error when it failed.
    struct Complaint {
        /// Slurm's messages for errors that may pass.
        private static let passing = [
            "Unable to contact", "Connection refused", "Connection reset", "Socket timed out",
            "Unexpected message", "Zero Bytes", "timed out", "standby", "temporarily", "authentication",
            "Insufficient permission to access socket", "missing socket",
            "Communication connection failure",
            "shutdown failure", "send failure", "receive failure", "Requested nodes are busy", "down",
        ]
        /// Messages about a request that was sent and got no reply.
        private static let unanswered = [
            "Socket timed out on send/recv", "Unexpected message", "receive failure", "Zero Bytes",
            "Connection reset", "missing socket",
        ]
        /// Messages about limits.
        private static let limits = [
            "accounting/QOS policy", "QOS policy", "job limit", "QOSMax", "AssocMax", "AssocGrp", "QOSGrp",
            "Maximum number of jobs", "invalid array", "Invalid job array specification",
        ]

        /// Messages about requests that are refused for what they ask.
        private static let refusals = [
            "nvalid", "denied", "ermitted", "not supported", "not available", "configuration not",
            "required",
            " specified", "unrecognized", "Unable to open", "too long", "too many", "not in this partition",
            "must be",
            "exceed", "violates", "duplicate", "does not exist", "bad ", "Bad ",
        ]

        /// Slurm's own words, without the command's name at the beginning of each line.
        let words: String

        /// A complaint as it was printed.
        init(_ printed: String) {
            words = printed.split(separator: "\n").map { line in
                line.firstRange(of: "error: ").map { String(line[$0.upperBound...]) } ?? String(line)
            }.reduce(into: []) { lines, line in
                if !lines.contains(line) { lines.append(line) }
            }.joined(separator: ": ")
            isError = printed.contains("error:")
        }

        /// Whether it reports an error at all.
        let isError: Bool

        private static let unspecified = "Unspecified error"

        /// libslurm's number for the error, where rules depend on it.
        var code: Int32 {
            if words.contains("accounting/QOS policy") { return SlurmError.policy }
            if words.contains("Invalid job array specification") { return SlurmError.invalidArray }
            return words.contains(Complaint.unspecified) ? SlurmError.unspecified : SlurmError.unnumbered
        }

        /// The kind of error. Messages in no list may pass.
        var trouble: SlurmError.Trouble {
            // With this message and one of its own, the site's submit plugin refuses. Without one of its own, it may be
            // anything.
            if words.contains(Complaint.unspecified) {
                return words.contains(": Batch job submission failed") ? .refused : .busy
            }
            if Complaint.limits.contains(where: words.contains) { return .overLimit }
            if Complaint.unanswered.contains(where: words.contains) { return .doubtful }
            if Complaint.passing.contains(where: words.contains) { return .busy }
            return Complaint.refusals.contains(where: words.contains) ? .refused : .busy
        }
    }
#endif

#if Slurm
    /// One line of squeue: a job, or one task of an array.
    struct QueueLine {
        /// The end of each field; no text from Slurm contains it.
        private static let mark: Character = "\u{1f}"
        /// The fields, and how many bytes of each to show. All versions since 22.05 have them.
        private static let fields = [
            ("JobID", 11), ("ArrayJobID", 11), ("ArrayTaskID", 64), ("State", 20), ("Reason", 120),
            ("RestartCnt", 8), ("BatchFlag", 4), ("UserID", 11), ("TimeLimit", 20), ("StartTime", 20),
            ("EndTime", 20), ("Partition", 256), ("NodeList", 1024), ("Dependency", 256), ("Name", 256),
            ("Comment", 2200), ("Command", 2200),
        ]

        /// The format to ask for.
        static var format: String { fields.map { "\($0.0):\($0.1)\(mark)" }.joined(separator: ",") }

        /// The fields in order; empty if the line does not follow the format.
        let values: [String]

        /// Whether the list of indices was cut to fit its field. Such an array must be queried separately.
        let hasCutIndices: Bool

        /// A line as printed.
        init(_ line: String) {
            let parts = line.split(separator: QueueLine.mark, omittingEmptySubsequences: false)
            let isWhole = parts.count == QueueLine.fields.count + 1
            values = isWhole ? parts.dropLast().map { $0.trimmed } : []
            let indices = QueueLine.fields.firstIndex { $0.0 == "ArrayTaskID" }
            hasCutIndices = isWhole && indices.map { parts[$0].last != " " } ?? false
        }

        /// A field; empty if it has no value.
        subscript(name: String) -> String {
            guard let at = QueueLine.fields.firstIndex(where: { $0.0 == name }), at < values.count else {
                return ""
            }
            return ["(null)", "N/A", "NONE", "Unknown"].contains(values[at]) ? "" : values[at]
        }

        /// A time limit in minutes, from `7:00`, `1:30:00` or `2-00:00:00`; `nil` for none.
        static func minutes(_ text: String) -> Int? {
            let days = text.split(separator: "-")
            guard let clock = days.last, days.count <= 2 else { return nil }
            let parts = clock.split(separator: ":").map { Int($0) }
            guard parts.count >= 2, parts.count <= 3, !parts.contains(nil) else { return nil }
            let numbers = parts.compactMap(\.self)
            let hours = numbers.count == 3 ? numbers[0] : 0
            guard days.count == 1 || Int(days[0]) != nil else { return nil }
            let whole = days.count == 2 ? Int(days[0]) ?? 0 : 0
            return whole * 1440 + hours * 60 + numbers[numbers.count - 2]
        }
    }

    extension SlurmJob {
        /// The job of a line; `nil` if the line is not one.
        init?(_ line: QueueLine, at now: Int64) {
            guard let id = UInt32(line["JobID"]) else { return nil }
            let reason = line["Reason"]
            self.init(
                id: id, array: UInt32(line["ArrayJobID"]) ?? id,
                indices: TaskIndices(line["ArrayTaskID"])?.values ?? [],
                state: State(word: line["State"]), stateName: line["State"],
                reason: reason == "None" ? "" : reason, user: UInt32(line["UserID"]) ?? 0,
                name: line["Name"], comment: line["Comment"], partition: line["Partition"],
                nodes: line["NodeList"], timeLimitMinutes: QueueLine.minutes(line["TimeLimit"]),
                startTime: Int64(line["StartTime"]) ?? 0, endTime: Int64(line["EndTime"]) ?? 0,
                answerTime: now, restarts: Int(line["RestartCnt"]) ?? 0, command: line["Command"],
                dependency: line["Dependency"], isBatch: line["BatchFlag"] == "1")
        }
    }
#endif

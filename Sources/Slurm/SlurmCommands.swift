#if Slurm
    import Subprocess
    import SystemPackage

    #if canImport(Glibc)
        import Glibc
    #endif

    /// Slurm through its commands sbatch, squeue, scontrol and scancel, for when libslurm cannot be used.
    ///
    /// Each request starts a process; only squeue is called repeatedly.
    package struct SlurmCommands: SlurmService {
        /// More output than the largest queue of one user has.
        private static let outputLimit = 256 << 20
        /// More than any command prints to standard error.
        private static let complaintLimit = 64 << 10

        /// The commands found on PATH.
        package init() {}

        /// Whether PATH has an sbatch.
        package static var areHere: Bool { SlurmPlaces().hasCommands }

        /// See `SlurmService.maxArraySize`.
        package func maxArraySize() async throws(SlurmError) -> Int {
            let text = try await run("scontrol", ["show", "config"])
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: "=").map { $0.trimmed }
                if parts.count == 2, parts[0] == "MaxArraySize", let size = Int(parts[1]) { return size }
            }
            throw SlurmError(
                trouble: .busy, code: SlurmError.unnumbered, reason: "scontrol shows no MaxArraySize")
        }

        /// See `SlurmService.submit`.
        package func submit(_ submission: SlurmSubmission) async throws(SlurmError) -> UInt32 {
            try await sbatch(
                submission.sbatchOptions, input: submission.script, environment: submission.environment)
        }

        /// See `SlurmService.submitSuccessor`. The script is read from its path once more.
        package func submitSuccessor(
            of job: UInt32, arguments: [String], environment: [String]
        ) async throws(SlurmError) -> UInt32 {
            let record = JobRecord(try await run("scontrol", ["show", "job", String(job)]))
            return try await sbatch(
                record.successorOptions(of: job) + arguments, input: "", environment: environment)
        }

        /// See `SlurmService.jobs`.
        package func jobs() async throws(SlurmError) -> [SlurmJob] {
            try await queue(["--user", String(getuid())])
        }

        /// See `SlurmService.jobs(id:)`.
        package func jobs(id: UInt32) async throws(SlurmError) -> [SlurmJob] {
            do throws(SlurmError) {
                return try await queue(["--jobs", String(id)])
            } catch {
                guard error.reason.contains("nvalid job id") else { throw error }
                return []
            }
        }

        /// See `SlurmService.cancel`.
        package func cancel(_ job: String) async throws(SlurmError) { try await scancel([job]) }

        /// See `SlurmService.tell`. Without `--batch`, Slurm signals only the steps, not the batch script, which the
        /// worker has replaced.
        package func tell(_ job: String) async throws(SlurmError) {
            try await scancel(["--batch", "--signal=USR2", job])
        }

        private func scancel(_ arguments: [String]) async throws(SlurmError) {
            do throws(SlurmError) {
                _ = try await run("scancel", arguments, isJudgedByWords: true)
            } catch {
                let over = ["nvalid job id", "already completing or completed"]
                guard over.contains(where: error.reason.contains) else { throw error }
            }
        }

        /// The queue: a record for each task, and one for waiting tasks of an array in the same state. Without
        /// `--array`, which omits the last index of a set with a step (22.05).
        private func queue(_ which: [String]) async throws(SlurmError) -> [SlurmJob] {
            let text = try await squeue("--Format", QueueLine.format, ["--states=all"] + which)
            let now = Int64(time(nil))
            let lines = text.split(separator: "\n").map { QueueLine(String($0)) }
            var jobs = lines.compactMap { SlurmJob($0, at: now) }
            guard lines.contains(where: \.hasCutIndices) else { return jobs }
            let sets = try await squeue("--format", "%A %K", ["--states=pending"] + which)
            var whole: [UInt32: [Int]] = [:]
            for line in sets.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 2, let id = UInt32(words[0]) else { continue }
                whole[id] = TaskIndices(words[1])?.values
            }
            for at in jobs.indices where jobs[at].state == .pending {
                jobs[at].indices = whole[jobs[at].id] ?? jobs[at].indices
            }
            return jobs
        }

        private func squeue(
            _ option: String, _ format: String, _ which: [String]
        ) async throws(SlurmError) -> String {
            try await run(
                "squeue", ["--noheader", "--all", "--local", option, format] + which,
                adding: ["SLURM_TIME_FORMAT": "%s", "SLURM_BITSTR_LEN": "0"])
        }

        private func sbatch(
            _ arguments: [String], input: String, environment: [String]
        ) async throws(SlurmError) -> UInt32 {
            var all: [String: String] = [:]
            for entry in environment {
                guard let sign = entry.firstIndex(of: "=") else { continue }
                all[String(entry[..<sign])] = String(entry[entry.index(after: sign)...])
            }
            // Variables that no option of stune overrides: with them sbatch would wait for the job's end, send it to
            // another cluster, or take its errors out of its output.
            for name in ["SBATCH_WAIT", "SBATCH_CLUSTERS", "SLURM_CLUSTERS", "SBATCH_ERROR"] {
                all[name] = nil
            }
            // sbatch puts its own directory into the job's environment, so start it in the directory that is wanted there.
            let text = try await run(
                "sbatch", ["--parsable"] + arguments, input: input, environment: all,
                directory: all["SLURM_SUBMIT_DIR"])
            // "4821", or "4821;cluster".
            guard let id = UInt32(text.prefix { $0.isNumber }) else {
                throw SlurmError(
                    trouble: .doubtful, code: SlurmError.unnumbered,
                    reason: "sbatch answered '\(text.trimmed)' instead of a job's number")
            }
            return id
        }

        /// The output of a command.
        ///
        /// - Parameter environment: all variables; `nil` for this process's, without those that change squeue's output.
        /// - Parameter directory: where to start it; `nil` for this process's directory.
        /// - Parameter isJudgedByWords: whether error messages count even if the exit code is 0.
        private func run(
            _ program: String, _ arguments: [String], input: String = "",
            environment: [String: String]? = nil, adding more: [String: String] = [:],
            directory: String? = nil, isJudgedByWords: Bool = false
        ) async throws(SlurmError) -> String {
            let environment = environment ?? SlurmCommands.environment
            let variables = environment.merging(more) { _, new in new }
            let keys = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
            let answer: (isSuccess: Bool, output: String, complaint: String)
            do {
                let result = try await Subprocess.run(
                    .name(program), arguments: Arguments(arguments),
                    environment: .custom(Dictionary(keys) { first, _ in first }),
                    workingDirectory: directory.map { FilePath($0) },
                    input: .string(input), output: .string(limit: SlurmCommands.outputLimit),
                    error: .string(limit: SlurmCommands.complaintLimit))
                answer = (
                    result.terminationStatus.isSuccess, result.standardOutput,
                    result.standardError
                )
            } catch {
                throw SlurmError(
                    trouble: SlurmCommands.areHere ? .busy : .refused, code: SlurmError.unnumbered,
                    reason: "\(program) cannot be run: \(error)")
            }
            let complaint = Complaint(answer.complaint)
            guard !answer.isSuccess || (isJudgedByWords && complaint.isError) else { return answer.output }
            throw SlurmError(
                trouble: complaint.trouble, code: complaint.code,
                reason: complaint.words.isEmpty ? "\(program) failed without a message" : complaint.words)
        }

        /// This process's environment without the variables that change the commands' output.
        private static var environment: [String: String] {
            var all: [String: String] = [:]
            var entry = environ
            while let text = entry.pointee {
                let words = String(cString: text)
                entry += 1
                guard let sign = words.firstIndex(of: "="), !words.hasPrefix("SQUEUE_"),
                    !words.hasPrefix("SCANCEL_")
                else { continue }
                all[String(words[..<sign])] = String(words[words.index(after: sign)...])
            }
            return all
        }
    }

    extension StringProtocol {
        /// Without spaces at both ends.
        var trimmed: String {
            let start = drop { $0.isWhitespace }
            let end = start.lastIndex { !$0.isWhitespace }
            return end.map { String(start[...$0]) } ?? ""
        }
    }
#endif

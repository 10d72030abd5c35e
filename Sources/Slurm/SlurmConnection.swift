#if Slurm
    import CSlurm
    import Dispatch

    #if canImport(Glibc)
        import Glibc
    #endif

    /// libslurm. Its calls block and are not thread-safe, so they run one at a time on their own queue.
    package struct SlurmConnection: Sendable {
        private static let queue = DispatchQueue(label: "libslurm")

        /// A connection to the cluster that slurm.conf names; SLURM_CONF says which file that is.
        ///
        /// The process ignores SIGPIPE from here on, so that a slurmctld that closes a connection during a request
        /// causes an error instead of ending the process.
        package init() { signal(SIGPIPE, SIG_IGN) }

        /// The version of libslurm, such as 2205 for 22.05; 0 if none can be used.
        package static var version: UInt32 { stune_slurm_version() }

        /// Whether Slurm's record of a job is known to include its script's arguments.
        package static var keepsArguments: Bool { (1..<2302).contains(version) }

        /// The file of the libslurm in use; `nil` if none can be used.
        package static var library: String? {
            let found = stune_slurm_find_library()
            return found.is_usable != 0 ? String(cString: found.path) : nil
        }

        /// Where the table of layouts and this build's slurm.h differ; `nil` if they do not, or there is nothing to
        /// compare.
        package static var layoutDifference: String? {
            stune_slurm_layout_difference().map { String(cString: $0) }
        }

        /// Whether a libslurm can be used and its configuration is visible.
        package static var isConfigured: Bool { library != nil && SlurmPlaces().hasConfiguration }

        /// What to do if this machine has no Slurm, or seems to have none; `nil` if it has.
        ///
        /// Without a visible configuration, libslurm may still find one by the network. If it does not, it ends the
        /// process.
        package static var missing: String? {
            let found = stune_slurm_find_library()
            guard found.is_usable != 0 else { return String(cString: found.trouble) }
            return SlurmPlaces().missingConfiguration
        }

        /// Submits an array.
        ///
        /// - Returns: the array's job id.
        package func submit(_ submission: SlurmSubmission) async throws(SlurmError) -> UInt32 {
            try await perform { () throws(SlurmError) in try submission.send() }
        }

        /// Submits the script of a batch job once more, to run when that job is over.
        ///
        /// - Parameter arguments: the script's path, and its arguments.
        /// - Parameter environment: each as `NAME=VALUE`.
        /// - Returns: the new job's id.
        package func submitSuccessor(
            of job: UInt32, arguments: [String], environment: [String]
        ) async throws(SlurmError) -> UInt32 {
            try await perform { () throws(SlurmError) in
                var texts = BorrowedTexts()
                defer { texts.free() }
                var successor = stune_slurm_successor()
                (successor.arguments, successor.argument_count) = texts.borrow(arguments)
                (successor.environment, successor.environment_count) = texts.borrow(environment)
                var id: UInt32 = 0
                try stune_slurm_submit_successor(job, &successor, &id).check()
                return id
            }
        }

        /// All of this user's jobs that slurmctld knows, including those that finished in the last minutes.
        package func jobs() async throws(SlurmError) -> [SlurmJob] {
            try await perform { () throws(SlurmError) in
                try SlurmConnection.read { stune_slurm_load_user(getuid(), $0) }
            }
        }

        /// One job; empty if Slurm does not know it, or no longer. An array has a record for each state.
        package func jobs(id: UInt32) async throws(SlurmError) -> [SlurmJob] {
            try await perform { () throws(SlurmError) in
                try SlurmConnection.read { stune_slurm_load_one(id, $0) }
            }
        }

        /// Cancels a job, an array, or a task: `4821`, `4821_17`. A job that is over is no error.
        package func cancel(_ job: String) async throws(SlurmError) {
            try await perform { () throws(SlurmError) in try stune_slurm_cancel(job).check() }
        }

        /// Sends SIGUSR2 to the batch script of a task, such as `4821_17`, to say that it ends soon. A task that is
        /// over is no error.
        package func tell(_ job: String) async throws(SlurmError) {
            try await perform { () throws(SlurmError) in try stune_slurm_tell(job).check() }
        }

        /// The limit on array indices: every index is below this.
        package func maxArraySize() async throws(SlurmError) -> Int {
            try await perform { () throws(SlurmError) in
                var size: UInt32 = 0
                try stune_slurm_max_array_size(&size).check()
                return Int(size)
            }
        }

        private func perform<Value: Sendable>(
            _ call: @escaping @Sendable () throws(SlurmError) -> Value
        ) async throws(SlurmError) -> Value {
            let result: Result<Value, SlurmError> = await withCheckedContinuation { continuation in
                SlurmConnection.queue.async {
                    do throws(SlurmError) {
                        continuation.resume(returning: .success(try call()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
            return try result.get()
        }

        private static func read(
            _ load: (UnsafeMutablePointer<OpaquePointer?>) -> stune_slurm_result
        ) throws(SlurmError) -> [SlurmJob] {
            var list: OpaquePointer?
            try load(&list).check()
            guard let list else { return [] }
            defer { stune_slurm_free(list) }
            return (0..<stune_slurm_count(list)).map { SlurmJob(stune_slurm_at(list, $0)) }
        }
    }

    extension stune_slurm_result {
        /// Throws the error, if there is one.
        func check() throws(SlurmError) {
            guard let kind = SlurmError.Trouble(trouble) else { return }
            let words = withUnsafeBytes(of: reason) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw SlurmError(trouble: kind, code: code, reason: words)
        }
    }

    extension SlurmError.Trouble {
        /// The kind of error; `nil` for none.
        fileprivate init?(_ trouble: stune_slurm_trouble) {
            switch trouble {
            case STUNE_SLURM_OK: return nil
            case STUNE_SLURM_REFUSED: self = .refused
            case STUNE_SLURM_LIMIT: self = .overLimit
            case STUNE_SLURM_DOUBTFUL: self = .doubtful
            default: self = .busy
            }
        }

        /// The kind of an error number; `nil` for none. See `stune_slurm_trouble_of`.
        package init?(code: Int32) { self.init(stune_slurm_trouble_of(code)) }
    }

    extension SlurmJob {
        /// A record with its numbers and words as values.
        fileprivate init(_ record: stune_slurm_job) {
            let set = String(cString: record.array_tasks)
            let isTask = record.array_task_id != UInt32.max
            self.init(
                id: record.job_id,
                array: record.array_job_id != 0 ? record.array_job_id : record.job_id,
                indices: isTask ? [Int(record.array_task_id)] : TaskIndices(set)?.values ?? [],
                state: State(word: String(cString: stune_slurm_state_name(record.state))),
                stateName: String(cString: stune_slurm_state_name(record.state)),
                reason: String(cString: record.reason), user: record.user_id,
                name: String(cString: record.name), comment: String(cString: record.comment),
                partition: String(cString: record.partition), nodes: String(cString: record.nodes),
                timeLimitMinutes: record.time_limit == UInt32.max ? nil : Int(record.time_limit),
                startTime: record.start_time, endTime: record.end_time,
                answerTime: record.answer_time, restarts: Int(record.restarts),
                command: String(cString: record.command),
                dependency: String(cString: record.dependency), isBatch: record.is_batch != 0)
        }
    }
#endif

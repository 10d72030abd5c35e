#if Slurm
    package import Dispatching
    import Slurm
    import Spool
    import StudyFile
    package import Tuning

    #if canImport(Glibc)
        import Glibc
    #endif

    /// How to reach Slurm.
    package enum SlurmAccess: Hashable, Sendable {
        /// By libslurm if it can be used, else by Slurm's commands if they exist.
        case best
        /// By libslurm.
        case library
        /// By sbatch, squeue, scontrol and scancel, with one process for each request.
        case commands

        /// The implementation to use.
        var service: any SlurmService {
            switch self {
            case .library: SlurmConnection()
            case .commands: SlurmCommands()
            case .best: takesCommands ? SlurmCommands() : SlurmConnection()
            }
        }

        /// Whether the commands are used because no library can be.
        private var takesCommands: Bool {
            self == .best && SlurmConnection.library == nil && SlurmCommands.areHere
        }

        /// How many requests a look at the queue takes.
        package var requestsPerLook: Int { self == .commands || takesCommands ? 2 : 1 }

        /// Whether Slurm certainly exists here: without a configuration, libslurm would end this process.
        package var isSurelyThere: Bool {
            self == .commands || takesCommands ? SlurmCommands.areHere : SlurmConnection.isConfigured
        }

        /// What the user should know before Slurm is asked: that there seems to be none, or that its commands are used
        /// because no library can be. `nil` for nothing.
        package var remark: String? {
            switch self {
            case .commands: nil
            case .library: SlurmConnection.missing
            case .best where takesCommands:
                "\(SlurmConnection.missing ?? ""). Meanwhile sbatch, squeue and scancel are used instead"
            case .best: SlurmConnection.missing
            }
        }
    }

    /// Tasks as elements of Slurm job arrays.
    package actor SlurmCluster: Cluster {
        /// How long to reuse an answer about the queue: all questions of one pass make one request.
        private static let freshness = Duration.milliseconds(200)
        /// After this many refusals in a row, with an empty queue, waiting cannot help against a limit.
        private static let limitTries = 3
        /// After this many unspecified errors in a row, a submission counts as refused; with the pauses between them,
        /// that takes some minutes.
        private static let unspecifiedTries = 8

        /// See `Cluster.requestsPerLook`: the commands ask for the jobs and for the partitions.
        package nonisolated let requestsPerLook: Int

        private let slurm: any SlurmService
        private var queue: (jobs: [SlurmJob], at: ContinuousClock.Instant)?
        /// The indices of arrays that this process has submitted or seen, while they are asked about.
        private var known: [ArrayID: Set<Int>] = [:]
        /// Slurm's limit on the size of arrays, which changes only with slurm.conf.
        private var largestArray: Int?
        /// How many submissions in a row were refused without a reason that decides whether to try again.
        private var unexplained = 0

        /// The cluster that slurm.conf names; SLURM_CONF says which file that is.
        package init(by access: SlurmAccess = .best) {
            slurm = access.service
            requestsPerLook = access.requestsPerLook
        }

        /// See `Cluster.maxArraySize`.
        package func maxArraySize() async throws(ClusterError) -> Int {
            if let largestArray { return largestArray }
            do throws(SlurmError) {
                let size = try await slurm.maxArraySize()
                largestArray = size
                return size
            } catch {
                throw ClusterError(error)
            }
        }

        /// See `Cluster.submit`.
        package func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
            queue = nil
            do throws(SlurmError) {
                let id = ArrayID(try await slurm.submit(SlurmSubmission(array)))
                known[id] = Set(array.indices)
                unexplained = 0
                return id
            } catch {
                throw await judged(error, of: array)
            }
        }

        /// What an error means for this array. Slurm uses one number for temporary and permanent refusals. Its message,
        /// the size of the array, and whether the queue has jobs that may end tell which it is.
        private func judged(_ error: SlurmError, of array: TaskArray) async -> ClusterError {
            let before = unexplained
            unexplained = 0
            if error.code == SlurmError.unspecified, error.trouble == .busy {
                unexplained = before + 1
                guard unexplained >= SlurmCluster.unspecifiedTries else { return ClusterError(error) }
                return .refused(
                    reason:
                        "\(error.reason), \(unexplained) times in a row; a submit plugin of the site may "
                        + "refuse the job without a message")
            }
            guard error.trouble == .overLimit, array.indices.count == 1 || error.isOfEachJob else {
                return ClusterError(error)
            }
            if error.isOfEachJob || error.code == SlurmError.invalidArray {
                return .refused(reason: error.reason)
            }
            // Other users' jobs may end and make room. A limit for this user alone frees up only if this user has jobs
            // in the queue.
            guard SlurmError.policies.contains(error.code), !WaitingReason.isShared(error.reason),
                await hasNothingQueued()
            else { return ClusterError(error) }
            // Jobs that have just ended may count for a moment yet.
            unexplained = before + 1
            guard unexplained >= SlurmCluster.limitTries else { return ClusterError(error) }
            return .refused(
                reason: "\(error.reason); nothing of yours is in the queue"
                    + (Host.environment["SLURM_JOB_ID"] == nil ? "" : " but the controller's own job")
                    + ", so no wait will help")
        }

        /// Whether this user has no waiting or running job except the one that this process runs in.
        private func hasNothingQueued() async -> Bool {
            let own = Host.environment["SLURM_JOB_ID"].flatMap(UInt32.init)
            do throws(ClusterError) {
                return try await jobs().allSatisfy { $0.isOver || $0.id == own }
            } catch {
                // If it is not known, there may be some.
                return false
            }
        }

        /// See `Cluster.find`.
        package func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
            queue = nil
            let own = try await jobs().filter { $0.token == token }
            return Set(own.map { ArrayID($0.array) }).sorted()
        }

        /// See `Cluster.sightings`.
        package func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
            let records = try await jobs().filter { arrays.contains(ArrayID($0.array)) }
            let seen = records.flatMap(\.sightings)
            known = known.filter { arrays.contains($0.key) }
            for sighting in seen { known[sighting.task.array, default: []].insert(sighting.task.index) }
            return seen + cancelledWhileWaiting(records, besides: seen)
        }

        /// For tasks cancelled before they start, Slurm keeps one record without indices. They are the tasks of the
        /// array that have no record of their own.
        private func cancelledWhileWaiting(
            _ records: [SlurmJob], besides seen: [TaskSighting]
        ) -> [TaskSighting] {
            let others = Set(seen.map(\.task))
            return records.filter { $0.state == .cancelled && $0.indices.isEmpty }.flatMap { record in
                let array = ArrayID(record.array)
                var whole = record
                whole.indices = (known[array] ?? []).sorted().filter {
                    !others.contains(TaskID(array: array, index: $0))
                }
                return whole.sightings
            }
        }

        /// See `Cluster.cancel`.
        package func cancel(_ tasks: [TaskID]) async throws(ClusterError) {
            queue = nil
            // One request for each array: Slurm takes "4821_[3,17]".
            for (array, members) in Dictionary(grouping: tasks, by: \.array).sorted(by: { $0.key < $1.key })
            {
                let indices = TaskIndices.text(members.map(\.index).sorted())
                do throws(SlurmError) {
                    try await slurm.cancel("\(array)_[\(indices)]")
                } catch {
                    throw ClusterError(error)
                }
            }
        }

        /// See `Cluster.warn`.
        package func warn(_ tasks: [TaskID]) async throws(ClusterError) {
            for task in tasks {
                do throws(SlurmError) {
                    try await slurm.tell("\(task)")
                } catch {
                    throw ClusterError(error)
                }
            }
        }

        /// See `Cluster.isRunning`.
        package func isRunning(job: UInt32) async throws(ClusterError) -> Bool? {
            do throws(SlurmError) {
                return try await slurm.jobs(id: job).contains { !$0.isOver }
            } catch {
                throw ClusterError(error)
            }
        }

        /// All tasks of this user's studies in the queue, each with the directory of its study.
        package func studyTasks() async throws(ClusterError) -> [StudyTask] {
            try await jobs().flatMap { job -> [StudyTask] in
                guard let comment = JobComment(job.comment) else { return [] }
                return job.sightings.map {
                    StudyTask(
                        studyDirectory: comment.studyDirectory, token: comment.token, sighting: $0)
                }
            }
        }

        private func jobs() async throws(ClusterError) -> [SlurmJob] {
            let now = ContinuousClock.now
            if let queue, now - queue.at < SlurmCluster.freshness { return queue.jobs }
            do throws(SlurmError) {
                let jobs = try await slurm.jobs()
                queue = (jobs, now)
                return jobs
            } catch {
                throw ClusterError(error)
            }
        }
    }

    extension ClusterError {
        /// Maps Slurm's error to the kinds that have rules.
        init(_ error: SlurmError) {
            switch error.trouble {
            case .refused: self = .refused(reason: error.reason)
            case .busy: self = .busy(reason: error.reason)
            case .overLimit: self = .overLimit(reason: error.reason)
            case .doubtful: self = .doubtful(reason: error.reason)
            }
        }
    }

    extension SlurmJob {
        /// The token of this job's array; `nil` if it is not one of stune's. It is in the comment or, if a submit
        /// plugin rewrote that, at the end of the name.
        fileprivate var token: ArrayToken? {
            JobComment(comment)?.token
                ?? name.split(separator: ".").last.flatMap { ArrayToken(String($0)) }
        }

        /// One sighting for each task of the record.
        fileprivate var sightings: [TaskSighting] {
            let now = Int64(time(nil))
            let user = SlurmJob.userName(user)
            return indices.map { index in
                var sighting = TaskSighting(
                    task: TaskID(array: ArrayID(array), index: index), token: token,
                    state: TaskState(state),
                    stateName: stateName, restarts: restarts, reason: reason, nodes: nodes,
                    elapsedSeconds: state == .running && startTime > 0 ? Int(max(0, now - startTime)) : 0,
                    timeLimitMinutes: timeLimitMinutes, partition: partition, jobName: name, user: user)
                sighting.endsEarly = endsEarly
                return sighting
            }
        }

        private static func userName(_ number: UInt32) -> String {
            guard let entry = getpwuid(number) else { return String(number) }
            return String(cString: entry.pointee.pw_name)
        }
    }

    extension TaskState {
        /// Maps the state to those that have rules.
        fileprivate init(_ state: SlurmJob.State) {
            switch state {
            case .pending: self = .pending
            case .running: self = .running
            case .completed: self = .completed
            case .failed: self = .failed
            case .cancelled: self = .cancelled
            case .timeout: self = .timedOut
            case .displaced: self = .displaced
            case .outOfMemory: self = .outOfMemory
            }
        }
    }

    extension SlurmError {
        /// Whether Slurm's message is about a limit on what each job requests.
        fileprivate var isOfEachJob: Bool {
            guard SlurmError.policies.contains(code) else { return false }
            let words = reason.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            let limits = words.filter {
                $0.hasPrefix("QOS") || $0.hasPrefix("Assoc") || $0.hasPrefix("Max")
            }
            return limits.contains { $0.count > 5 && !WaitingReason.isAboutCount($0) }
        }
    }

    extension SlurmSubmission {
        /// The submission for an array.
        fileprivate init(_ array: TaskArray) {
            let variables = SbatchVariables(Host.environment)
            let options = variables.filling(array.options)
            let comment = JobComment(token: array.token, studyDirectory: array.studyDirectory).description
            self.init(
                name: array.name,
                script: BatchScript.text(
                    setup: options.setup, command: array.command + options.timeArguments),
                indices: array.indices, workingDirectory: array.workingDirectory,
                output: SlurmSubmission.literal(array.logDirectory) + "/%A_%a.out",
                comment: [options.comment, comment].compactMap { $0 }.joined(separator: " "),
                environment: TaskEnvironment().variables(
                    options, name: array.name, directory: array.workingDirectory))
            (partition, account, qos) = (options.partition, options.account, options.qos)
            (constraint, reservation) = (options.constraint, options.reservation)
            (nodelist, exclude, licenses) = (options.nodelist, options.exclude, options.licenses)
            (gres, gpus, gpusPerNode) = (options.gres, options.gpus, options.gpusPerNode)
            gpusPerTask = options.gpusPerTask
            timeLimitMinutes = options.timeMinutes
            warningSeconds = UInt32(
                LeaveTime.seconds(asked: options.leaveSeconds, limit: options.timeLimitSeconds))
            (minNodes, maxNodes, ntasks) = (options.minNodes, options.maxNodes, options.ntasks)
            ntasksPerNode = options.ntasksPerNode.map(UInt32.init)
            cpusPerTask = options.cpusPerTask.map(UInt32.init)
            cpusPerGPU = options.cpusPerGPU.map(UInt32.init)
            memoryPerNodeMiB = options.memoryMiB
            memoryPerCPUMiB = options.memoryPerCPUMiB
            memoryPerGPUMiB = options.memoryPerGPUMiB
            nice = options.nice ?? 0
            exclusive = options.exclusive
            (requeue, wckey) = (variables.requeue, variables.wckey)
        }
    }

    extension BatchOptions {
        /// The time limit in seconds.
        fileprivate var timeLimitSeconds: Int? { timeMinutes.map { Int($0) * 60 } }

        /// The arguments that tell the worker its time limit.
        fileprivate var timeArguments: [String] {
            let limit = timeLimitSeconds.map { ["--time-limit", String($0)] } ?? []
            return limit + (leaveSeconds.map { ["--leave-seconds", String($0)] } ?? [])
        }
    }
#endif

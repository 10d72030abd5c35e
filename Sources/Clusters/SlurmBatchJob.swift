#if Slurm
    import Slurm
    import Spool

    /// The Slurm job that this process runs in.
    package struct SlurmBatchJob: BatchJob {
        /// The job's number.
        package let id: UInt32
        private let arguments: [String]
        private let script: [String]?
        private let slurm: any SlurmService

        /// The job of this number.
        ///
        /// - Parameter arguments: the arguments that this process got from the job's script.
        /// - Parameter script: the script's own arguments, if known for certain.
        package init(
            id: UInt32, arguments: [String], script: [String]? = nil, by access: SlurmAccess = .best
        ) {
            slurm = access.service
            self.id = id
            self.arguments = arguments
            self.script = script
        }

        /// See `BatchJob.time`. A job without a batch script, such as one from salloc, can have no successor, so its
        /// end does not matter here.
        package func time() async throws(ClusterError) -> JobTime? {
            guard let job = try await record(), job.isBatch, job.timeLimitMinutes != nil, job.endTime > 0
            else { return nil }
            return JobTime(
                left: .seconds(job.endTime - job.answerTime), limit: .seconds(job.endTime - job.startTime))
        }

        /// See `BatchJob.submitSuccessor`.
        package func submitSuccessor() async throws(ClusterError) -> UInt32 {
            guard let own = try await record() else {
                throw .refused(reason: "Slurm does not know job \(id)")
            }
            do throws(SlurmError) {
                // A path that cannot be looked at is not our script.
                let isFile = { (path: String) in (try? Files.system.exists(path)) == true }
                let waiting = try await slurm.jobs().filter { $0.continues(own) }
                if let first = waiting.map(\.id).min() { return first }
                return try await slurm.submitSuccessor(
                    of: id,
                    arguments: BatchCommand.words(
                        of: own.command, script: script, own: arguments,
                        keepsArguments: SlurmConnection.keepsArguments, isFile: isFile),
                    environment: TaskEnvironment().variables(
                        nil, name: own.name, directory: Host.environment["SLURM_SUBMIT_DIR"] ?? "/"))
            } catch {
                throw ClusterError(error)
            }
        }

        /// See `BatchJob.cancel`.
        package func cancel(successor: UInt32) async throws(ClusterError) {
            do throws(SlurmError) {
                try await slurm.cancel(String(successor))
            } catch {
                throw ClusterError(error)
            }
        }

        private func record() async throws(ClusterError) -> SlurmJob? {
            do throws(SlurmError) {
                return try await slurm.jobs(id: id).first { $0.id == id }
            } catch {
                throw ClusterError(error)
            }
        }
    }

    extension SlurmJob {
        /// Whether it waits for the end of a job with the same script and arguments.
        fileprivate func continues(_ other: SlurmJob) -> Bool {
            let awaited = dependency.split(separator: ",").map { $0.prefix { $0 != "(" } }
            return state == .pending && command == other.command && awaited.contains("afterany:\(other.id)")
        }
    }
#endif

#if Slurm
    /// The requests to a Slurm, by libslurm or by Slurm's commands.
    package protocol SlurmService: Sendable {
        /// The limit on array indices: every index is below this.
        func maxArraySize() async throws(SlurmError) -> Int

        /// Submits an array.
        ///
        /// - Returns: the array's job id.
        func submit(_ submission: SlurmSubmission) async throws(SlurmError) -> UInt32

        /// Submits the script of a batch job once more, to run when that job is over.
        ///
        /// - Parameter arguments: the script's path, and its arguments.
        /// - Parameter environment: each as `NAME=VALUE`.
        /// - Returns: the new job's id.
        func submitSuccessor(
            of job: UInt32, arguments: [String], environment: [String]
        ) async throws(SlurmError) -> UInt32

        /// All of this user's jobs that slurmctld knows, including those that finished in the last minutes.
        func jobs() async throws(SlurmError) -> [SlurmJob]

        /// One job; empty if Slurm does not know it, or no longer. An array has a record for each state.
        func jobs(id: UInt32) async throws(SlurmError) -> [SlurmJob]

        /// Cancels a job, an array, or tasks: `4821`, `4821_[3,17]`. A job that is over is no error.
        func cancel(_ job: String) async throws(SlurmError)

        /// Sends SIGUSR2 to the batch script of a task, such as `4821_17`, to say that it ends soon. A task that is
        /// over is no error.
        func tell(_ job: String) async throws(SlurmError)
    }

    extension SlurmConnection: SlurmService {}
#endif

#if Slurm
    /// What a Slurm is asked for, by libslurm or by Slurm's commands.
    package protocol SlurmService: Sendable {
        /// How large an array may be: an index is below this.
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

        /// All jobs of this user that slurmctld knows, the finished ones of the last minutes among them.
        func jobs() async throws(SlurmError) -> [SlurmJob]

        /// One job; empty when Slurm does not know it, or no longer. An array has a record for each state.
        func jobs(id: UInt32) async throws(SlurmError) -> [SlurmJob]

        /// Cancels a job, an array, or tasks: `4821`, `4821_[3,17]`. One that is over is no error.
        func cancel(_ job: String) async throws(SlurmError)

        /// Tells the batch script of a task, as `4821_17`, by SIGUSR2 that it ends soon. One that is over is no error.
        func tell(_ job: String) async throws(SlurmError)
    }

    extension SlurmConnection: SlurmService {}
#endif

#if Slurm
    import Testing

    @testable import Slurm

    /// The requests to Slurm's commands, and their answers.
    struct SlurmCommandsTests {
        private static func line(_ values: [String]) -> String {
            values.map { $0 + "   \u{1f}" }.joined()
        }

        @Test func `a task of an array is read from its line`() throws {
            let line = QueueLine(
                Self.line([
                    "4823", "4821", "17", "RUNNING", "None", "2", "1", "1000", "7:00", "1795935742",
                    "1795936162", "main", "n[1-2]", "(null)", "digits.r0.x", "ours | stune:0:/a b/c.stune",
                    "(null)",
                ]))
            let job = try #require(SlurmJob(line, at: 1_795_935_800))
            #expect(job.id == 4823 && job.array == 4821 && job.indices == [17])
            #expect(job.state == .running && job.stateName == "RUNNING" && job.reason.isEmpty)
            #expect(job.restarts == 2 && job.isBatch && job.user == 1000)
            #expect(job.timeLimitMinutes == 7)
            #expect(job.startTime == 1_795_935_742 && job.endTime == 1_795_936_162)
            #expect(job.nodes == "n[1-2]" && job.dependency.isEmpty && job.command.isEmpty)
            #expect(job.comment == "ours | stune:0:/a b/c.stune")
        }

        @Test(arguments: [("0-9", false), (String(repeating: "1,", count: 32), true)])
        func `indices that fill their field are cut`(set: String, isCut: Bool) {
            let width = set.count < 64 ? set + " " : set
            let values = Array(repeating: "x ", count: 2) + [width] + Array(repeating: "x ", count: 14)
            #expect(QueueLine(values.map { $0 + "\u{1f}" }.joined()).hasCutIndices == isCut)
        }

        @Test(arguments: ["", "slurm_load_jobs error", "1\u{1f}2\u{1f}"])
        func `a line that is no answer is no job`(text: String) {
            #expect(SlurmJob(QueueLine(text), at: 0) == nil)
        }

        @Test(arguments: [
            ("7:00", 7), ("1:30:00", 90), ("2-00:00:00", 2880), ("365-00:00:00", 525_600), ("0:30", 0),
            ("UNLIMITED", nil), ("Partition_Limit", nil), ("", nil), ("-", nil), ("a:b", nil),
        ]) func `a time limit is read in minutes`(text: String, minutes: Int?) {
            #expect(QueueLine.minutes(text) == minutes)
        }

        @Test(arguments: [
            (
                "sbatch: error: invalid partition specified: nowhere\n"
                    + "sbatch: error: Batch job submission failed: Invalid partition name specified",
                SlurmError.Trouble.refused
            ),
            (
                "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)",
                .overLimit
            ),
            ("squeue: error: Unable to contact slurm controller (connect failure)", .busy),
            (
                "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
                .doubtful
            ),
            ("sbatch: error: Batch job submission failed: Unexpected message received", .doubtful),
            ("sbatch: error: Batch job submission failed: Access/permission denied", .refused),
            (
                "sbatch: error: Batch job submission failed: Requested node configuration is not available",
                .refused
            ),
            ("sbatch: error: Batch job submission failed: Unspecified error", .busy),
            (
                "sbatch: error: our site wants an account\n"
                    + "sbatch: error: Batch job submission failed: Unspecified error",
                .refused
            ),
            ("sbatch: error: who knows", .busy),
            ("sbatch: error: Batch job submission failed: Invalid authentication credential", .busy),
        ]) func `a complaint is of a kind`(printed: String, trouble: SlurmError.Trouble) {
            let complaint = Complaint(printed)
            #expect(complaint.trouble == trouble && complaint.isError)
            #expect(!complaint.words.contains("sbatch:") && !complaint.words.contains("squeue:"))
        }

        @Test(arguments: [
            ("Job violates accounting/QOS policy (job submit limit)", SlurmError.policy),
            ("Invalid job array specification", SlurmError.invalidArray),
            ("Unspecified error", SlurmError.unspecified),
            ("Unable to contact slurm controller (connect failure)", SlurmError.unnumbered),
        ]) func `a complaint has the number that rules depend on`(words: String, code: Int32) {
            #expect(Complaint("sbatch: error: Batch job submission failed: \(words)").code == code)
        }

        @Test func `a submission is the options of sbatch`() {
            var submission = SlurmSubmission(
                name: "a b", script: "", indices: [3, 17], workingDirectory: "/w d", output: "/l/%A_%a.out",
                comment: "c", environment: [])
            (submission.minNodes, submission.maxNodes, submission.timeLimitMinutes) = (2, 4, 90)
            (submission.gpusPerTask, submission.memoryPerCPUMiB, submission.nice) = ("a100:1", 512, -3)
            submission.warningSeconds = 60
            #expect(
                submission.sbatchOptions == [
                    "--array=3,17", "--job-name=a b", "--chdir=/w d", "--output=/l/%A_%a.out",
                    "--open-mode=append", "--input=/dev/null", "--export=ALL", "--comment=c",
                    "--gpus-per-task=a100:1", "--nodes=2-4", "--time=90", "--mem-per-cpu=512M",
                    "--signal=B:USR1@60", "--nice=-3",
                ])
        }

        @Test func `a successor asks for what the record says`() {
            let record = JobRecord(
                """
                JobId=17 JobName=stune
                   UserId=me(1000) Priority=1 Nice=3 Account=(null) QOS=normal
                   Requeue=0 Restarts=0 BatchFlag=1
                   RunTime=00:00:09 TimeLimit=00:07:00 TimeMin=N/A
                   Partition=main ReqNodeList=(null) NumNodes=1 NumCPUs=2 NumTasks=1 CPUs/Task=2
                   MinCPUsNode=2 MinMemoryNode=512M Features=(null)
                   Command=/s/controller.sbatch
                   WorkDir=/my dir
                   Comment=one = two
                   StdOut=/my dir17/stune-17.log
                """)
            #expect(
                record.successorOptions(of: 17) == [
                    "--dependency=afterany:17", "--open-mode=append", "--signal=B:USR1@60", "--export=ALL",
                    "--job-name=stune", "--qos=normal", "--partition=main", "--time=00:07:00", "--ntasks=1",
                    "--cpus-per-task=2", "--comment=one = two", "--chdir=/my dir", "--nice=3", "--mem=512M",
                    "--nodes=1", "--output=/my dir17/stune-%j.log", "--no-requeue",
                ])
        }
    }
#endif

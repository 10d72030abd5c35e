#if Slurm
    import Clusters
    import Foundation
    import Testing

    extension ClusterConformance.OfSlurm {
        /// A batch job and its successor.
        @Suite struct BatchJobs {
            /// Submits a script whose path, arguments and directory contain spaces.
            private func submit(_ options: String...) throws -> (place: ClusterPlace, job: UInt32) {
                let place = try ClusterPlace()
                let script = "\(place.work)/my script.sh"
                try "#!/bin/sh\nexec sleep 60\n".write(toFile: script, atomically: true, encoding: .utf8)
                let text = try place.run(
                    ["sbatch", "--parsable", "--mem=20M", "-o", "%j.log"] + options
                        + [script, "my study.yaml", "--dir", "a b"])
                return (place, try #require(UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines))))
            }

            private func field(_ name: String, of job: UInt32, _ place: ClusterPlace) throws -> String? {
                let record = try place.run(["scontrol", "show", "job", "\(job)"])
                let pieces = record.split(whereSeparator: \.isNewline).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                if let line = pieces.first(where: { $0.hasPrefix("\(name)=") }) { return line }
                return pieces.lazy.flatMap { $0.split(separator: " ") }.first { $0.hasPrefix("\(name)=") }
                    .map(String.init)
            }

            @Test func `a successor asks for what the job asked for, and only one is submitted`()
                async throws
            {
                let (place, job) = try submit(
                    "--time=7", "--nice=3", "--comment=one of two", "--cpus-per-task=2")
                defer { _ = try? place.run(["scancel", "\(job)"]) }
                let own = SlurmBatchJob(id: job, arguments: ["my study.yaml", "--dir", "a b"])
                let successor = try await own.submitSuccessor()
                #expect(try await own.submitSuccessor() == successor)
                #expect(successor != job)
                #expect(
                    try field("Dependency", of: successor, place)
                        == "Dependency=afterany:\(job)(unfulfilled)")
                for name in [
                    "Command", "WorkDir", "Comment", "TimeLimit", "NumCPUs", "CPUs/Task", "MinMemoryNode",
                    "Nice", "Partition", "JobName", "Requeue", "OverSubscribe",
                ] {
                    let (first, second) = (
                        try field(name, of: job, place), try field(name, of: successor, place)
                    )
                    #expect(first == second && first != nil, "\(name)")
                }
                #expect(
                    try field("StdOut", of: successor, place) == "StdOut=\(place.work)/\(successor).log")
                try await own.cancel(successor: successor)
                #expect(
                    try field("JobState", of: successor, place)?.hasPrefix("JobState=CANCELLED") == true)
            }

            @Test func `the time of a job is that of its limit, and follows scontrol`() async throws {
                let (place, job) = try submit("--time=7")
                defer { _ = try? place.run(["scancel", "\(job)"]) }
                let own = SlurmBatchJob(id: job, arguments: [])
                var time = try await own.time()
                let start = ContinuousClock.now
                // Until a job starts, Slurm only estimates its time.
                while time?.limit != .seconds(420), ContinuousClock.now - start < .seconds(60) {
                    try await Task.sleep(for: .milliseconds(200))
                    time = try await own.time()
                }
                #expect(time?.limit == .seconds(420))
                _ = try place.run(["scontrol", "update", "jobid=\(job)", "timelimit=9"])
                #expect(try await own.time()?.limit == .seconds(540))
                #expect(try await SlurmBatchJob(id: 60_000_000, arguments: []).time() == nil)
            }
        }
    }
#endif

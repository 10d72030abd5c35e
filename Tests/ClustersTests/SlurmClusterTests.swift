#if Slurm
    import Dispatching
    import Clusters
    import Foundation
    import Spool
    import StudyFile
    import Testing

    extension ClusterConformance {
        /// What only Slurm can be asked.
        @Suite(.enabled(if: ClusterKind.hasSlurm, "needs STUNE_TEST_SLURM=1 and a Slurm in SLURM_CONF"))
        struct OfSlurm {
            private let cluster = SlurmCluster()

            @Test func `a partition that Slurm does not have is refused in Slurm's words`() async throws {
                var array = try ClusterPlace().array("exit 0")
                array.options.partition = "nowhere"
                var refusal: String?
                do throws(ClusterError) {
                    _ = try await cluster.submit(array)
                } catch {
                    if case .refused(let reason) = error { refusal = reason }
                }
                let reason = try #require(refusal)
                #expect(reason.contains("nvalid partition"), "\(reason)")
                #expect(try await cluster.find(array.token) == [])
            }

            @Test func `a job runs until it is over and an unknown one does not`() async throws {
                let array = try ClusterPlace().array("exec sleep 60")
                let id = try await cluster.submit(array)
                #expect(try await cluster.isRunning(job: id.number) == true)
                try await cluster.clear(array, id)
                #expect(try await cluster.isRunning(job: id.number) == false)
                #expect(try await cluster.isRunning(job: 60_000_000) == false)
            }

            @Test(arguments: [SlurmAccess.library, .commands])
            func `the batch script of a task that will end soon is told, and one that is over is no error`(
                access: SlurmAccess
            ) async throws {
                let place = try ClusterPlace()
                let cluster = SlurmCluster(by: access)
                let array = place.array(
                    "trap 'echo told > told; exit 0' USR2; : > ready; while :; do sleep 0.1; done")
                let id = try await cluster.submit(array)
                let task = TaskID(array: id, index: 0)
                _ = try await cluster.sightings(of: id) { _ in (try? place.entries()) == ["ready"] }
                try await cluster.warn([task])
                #expect(try await cluster.states(ofFinished: array, id) == [0: .completed])
                #expect(place.text("told") == "told\n")
                try await cluster.warn([task])
            }

            @Test func `the tasks of studies have directory and token`() async throws {
                let place = try ClusterPlace()
                let array = place.array("exec sleep 60", indices: [3, 17])
                let id = try await cluster.submit(array)
                let own = try await cluster.studyTasks().filter { $0.sighting.task.array == id }
                #expect(own.map(\.sighting.task.index).sorted() == [3, 17])
                #expect(own.allSatisfy { $0.studyDirectory == place.study.path })
                #expect(own.allSatisfy { $0.token == array.token })
                try await cluster.clear(array, id)
            }

            @Test func `the user's comment stays in front`() async throws {
                let place = try ClusterPlace()
                var array = place.array("exit 0")
                array.options.comment = "for the group's report:"
                let id = try await cluster.submit(array)
                let comment = try place.run(["squeue", "-h", "-t", "all", "-j", "\(id)", "-o", "%k"])
                let ours = JobComment(token: array.token, studyDirectory: place.study.path)
                #expect(comment == "for the group's report: \(ours)\n")
                #expect(try await cluster.find(array.token) == [id])
            }

            @Test func `an array whose comment was changed is found by its name`() async throws {
                let place = try ClusterPlace()
                let array = place.array("exec sleep 60", indices: [0, 1])
                let id = try await cluster.submit(array)
                _ = try place.run(["scontrol", "update", "job=\(id)", "comment=x"])
                let comments = try place.run(["squeue", "-h", "-r", "-j", "\(id)", "-o", "%k"])
                #expect(comments == "x\nx\n")
                #expect(try await cluster.find(array.token) == [id])
                try await cluster.clear(array, id)
            }

            @Test func `a task that runs tells node, time limit, partition and user`() async throws {
                let place = try ClusterPlace()
                var array = place.array("exec sleep 60")
                array.options.timeMinutes = 7
                let id = try await cluster.submit(array)
                let seen = try await cluster.sightings(of: id) { $0.allSatisfy { $0.state == .running } }
                let squeue = try place.run(["squeue", "-h", "-j", "\(id)", "-o", "%T %N %P %u"])
                let own = seen.map { "\($0.stateName) \($0.nodes) \($0.partition) \($0.user)\n" }
                #expect(own == [squeue])
                #expect(seen.map(\.timeLimitMinutes) == [7])
                try await cluster.clear(array, id)
            }
        }
    }
#endif

import Clusters
import Dispatching
import Foundation
import Spool
import Testing
import Tuning

/// What only the local cluster guarantees: it is recorded in the study's directory.
struct LocalClusterTests {
    @Test func `a later controller starts what nobody has claimed and leaves what a live process claimed`()
        async throws
    {
        let place = try ClusterPlace()
        let array = place.array(
            "echo $SLURM_ARRAY_TASK_ID $$ >>starts; while :; do sleep 0.1; done", indices: [0, 1, 2])
        let first = LocalCluster(study: place.study, slots: 1)
        let id = try await first.submit(array)
        let process = try #require(await firstProcess(at: place))
        try claim(array.token, index: 0, array: id, process: process, at: place)

        let second = LocalCluster(study: place.study, slots: 4)
        #expect(try await second.find(array.token) == [id])
        let seen = try await second.sightings(of: id) { _ in lines(at: place).count >= 3 }
        #expect(seen.map(\.state) == [.running, .running, .running])
        #expect(lines(at: place).compactMap(\.first).sorted() == ["0", "1", "2"])

        // The first cluster has not ended in this test, so cancel the tasks that it would start.
        try await first.cancel([1, 2].map { TaskID(array: id, index: $0) })
        try await second.clear(array, id)
        #expect(try await first.states(ofFinished: array, id).count == 3)
        #expect(lines(at: place).count == 3)
    }

    @Test func `what a process claimed that is gone is not started again`() async throws {
        let place = try ClusterPlace()
        let array = place.array("echo $SLURM_ARRAY_TASK_ID $$ >>starts")
        let id = try await LocalCluster(study: place.study, slots: 1).complete(array)
        let process = try #require(await firstProcess(at: place))
        try claim(array.token, index: 0, array: id, process: process, at: place)
        let second = LocalCluster(study: place.study, slots: 1)
        #expect(try await second.states(ofFinished: array, id) == [0: .completed])
        #expect(lines(at: place).count == 1)
    }

    @Test func `a claim counts no longer when its number is another process's`() async throws {
        let place = try ClusterPlace()
        let array = place.array("echo $SLURM_ARRAY_TASK_ID $$ >>starts")
        let id = try await LocalCluster(study: place.study, slots: 1).complete(array)
        // The process of this test runs, but has no token among its arguments.
        try claim(array.token, index: 0, array: id, process: Host.processID, at: place)
        let second = LocalCluster(study: place.study, slots: 1)
        #expect(try await second.states(ofFinished: array, id) == [0: .completed])
        try await second.cancel([TaskID(array: id, index: 0)])
    }

    @Test(arguments: [1, 2, 3]) func `slots bound how many tasks run at once`(slots: Int) async throws {
        let place = try ClusterPlace()
        let cluster = LocalCluster(study: place.study, slots: slots)
        let array = place.array("echo + >>events; sleep 0.2; echo - >>events", indices: Array(0..<7))
        let id = try await cluster.submit(array)
        var seenAtOnce = 0
        _ = try await cluster.sightings(of: id) { seen in
            seenAtOnce = max(seenAtOnce, seen.count { $0.state == .running })
            return seen.allSatisfy { $0.state.isOver }
        }
        var (running, most) = (0, 0)
        for event in place.text("events").split(separator: "\n") {
            running += event == "+" ? 1 : -1
            most = max(most, running)
        }
        #expect(most <= slots && seenAtOnce == slots)
        #expect(place.text("events").count { $0 == "+" } == 7)
    }

    @Test(arguments: [(2, 1), (3, 1), (4, 2), (1, 1)])
    func `a task takes as many slots as it has lanes, or all`(slots: Int, atOnce: Int) async throws {
        let place = try ClusterPlace()
        let cluster = LocalCluster(study: place.study, slots: slots)
        var array = place.array("echo + >>events; sleep 0.2; echo - >>events", indices: [0, 2, 4])
        array.lanes = [0: [0, 1], 2: [2, 3], 4: [4, 5]]
        let id = try await cluster.submit(array)
        _ = try await cluster.sightings(of: id) { seen in seen.allSatisfy { $0.state.isOver } }
        var (running, most) = (0, 0)
        for event in place.text("events").split(separator: "\n") {
            running += event == "+" ? 1 : -1
            most = max(most, running)
        }
        #expect(most == atOnce)
        #expect(place.text("events").count { $0 == "+" } == 3)
    }

    @Test func `a task is adopted as started if a worker has claimed any of its lanes`() async throws {
        let place = try ClusterPlace()
        var array = place.array("echo ran >>events", indices: [0, 2, 4])
        array.lanes = [0: [0, 1], 2: [2, 3], 4: [4, 5]]
        // Nothing starts: the first cluster's slot stays taken while that cluster exists.
        let waiting = place.array("exec sleep 60")
        let first = LocalCluster(study: place.study, slots: 1)
        let other = try await first.submit(waiting)
        let id = try await first.submit(array)
        try place.study.files.createDirectory(place.study.claims(array.token))
        func attempt(_ lane: Int) -> Turn {
            Turn(token: array.token, index: lane, epoch: 0)
        }
        let worker = Claim(array: id.number, host: "elsewhere", process: 1)
        #expect(try worker.take(attempt(1), in: place.study) == nil)
        let given = Claim(givenTo: attempt(9))
        for lane in [2, 4, 5] { #expect(try given.take(attempt(lane), in: place.study) == nil) }
        let second = LocalCluster(study: place.study, slots: 1)
        _ = try await second.sightings(of: id) { seen in seen.allSatisfy { $0.state.isOver } }
        // The second task has one lane left, the third none, and the first runs elsewhere.
        #expect(place.text("events") == "ran\n")
        try await first.cancel([TaskID(array: other, index: 0)])
    }

    @Test func `two controllers over one directory never give two arrays one number`() async throws {
        let place = try ClusterPlace()
        let clusters = (0..<4).map { _ in LocalCluster(study: place.study, slots: 1) }
        let ids = try await withThrowingTaskGroup(of: ArrayID.self) { group in
            for cluster in clusters {
                for _ in 0..<3 { group.addTask { try await cluster.submit(place.array("exit 0")) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids).count == 12)
    }

    @Test func `a program that is not there fails the task and the log says so`() async throws {
        let place = try ClusterPlace()
        var array = place.array("exit 0")
        array.command = ["/no/such program"]
        let cluster = LocalCluster(study: place.study, slots: 1)
        let id = try await cluster.submit(array)
        #expect(try await cluster.states(ofFinished: array, id) == [0: .failed])
        #expect(place.text("../\(id)_0.out").contains("/no/such program"))
    }

    /// The lines that tasks wrote as they started: index and process.
    private func lines(at place: ClusterPlace) -> [[Substring]] {
        place.text("starts").split(separator: "\n").map { $0.split(separator: " ") }
    }

    /// The process of the first task that started, once there is one.
    private func firstProcess(at place: ClusterPlace) async throws -> Int32? {
        let end = ContinuousClock.now + ClusterPlace.patience
        while ContinuousClock.now < end {
            if let line = lines(at: place).first, line.count == 2 { return Int32(line[1]) }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private func claim(
        _ token: ArrayToken, index: Int, array: ArrayID, process: Int32, at place: ClusterPlace
    ) throws {
        try Files.system.createDirectory(place.study.claims(token))
        let claim = Claim(array: array.number, host: Host.name, process: process)
        let attempt = Turn(token: token, index: index, epoch: 0)
        #expect(try claim.take(attempt, in: place.study) == nil)
    }
}

import Clusters
import Dispatching
import Foundation
import Spool
import StudyFile
import Testing
import Tuning

/// What every cluster guarantees, checked for each of them.
///
/// One check runs at a time, because some of them fill a small Slurm.
@Suite(.serialized) struct ClusterConformance {
    static let kinds = ClusterKind.allCases.filter(\.isHere)

    @Test(arguments: kinds)
    func `an array can be of at least two tasks`(kind: ClusterKind) async throws {
        #expect(try await kind.cluster(at: ClusterPlace()).maxArraySize() >= 2)
    }

    @Test(arguments: kinds)
    func `every task of an array runs once and is seen as completed`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array("echo run >>\"task.$SLURM_ARRAY_TASK_ID\"", indices: Array(0..<6))
        let id = try await cluster.complete(array)
        #expect(id.number != 0)
        #expect(try place.entries() == (0..<6).map { "task.\($0)" })
        #expect((0..<6).allSatisfy { place.text("task.\($0)") == "run\n" })
        let seen = try await cluster.sightings(of: [id])
        #expect(seen.allSatisfy { $0.jobName == array.name && $0.stateName == "COMPLETED" })
    }

    @Test(arguments: kinds)
    func `a task that exits with 3 is seen as failed, beside one that completes`(
        kind: ClusterKind
    ) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array("test $SLURM_ARRAY_TASK_ID = 0 || exit 3", indices: [0, 1])
        let id = try await cluster.submit(array)
        #expect(try await cluster.states(ofFinished: array, id) == [0: .completed, 1: .failed])
    }

    @Test(arguments: kinds)
    func `an array is found by its token before and after it is over`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array("exec sleep 60", indices: [0, 1])
        let id = try await cluster.submit(array)
        #expect(try await cluster.find(array.token) == [id])
        try await cluster.clear(array, id)
        #expect(try await cluster.find(array.token) == [id])
    }

    @Test(arguments: kinds)
    func `two arrays with one token are both found, the older first`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array("exit 0")
        let ids = [try await cluster.submit(array), try await cluster.submit(array)]
        #expect(ids[0] < ids[1])
        #expect(try await cluster.find(array.token) == ids)
    }

    @Test(arguments: kinds)
    func `an unknown token and an unknown array give nothing`(kind: ClusterKind) async throws {
        let cluster = kind.cluster(at: try ClusterPlace())
        #expect(try await cluster.find(ArrayToken(bits: .random(in: .min ... .max))) == [])
        #expect(try await cluster.sightings(of: [ArrayID(60_000_000)]) == [])
        #expect(try await cluster.sightings(of: []) == [])
    }

    @Test(arguments: kinds)
    func `a cancelled task is seen as cancelled`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array("exec sleep 60", indices: [3, 17])
        let id = try await cluster.submit(array)
        let seen = try await cluster.sightings(of: id) { $0.count { $0.state == .running } == 2 }
        #expect(seen.map(\.state) == [.running, .running])
        #expect(try await cluster.clear(array, id).map(\.task.index) == [3, 17])
    }

    @Test(arguments: kinds)
    func `a task that is cancelled before it starts never runs to its end`(
        kind: ClusterKind
    ) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        // A busy machine may start a task before it is cancelled. What is left of one sees the gate once that is there.
        let script = "for i in $(seq 600); do [ -e gate ] && break; sleep 0.1; done; echo ran >ran"
        for _ in 0..<5 {
            let array = place.array(script, indices: Array(0..<4))
            try await cluster.clear(array, try await cluster.submit(array))
        }
        try Data().write(to: URL(filePath: "\(place.work)/gate"))
        try await Task.sleep(for: .seconds(2))
        #expect(try place.entries() == ["gate"])
    }

    @Test(arguments: kinds)
    func `cancelling one task leaves the others, and once it is over is no error`(
        kind: ClusterKind
    ) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        let array = place.array(
            "if test $SLURM_ARRAY_TASK_ID = 1; then exec sleep 60; fi", indices: [0, 1, 2])
        let id = try await cluster.submit(array)
        let started = try await cluster.sightings(of: id) {
            $0.contains { $0.task.index == 1 && $0.state == .running }
        }
        #expect(started.map(\.task.index) == array.indices)
        try await cluster.cancel([TaskID(array: id, index: 1)])
        let states: [Int: TaskState] = [0: .completed, 1: .cancelled, 2: .completed]
        #expect(try await cluster.states(ofFinished: array, id) == states)
        try await cluster.cancel([0, 1, 2].map { TaskID(array: id, index: $0) })
        #expect(try await cluster.states(ofFinished: array, id) == states)
        try await cluster.cancel([])
    }

    @Test(arguments: kinds)
    func `arguments arrive literally and run nothing`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let arguments = [
            "", " ", "two words", "it's", "\"quoted\"", "a\nb\n", "\t", "$(touch x)", "`touch x`",
            "'; touch x; '", "$HOME", "\\", "\\n", "%A_%a", "*", "~", "&", "# no", "-n", "ünïcödé 漢字 🙂",
        ]
        let array = place.array("printf '%s\\0' \"$@\" >arguments", arguments)
        _ = try await kind.cluster(at: place).complete(array)
        #expect(place.text("arguments") == arguments.map { $0 + "\0" }.joined())
        #expect(try place.entries() == ["arguments"])
    }

    @Test(arguments: kinds, ["a b", "100% %A %%", "ünïcödé 漢字 🙂", "it's \"quoted\" $HOME"])
    func `directories may have any name`(kind: ClusterKind, name: String) async throws {
        let place = try ClusterPlace()
        var array = place.array("pwd -P >here; echo printed", indices: [0, 1])
        array.workingDirectory = "\(place.work)/\(name)"
        array.logDirectory = "\(place.path)/logs of \(name)"
        try Files.system.createDirectory(array.workingDirectory)
        try Files.system.createDirectory(array.logDirectory)
        let id = try await kind.cluster(at: place).complete(array)
        #expect(place.text("\(name)/here").hasSuffix("\(array.workingDirectory)\n"))
        #expect(try Files.system.list(array.logDirectory) == ["\(id)_0.out", "\(id)_1.out"])
        #expect(place.text("../logs of \(name)/\(id)_0.out") == "printed\n")
    }

    @Test(arguments: kinds)
    func `setup lines run before the command in the working directory`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        var array = place.array("printf %s \"$word\" >>order")
        array.options.setup = ["word='it is set'; export word", "# a remark", "printf 'setup, ' >order"]
        _ = try await kind.cluster(at: place).complete(array)
        #expect(place.text("order") == "setup, it is set")
    }

    @Test(arguments: kinds)
    func `the environment of the options reaches the command`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let value = "a b=c \"d\" $HOME\n'ü'"
        var array = place.array("printf '%s|%s' \"$STUNE_WORD\" \"$STUNE_NONE\" >out; echo \"$PATH\" >path")
        array.options.environment = ["STUNE_WORD": value, "STUNE_NONE": ""]
        _ = try await kind.cluster(at: place).complete(array)
        #expect(place.text("out") == value + "|")
        #expect(place.text("path") == "\(ProcessInfo.processInfo.environment["PATH"] ?? "")\n")
    }

    @Test(arguments: kinds)
    func `tasks keep the numbers that were asked for`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let array = place.array(
            "echo \"$SLURM_ARRAY_JOB_ID\" >\"task.$SLURM_ARRAY_TASK_ID\"", indices: [3, 17, 942])
        let id = try await kind.cluster(at: place).complete(array)
        #expect(try place.entries() == ["task.17", "task.3", "task.942"])
        #expect(place.text("task.942") == "\(id)\n")
    }

    @Test(arguments: kinds)
    func `many tasks that wait are all seen`(kind: ClusterKind) async throws {
        let place = try ClusterPlace()
        let cluster = kind.cluster(at: place)
        var array = place.array("exec sleep 60", indices: Array(stride(from: 0, to: 400, by: 2)))
        // Jobs of other users of this cluster go first.
        array.options.nice = 1_000_000
        let id = try await cluster.submit(array)
        let seen = try await cluster.sightings(of: id) { $0.count { $0.state == .running } > 1 }
        #expect(seen.map(\.task.index) == array.indices)
        #expect(seen.count { $0.state == .pending } >= 100)
        #expect(seen.allSatisfy { $0.state == .pending || $0.state == .running })
        // Waiting ones first, because each running one that ends would let another start.
        try await cluster.cancel(seen.filter { $0.state == .pending }.map(\.task))
        try await cluster.clear(array, id)
    }
}

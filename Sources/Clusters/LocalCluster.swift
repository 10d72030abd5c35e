package import Dispatching
package import Spool
import StudyFile
import Subprocess
import SystemPackage
package import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tasks as processes of this machine, for a laptop or wherever there is no Slurm.
///
/// Arrays are recorded below the study's directory, so that a later controller knows them. A worker has its own session
/// and outlives its controller. A task that no worker has claimed when the controller ends is started by the next one;
/// its claim makes a second start harmless.
package actor LocalCluster: Cluster {
    /// Indices are below this, which is Slurm's default, so that both clusters name tasks alike.
    private static let arrayLimit = 1_001
    /// The pause between two tries to open a task's log.
    private static let logPause = Duration.milliseconds(500)
    /// The bytes of an array's record: a few for each index, and the study's options.
    private static let recordLimit = 1 << 20

    private let study: StudyDirectory
    private let slots: Int
    private var arrays: [ArrayID: Record] = [:]
    private var queue: [TaskID] = []
    /// The process of each task started here; 0 until it has one.
    private var running: [TaskID: Int32] = [:]
    private var ended: [TaskID: TaskState] = [:]
    private var cancelled: Set<TaskID> = []

    /// A cluster with this many slots, at least 1. Each slot runs one lane of a task at a time.
    package init(study: StudyDirectory, slots: Int) {
        self.study = study
        self.slots = max(1, slots)
    }

    /// The number of this machine's processors.
    package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The record of an array.
    private struct Record: Codable {
        var token: ArrayToken
        var name: String
        var indices: [Int]
        /// `nil` in a record of a version with one lane for each task.
        var lanes: [Int: [Int]]?
        var command: [String]
        var workingDirectory: String
        var logDirectory: String
        var options: BatchOptions
    }

    /// Lets the arrays of a new study have numbers above those of the study that it goes on from, whose log names them.
    package static func goOn(after old: StudyDirectory, in new: StudyDirectory) throws(FileError) {
        let records = directory(old)
        guard try old.files.exists(records),
            let newest = try old.files.list(records).compactMap({ UInt32($0) }).max()
        else { return }
        try new.files.createDirectory(directory(new))
        let record = try old.files.read("\(records)/\(newest)", limit: recordLimit)
        try new.files.publish(record, at: "\(directory(new))/\(newest)")
    }

    /// See `Cluster.maxArraySize`.
    package func maxArraySize() async throws(ClusterError) -> Int { LocalCluster.arrayLimit }

    /// See `Cluster.submit`.
    package func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
        let record = Record(
            token: array.token, name: array.name, indices: array.indices, lanes: array.lanes,
            command: array.command,
            workingDirectory: array.workingDirectory, logDirectory: array.logDirectory,
            options: array.options)
        let id = try write(record)
        arrays[id] = record
        queue += record.indices.map { TaskID(array: id, index: $0) }
        startTasks()
        return id
    }

    /// See `Cluster.find`.
    package func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] {
        var found: [ArrayID] = []
        for id in try recorded() where try record(id).token == token { found.append(id) }
        return found
    }

    /// See `Cluster.sightings`.
    package func sightings(of wanted: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
        let known = Set(try recorded())
        for id in wanted.intersection(known) where arrays[id] == nil { try adopt(id) }
        startTasks()
        var sightings: [TaskSighting] = []
        for id in wanted.sorted() {
            guard let record = arrays[id] else { continue }
            for index in record.indices {
                let task = TaskID(array: id, index: index)
                let state = try state(of: task, record)
                sightings.append(
                    TaskSighting(
                        task: task, state: state, stateName: state.localName,
                        reason: state == .pending ? "Resources" : "", jobName: record.name))
            }
        }
        return sightings
    }

    /// See `Cluster.cancel`.
    package func cancel(_ tasks: [TaskID]) async throws(ClusterError) {
        for task in tasks {
            if arrays[task.array] == nil, try recorded().contains(task.array) { try adopt(task.array) }
            guard let record = arrays[task.array], try !state(of: task, record).isOver else { continue }
            cancelled.insert(task)
            if queue.contains(task) {
                queue.removeAll { $0 == task }
                ended[task] = .cancelled
            } else {
                var process = running[task]
                if process == nil { process = try claimant(of: task, record) }
                if let process, process > 0 { kill(process, SIGTERM) }
            }
        }
    }

    /// See `Cluster.forget`. The newest record stays, because the next array gets the number after it.
    package func forget(_ forgotten: Set<ArrayID>) async {
        // A record that stays does no harm.
        guard let newest = (try? recorded())?.last else { return }
        for id in forgotten where id != newest {
            try? study.files.remove("\(directory)/\(id)")
            guard let record = arrays.removeValue(forKey: id) else { continue }
            for index in record.indices { ended[TaskID(array: id, index: index)] = nil }
        }
    }

    /// See `Cluster.isRunning`.
    package func isRunning(job: UInt32) async throws(ClusterError) -> Bool? { nil }

    // MARK: States

    private func state(of task: TaskID, _ record: Record) throws(ClusterError) -> TaskState {
        if let state = ended[task] { return state }
        if running[task] != nil { return .running }
        if try claimant(of: task, record) != nil { return .running }
        if queue.contains(task) { return .pending }
        return cancelled.contains(task) ? .cancelled : .completed
    }

    /// The live process that has claimed a lane of a task; `nil` if nobody has claimed it or the process has ended.
    ///
    /// - Throws: `.busy` if that cannot be seen now: an unreadable file does not mean that the task is over.
    private func claimant(of task: TaskID, _ record: Record) throws(ClusterError) -> Int32? {
        do throws(SpoolError) {
            let claims = try claims(on: task, record)
            guard let claim = claims.first(where: { $0?.host == Host.name }) ?? nil else { return nil }
            // If the number was given to another process since, that one's arguments do not have our token.
            let arguments = try LocalCluster.arguments(of: claim.process)
            return String(decoding: arguments, as: UTF8.self).contains(record.token.digits)
                ? claim.process : nil
        } catch {
            // An invalid claim belongs to nobody.
            if case .malformed = error { return nil }
            throw .busy(reason: error.description)
        }
    }

    /// The arguments of a process; empty if it does not exist.
    private static func arguments(of process: Int32) throws(SpoolError) -> [UInt8] {
        do throws(FileError) {
            return try Files.system.read("/proc/\(process)/cmdline", limit: 1 << 20)
        } catch {
            if error.isAbsent || error.code == ESRCH { return [] }
            throw .file(error)
        }
    }

    private func claims(on task: TaskID, _ record: Record) throws(SpoolError) -> [Claim?] {
        try LocalCluster.lanes(of: task, record).map { lane throws(SpoolError) in
            try Claim.holder(of: Turn(token: record.token, index: lane, epoch: 0), in: study)
        }
    }

    private static func lanes(of task: TaskID, _ record: Record) -> [Int] {
        record.lanes?[task.index] ?? [task.index]
    }

    /// Adopts an array of an earlier controller: starts every task again that no worker has claimed and that still has
    /// work.
    private func adopt(_ id: ArrayID) throws(ClusterError) {
        let record = try record(id)
        arrays[id] = record
        // If the study is over, nothing starts any more.
        if (try? study.files.exists(study.over)) == true { return }
        if (try? FinishedArrays.contains(record.token, in: study)) == true { return }
        for index in record.indices {
            let task = TaskID(array: id, index: index)
            do throws(SpoolError) {
                let claims = try claims(on: task, record)
                let isStarted = claims.contains { $0.map { !$0.isController } ?? false }
                if !isStarted, claims.contains(nil) { queue.append(task) }
            } catch {
                throw .busy(reason: error.description)
            }
        }
    }

    // MARK: Running

    private func startTasks() {
        while let task = queue.first, usedSlots < slots {
            guard let record = arrays[task.array] else {
                queue.removeFirst()
                continue
            }
            // A task with more lanes than there are slots runs alone.
            guard running.isEmpty || usedSlots + LocalCluster.lanes(of: task, record).count <= slots else {
                return
            }
            queue.removeFirst()
            running[task] = 0
            Task { await self.run(task, record) }
        }
    }

    private var usedSlots: Int {
        running.keys.reduce(0) { sum, task in
            sum + (arrays[task.array].map { LocalCluster.lanes(of: task, $0).count } ?? 1)
        }
    }

    private func run(_ task: TaskID, _ record: Record) async {
        let state: TaskState
        do {
            state = try await execute(task, record)
        } catch {
            // Write the reason to the task's log, where users look for it.
            let text = Array("stune: the task could not be started: \(error)\n".utf8)
            try? study.files.publish(text, at: logPath(task, record))
            state = .failed
        }
        running[task] = nil
        ended[task] = cancelled.contains(task) ? .cancelled : state
        startTasks()
    }

    private func execute(_ task: TaskID, _ record: Record) async throws -> TaskState {
        var environment: [Environment.Key: String?] = [
            "SLURM_ARRAY_TASK_ID": String(task.index), "SLURM_ARRAY_JOB_ID": String(task.array.number),
            "SLURM_RESTART_COUNT": nil,
        ]
        for (name, value) in record.options.environment {
            environment[Environment.Key(stringLiteral: name)] = value
        }
        var options = PlatformOptions()
        options.createSession = true
        let log = try await openLog(task, record)
        // The task has it for itself. That this process cannot close its own descriptor says nothing of the task.
        defer { try? log.close() }
        let script = BatchScript.text(setup: record.options.setup, command: record.command)
        let result = try await Subprocess.run(
            .path("/bin/bash"), arguments: Arguments(["-c", script, "stune"]),
            environment: .inherit.updating(environment),
            workingDirectory: FilePath(record.workingDirectory), platformOptions: options, input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: false), error: .combinedWithOutput
        ) { execution in
            let process = execution.processIdentifier.value
            self.running[task] = process
            // It may have been cancelled before it had a process.
            if self.cancelled.contains(task) { kill(process, SIGTERM) }
        }
        return result.terminationStatus.isSuccess ? .completed : .failed
    }

    /// Opens a task's log. Waits while the obstacle may pass, so that no trial fails for it.
    private func openLog(_ task: TaskID, _ record: Record) async throws -> FileDescriptor {
        let path = logPath(task, record)
        while true {
            do {
                return try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .append, .noFollow, .closeOnExec],
                    permissions: .ownerReadWrite)
            } catch let error as Errno where FileError("open", path, code: error.rawValue).mayPass {
                try await Task.sleep(for: LocalCluster.logPause)
            }
        }
    }

    private func logPath(_ task: TaskID, _ record: Record) -> String {
        "\(record.logDirectory)/\(task).out"
    }

    // MARK: Records

    private var directory: String { LocalCluster.directory(study) }

    private static func directory(_ study: StudyDirectory) -> String { "\(study.path)/local" }

    private func recorded() throws(ClusterError) -> [ArrayID] {
        do throws(FileError) {
            return try study.files.list(directory).compactMap { UInt32($0).map(ArrayID.init) }.sorted()
        } catch {
            if error.isAbsent { return [] }
            throw .busy(reason: error.description)
        }
    }

    private func record(_ id: ArrayID) throws(ClusterError) -> Record {
        if let known = arrays[id] { return known }
        do throws(SpoolError) {
            return try SpoolJSON.read(
                "\(directory)/\(id)", on: study.files, limit: LocalCluster.recordLimit)
        } catch {
            throw .busy(reason: error.description)
        }
    }

    private func write(_ record: Record) throws(ClusterError) -> ArrayID {
        do throws(FileError) {
            try study.files.createDirectory(directory)
            while true {
                let last = try study.files.list(directory).compactMap { UInt32($0) }.max() ?? 0
                let path = "\(directory)/\(last + 1)"
                if try study.files.publishExclusively(SpoolJSON.encode(record), at: path) {
                    return ArrayID(last + 1)
                }
            }
        } catch {
            throw .busy(reason: error.description)
        }
    }
}

extension TaskState {
    /// The state in Slurm's words.
    fileprivate var localName: String {
        switch self {
        case .pending: "PENDING"
        case .running: "RUNNING"
        case .completed: "COMPLETED"
        case .failed: "FAILED"
        case .cancelled: "CANCELLED"
        case .displaced: "NODE_FAIL"
        case .outOfMemory: "OUT_OF_MEMORY"
        case .timedOut: "TIMEOUT"
        }
    }
}

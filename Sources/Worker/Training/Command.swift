import Spool
import Subprocess
import Synchronization
import SystemPackage
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The training command of one attempt, in a process group of its own.
struct Command: Sendable {
    let arguments: [String]
    let environment: [String: String]
    let workingDirectory: String
    /// The study file's directory.
    let home: String
    let files: AttemptFiles
    /// The processors that it may run on; empty for all that this process may use.
    let processors: [Int]
    /// What removes the container of a command that was killed; `nil`: there is nothing to remove.
    var removal: [String]?

    /// The worker's environment with the attempt's variables. The worker's directory is added at the end of PATH, so
    /// that `stune-worker report` is found but never hides what the setup put first.
    static func environment(
        _ own: [String: String], adding more: [String: String]
    ) -> [String: String] {
        var environment = own.filter { !$0.key.hasPrefix("STUNE_") }
        environment.merge(more) { _, new in new }
        let directory = Files.parent(of: Files.absolute("/proc/self/exe"))
        environment["PATH"] = [own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", directory].joined(
            separator: ":")
        return environment
    }

    /// Starts the command, waits for it, and ends the processes that it leaves in its group.
    func run(_ running: RunningCommand) async -> AttemptLog.CommandEnd {
        defer { running.ended() }
        guard let program = arguments.first else { return .notStarted("the command is empty") }
        do {
            // The command has these files for itself. That this process cannot close its own descriptors says nothing of it.
            let stdout = try await open(files.stdout)
            defer { try? stdout.close() }
            let stderr = try await open(files.stderr)
            defer { try? stderr.close() }
            var options = PlatformOptions()
            options.processGroupID = 0
            let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
            let result = try await Subprocess.run(
                path(of: program).map { .path(FilePath($0)) } ?? .name(program),
                arguments: Arguments(Array(arguments.dropFirst())),
                environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
                workingDirectory: FilePath(workingDirectory), platformOptions: options, input: .none,
                output: .fileDescriptor(stdout, closeAfterSpawningProcess: false),
                error: .fileDescriptor(stderr, closeAfterSpawningProcess: false)
            ) { execution in
                // After the start, because doing it before would need a helper program. Threads that start later
                // inherit it.
                Processors.confine(execution.processIdentifier.value, to: processors)
                running.started(execution.processIdentifier.value)
            }
            await running.endGroup()
            if running.wasKilled || running.whyStopped != nil { await removeContainer() }
            if let why = running.whyStopped { return .stopped(why) }
            return switch result.terminationStatus {
            case .exited(let code): .exited(Int(code))
            case .signaled(let number): .signalled(Int(number))
            }
        } catch {
            return .notStarted("'\(program)': \(error)")
        }
    }

    /// Removes a container that outlives its command. It may be gone already, and what fails here fails no trial.
    private func removeContainer() async {
        guard let removal, let program = removal.first else { return }
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        _ = try? await Subprocess.run(
            path(of: program).map { .path(FilePath($0)) } ?? .name(program),
            arguments: Arguments(Array(removal.dropFirst())),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)), output: .discarded)
    }

    /// The same command in a container. A relative path of the image begins in the study file's directory.
    func contained(in given: Container, _ study: StudyDirectory, name: String) -> Command {
        guard let program = arguments.first else { return self }
        var container = given
        if let file = given.imageFile, !file.hasPrefix("/") { container.image = "\(home)/\(file)" }
        var inner = arguments
        // As outside: from the directory that the command starts in, or else from the study file's.
        if program.contains("/"), !program.hasPrefix("/"), let path = path(of: program) { inner[0] = path }
        let place = Container.Surroundings(
            directories: [study.path, home, workingDirectory], workingDirectory: workingDirectory,
            variables: Array(environment.keys), name: "stune-\(name)")
        var command = Command(
            arguments: container.arguments(running: inner, in: place), environment: environment,
            workingDirectory: workingDirectory, home: home, files: files, processors: processors)
        command.removal = container.removal(of: place)
        return command
    }

    /// The program's path; `nil` if it was not found.
    ///
    /// A relative path is tried from the directory that the command starts in, then from the study file's. A name is
    /// looked up in PATH here, because trying each directory by starting it would take a process each.
    private func path(of program: String) -> String? {
        if program.hasPrefix("/") { return program }
        if program.contains("/") {
            let own = "\(workingDirectory)/\(program)"
            return workingDirectory == home || access(own, F_OK) == 0 ? own : "\(home)/\(program)"
        }
        return environment["PATH"]?.split(separator: ":").lazy
            .map { $0.hasPrefix("/") ? "\($0)/\(program)" : "\(workingDirectory)/\($0)/\(program)" }
            .first { access($0, X_OK) == 0 && (try? Files.system.status($0))?.kind != .directory }
    }

    /// Opens a file for the command's output. Waits while the obstacle may pass, so that no trial fails for it.
    private func open(_ path: String) async throws -> FileDescriptor {
        let start = ContinuousClock.now
        while true {
            do {
                return try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .append, .noFollow, .closeOnExec],
                    permissions: .ownerReadWrite)
            } catch let error as Errno {
                let isPassing = FileError("open", path, code: error.rawValue).mayPass
                guard isPassing, ContinuousClock.now - start < WorkerLimits.publishWait else { throw error }
                try await Task.sleep(for: WorkerLimits.publishPause.first)
            }
        }
    }
}

/// The state of a running command, shared by the code that waits for it, that follows its reports, and that is asked to
/// leave.
final class RunningCommand: Sendable {
    private struct State {
        /// The process id of the main process, which is also the number of its group.
        var group: Int32?
        var isOver = false
        var whyStopped: String?
        /// When a command that was asked to leave gets SIGTERM, then SIGKILL.
        var leave: (term: ContinuousClock.Instant, kill: ContinuousClock.Instant)?
        var wasTold = false
        /// Where the request to leave could not be written yet.
        var untold: AttemptFiles?
        var groupWasTold = false
        var wasKilled = false
    }

    private let state = Mutex(State())
    /// Rung when the command has ended, and by others for their own events.
    let news: Bell
    /// Rung when the command is asked to leave and when it has ended.
    private let leaving = Bell()

    /// A command that is about to start; rings `news` when it has ended.
    init(news: Bell) { self.news = news }

    /// Whether the command has not ended.
    var isRunning: Bool { state.withLock { !$0.isOver } }
    /// Why the worker killed it for a broken limit; `nil` if it did not.
    var whyStopped: String? { state.withLock { $0.whyStopped } }
    /// Whether the worker killed it because it did not leave in time.
    var wasKilled: Bool { state.withLock { $0.wasKilled } }
    /// Its process group; `nil` before its start and after its end.
    var group: Int32? { state.withLock { $0.isOver ? nil : $0.group } }
    /// Whether it was asked to save and leave.
    var wasAskedToLeave: Bool { state.withLock { $0.leave != nil } }

    /// The command runs as this process, which leads a group of the same number.
    func started(_ process: Int32) {
        let isToLeave = state.withLock { state in
            state.group = process
            return state.whyStopped != nil
        }
        TrainingGuard.begin(process)
        if isToLeave { signal(SIGKILL) }
    }

    /// The command is over, and its group is gone.
    func ended() {
        let group = state.withLock { state in
            state.isOver = true
            return state.group
        }
        if let group { TrainingGuard.end(group) }
        news.ring()
        leaving.ring()
    }

    /// Kills the command because it broke a limit.
    func stop(_ why: String) {
        state.withLock { state in
            if state.whyStopped == nil { state.whyStopped = why }
        }
        signal(SIGKILL)
    }

    /// Asks the command to save and leave. After several requests, the shortest times count.
    func leave(_ files: AttemptFiles, _ grace: Grace, _ note: @Sendable (String) -> Void) {
        let now = ContinuousClock.now
        let (term, kill) = (now + grace.term, now + grace.kill)
        let isFirst = state.withLock { state in
            defer {
                state.leave = state.leave.map { (min($0.term, term), min($0.kill, kill)) } ?? (term, kill)
            }
            return state.leave == nil
        }
        leaving.ring()
        guard isFirst else { return }
        note("asking the command to save and leave")
        tellToLeave(files, note)
    }

    private func tellToLeave(_ files: AttemptFiles, _ note: @Sendable (String) -> Void) {
        do throws(FileError) {
            try Files.system.publish([], at: files.leave)
            state.withLock { $0.untold = nil }
        } catch {
            note("\(error); trying again")
            state.withLock { $0.untold = files }
        }
    }

    /// While the command runs: sends SIGTERM to its main process, then, when its time is up, SIGTERM and SIGKILL to its
    /// group.
    ///
    /// Only the main process gets the first SIGTERM. It may need its helpers, such as data loaders, to finish a step
    /// and save.
    func enforceLeave(_ note: @Sendable (String) -> Void) async {
        while isRunning {
            let now = ContinuousClock.now
            let (isToTell, isToTellGroup, isToKill) = state.withLock { state in
                guard let leave = state.leave else { return (false, false, false) }
                let groupTerm = leave.kill - min(WorkerLimits.lingerGrace, (leave.kill - leave.term) / 4)
                defer {
                    state.wasTold = state.wasTold || now >= leave.term
                    state.groupWasTold = state.groupWasTold || now >= groupTerm
                    state.wasKilled = state.wasKilled || now >= leave.kill
                }
                return (
                    !state.wasTold && now >= leave.term, !state.groupWasTold && now >= groupTerm,
                    now >= leave.kill
                )
            }
            if let files = state.withLock({ $0.untold }) { tellToLeave(files, note) }
            if isToTell {
                note("the command is still running; sending SIGTERM to its main process")
                signal(SIGTERM, group: false)
            }
            if isToTellGroup {
                note("the command's time is over; sending SIGTERM to all its processes, then SIGKILL")
                signal(SIGTERM)
            }
            if isToKill { signal(SIGKILL) }
            await leaving.wait(atMost: wasAskedToLeave ? WorkerLimits.leavePause : WorkerLimits.idlePause)
        }
    }

    /// Ends processes that a finished command left in its group. If the command was asked to leave, they have the rest
    /// of its time: a shell dies of SIGTERM at once, and the program that it started is signalled only here.
    func endGroup() async {
        guard groupLives else { return }
        signal(SIGTERM)
        let soon = ContinuousClock.now + WorkerLimits.lingerGrace
        let end = state.withLock { max(soon, $0.leave?.kill ?? soon) }
        while groupLives, ContinuousClock.now < end {
            try? await Task.sleep(for: WorkerLimits.leavePause)
        }
        if groupLives { signal(SIGKILL) }
    }

    private var groupLives: Bool {
        guard let group = state.withLock({ $0.group }) else { return false }
        return kill(-group, 0) == 0
    }

    private func signal(_ number: Int32, group isForAll: Bool = true) {
        guard let group = state.withLock({ $0.group }) else { return }
        kill(isForAll ? -group : group, number)
    }
}

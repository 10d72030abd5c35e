import Synchronization
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures from time to time what a command uses. Numbers that cannot be seen are left out; nothing depends on them.
final class UsageMeter: Sendable {
    private struct State {
        /// The maximum since the last attempt's end.
        var peak = Usage()
        /// The processor seconds of the process, at the last look and at the last attempt's end.
        var cpu = 0.0
        var told = 0.0
        var gpuLooks: [Double] = []
    }

    private let state = Mutex(State())
    private let gpus: GPUQuery?
    /// Whether this worker runs no other command. Then the system's numbers for ended children are this command's.
    private let isAlone: Bool
    private let before: rusage

    /// A meter for a command that is about to start.
    init(environment: [String: String], isAlone: Bool) {
        gpus = GPUQuery(environment: environment)
        self.isAlone = isAlone
        before = UsageMeter.children()
    }

    /// Looks at a command until cancelled: often at first, so that short commands are measured, too.
    func follow(_ group: @Sendable () -> Int32?) async {
        var pause = WorkerLimits.usagePause.first
        var nextGPU = ContinuousClock.now + WorkerLimits.gpuQuery.first
        var failures = 0
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, WorkerLimits.usagePause.longest)
            guard let group = group() else { continue }
            look(at: ProcessGroup(group))
            guard let gpus, failures < 3, ContinuousClock.now >= nextGPU else { continue }
            nextGPU = .now + WorkerLimits.gpuQuery.pause
            guard let (percent, bytes) = await gpus.ask() else {
                failures += 1
                continue
            }
            failures = 0
            state.withLock { state in
                state.gpuLooks.append(percent)
                state.peak = state.peak.max(Usage(gpuMemoryBytes: bytes))
            }
        }
    }

    /// Adds one measurement.
    func look(at group: ProcessGroup) {
        let task = isAlone ? TaskControlGroup.memoryBytes() : nil
        state.withLock { state in
            state.cpu = max(state.cpu, group.cpuSeconds)
            // A group that has ended uses nothing.
            let memory = max(group.memoryBytes, task ?? 0)
            if memory > 0 { state.peak = state.peak.max(Usage(memoryBytes: memory)) }
        }
    }

    /// What was used since the last call.
    ///
    /// - Parameter isOver: the command has ended, and the system has counted it.
    func take(isOver: Bool) -> Usage? {
        let counted = isAlone && isOver ? UsageMeter.children() : nil
        return state.withLock { state in
            var used = state.peak
            if let counted {
                state.cpu = max(state.cpu, counted.seconds - before.seconds)
                // The maximum over all children so far; it is this command's only if it has grown.
                if counted.ru_maxrss > before.ru_maxrss {
                    used = used.max(Usage(memoryBytes: Double(counted.ru_maxrss) * 1_024))
                }
            }
            if state.cpu > state.told { used.cpuSeconds = state.cpu - state.told }
            if !state.gpuLooks.isEmpty {
                used.gpuPercent = state.gpuLooks.reduce(0, +) / Double(state.gpuLooks.count)
            }
            (state.peak, state.told, state.gpuLooks) = (Usage(), state.cpu, [])
            used.round()
            return used == Usage() ? nil : used
        }
    }

    private static func children() -> rusage {
        var usage = rusage()
        #if canImport(Glibc)
            // -1 on all systems, but each C library declares another type.
            getrusage(__rusage_who_t(-1), &usage)
        #else
            getrusage(RUSAGE_CHILDREN, &usage)
        #endif
        return usage
    }
}

extension Usage {
    /// Rounds to the precision of the measurement, to keep the letter short.
    fileprivate mutating func round() {
        cpuSeconds = cpuSeconds.map { ($0 * 100).rounded() / 100 }
        gpuPercent = gpuPercent.map { ($0 * 10).rounded() / 10 }
    }
}

extension rusage {
    /// The processor seconds, in user and system mode.
    fileprivate var seconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}

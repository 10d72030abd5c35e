package import Tuning

/// How much time and how much of the cluster a study may use before it is stopped. The controller checks these limits,
/// since results do not show them. Resources count as used as long as the study's tasks run.
package struct StopLimits: Hashable, Codable, Sendable {
    /// The minutes since the study began; at least 1.
    package var wallMinutes: Int?
    /// Node hours; above 0.
    package var nodeHours: Double?
    /// Processor hours; above 0.
    package var cpuHours: Double?
    /// GPU hours; above 0.
    package var gpuHours: Double?

    /// The limits.
    package init(
        wallMinutes: Int? = nil, nodeHours: Double? = nil, cpuHours: Double? = nil, gpuHours: Double? = nil
    ) {
        self.wallMinutes = wallMinutes
        self.nodeHours = nodeHours
        self.cpuHours = cpuHours
        self.gpuHours = gpuHours
    }

    /// The limit that is reached; `nil` for none.
    ///
    /// - Parameters:
    ///   - wallSeconds: the seconds since the study began.
    ///   - taskSeconds: the total seconds that its tasks have run; called only if needed.
    ///   - batch: the resources of each task.
    package func reached(
        wallSeconds: Double, _ batch: BatchOptions, taskSeconds: () throws -> Double
    ) rethrows -> StopReason? {
        try reached(wallSeconds: wallSeconds) { [(batch, try taskSeconds())] }
    }

    /// The limit that is reached, where tasks do not all hold the same; `nil`: none.
    ///
    /// - Parameters:
    ///   - wallSeconds: the seconds since the study began.
    ///   - uses: what tasks hold, and the seconds that those which hold it have run, all together.
    package func reached(
        wallSeconds: Double, uses: () throws -> [(options: BatchOptions, seconds: Double)]
    ) rethrows -> StopReason? {
        if let wallMinutes, wallSeconds >= Double(wallMinutes) * 60 {
            return .wallTime(seconds: wallSeconds.rounded())
        }
        let limits: [(StopReason.Machine, Double?, (BatchOptions) -> Int?)] = [
            (.node, nodeHours, { $0.nodeCount }), (.cpu, cpuHours, { $0.cpuCount }),
            (.gpu, gpuHours, { $0.gpuCount }),
        ]
        guard limits.contains(where: { $0.1 != nil }) else { return nil }
        let uses = try uses()
        for (machine, limit, count) in limits {
            let spent = uses.reduce(0) { $0 + $1.seconds / 3_600 * Double(count($1.options) ?? 0) }
            if let limit, spent >= limit { return .hours(machine, spent: spent) }
        }
        return nil
    }
}

extension BatchOptions {
    /// The nodes of a task.
    var nodeCount: Int? { Int(minNodes ?? 1) }

    private var taskCount: Int { Int(ntasks ?? UInt32(ntasksPerNode ?? 1) * (minNodes ?? 1)) }

    /// The GPUs of a task; `nil` if it requests no number.
    var gpuCount: Int? {
        if let gpus { return BatchOptions.count(gpus) }
        if let gpusPerNode { return BatchOptions.count(gpusPerNode) * Int(minNodes ?? 1) }
        if let gpusPerTask { return BatchOptions.count(gpusPerTask) * taskCount }
        let generic = (gres ?? "").split(separator: ",").filter { $0 == "gpu" || $0.hasPrefix("gpu:") }
        guard !generic.isEmpty else { return nil }
        return BatchOptions.count(generic.joined(separator: ",")) * Int(minNodes ?? 1)
    }

    /// The processors of a task; `nil` if it requests no number.
    package var cpuCount: Int? {
        if let cpusPerTask { return Int(cpusPerTask) * taskCount }
        if let cpusPerGPU, let gpuCount { return Int(cpusPerGPU) * gpuCount }
        return nil
    }

    /// The sum of numbers such as `2` and `a100:2`, separated by commas; a name without a number counts as one.
    private static func count(_ text: String) -> Int {
        text.split(separator: ",").map { $0.split(separator: ":").last.flatMap { Int($0) } ?? 1 }.reduce(
            0, +)
    }
}

/// What the processes of an attempt used, as measured by their worker; `nil` for what it could not measure.
public struct Usage: Hashable, Sendable {
    /// Processor seconds, 0 or more.
    public var cpuSeconds: Double?
    /// The maximum memory in bytes, 0 or more.
    public var memoryBytes: Double?
    /// The mean utilization of its GPUs, from 0 to 100 percent.
    public var gpuPercent: Double?
    /// The maximum GPU memory in bytes, 0 or more.
    public var gpuMemoryBytes: Double?

    /// A usage from its parts.
    public init(
        cpuSeconds: Double? = nil, memoryBytes: Double? = nil, gpuPercent: Double? = nil,
        gpuMemoryBytes: Double? = nil
    ) {
        self.cpuSeconds = cpuSeconds
        self.memoryBytes = memoryBytes
        self.gpuPercent = gpuPercent
        self.gpuMemoryBytes = gpuMemoryBytes
    }

    /// A usage from its numbers by name. Other names and negative or invalid numbers are ignored, because a worker of a
    /// later version may report more.
    public init(_ values: [String: Double]) {
        func number(_ name: String) -> Double? {
            values[name].flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        self.init(
            cpuSeconds: number("cpuSeconds"), memoryBytes: number("memoryBytes"),
            gpuPercent: number("gpuPercent"), gpuMemoryBytes: number("gpuMemoryBytes"))
    }

    /// Its numbers by name.
    public var values: [String: Double] {
        [
            "cpuSeconds": cpuSeconds, "memoryBytes": memoryBytes, "gpuPercent": gpuPercent,
            "gpuMemoryBytes": gpuMemoryBytes,
        ].compactMapValues { $0 }
    }

    /// The greater value of each.
    public func max(_ other: Usage) -> Usage {
        Usage(values.merging(other.values) { Swift.max($0, $1) })
    }
}

extension Usage: Codable {
    /// Reads the numbers by name.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: Double].self))
    }

    /// Writes the numbers by name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

/// What the processes of an attempt have used, as their worker has seen it. What it could not see is `nil`.
public struct Usage: Hashable, Sendable {
    /// The seconds of processors, 0 or more.
    public var cpuSeconds: Double?
    /// The most bytes of memory at one time, 0 or more.
    public var memoryBytes: Double?
    /// How busy its GPUs were on average, from 0 to 100 percent.
    public var gpuPercent: Double?
    /// The most bytes of its GPUs' memory at one time, 0 or more.
    public var gpuMemoryBytes: Double?

    /// A use from its parts.
    public init(
        cpuSeconds: Double? = nil, memoryBytes: Double? = nil, gpuPercent: Double? = nil,
        gpuMemoryBytes: Double? = nil
    ) {
        self.cpuSeconds = cpuSeconds
        self.memoryBytes = memoryBytes
        self.gpuPercent = gpuPercent
        self.gpuMemoryBytes = gpuMemoryBytes
    }

    /// A use from its numbers by name. Other names, and what is no number from 0 on, are passed over: a worker of a later
    /// version may know more.
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

    /// The greater of each of two.
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

import Dispatching
import Foundation
import Store
import StudyFile
import Tuning

/// What the attempts of a study have used, compared with what they requested.
struct UsageSummary {
    private let most: Usage
    private let gpuPercent: Double?
    private let spec: StudySpec
    /// The MiB that tasks have asked for, where stune chooses them.
    private let chosen: [Int]

    /// The summary of a study.
    init(_ reader: StoreReader, _ spec: StudySpec) throws {
        self.init(try reader.usages().values, spec, asked: try reader.requests().map(\.mebibytes))
    }

    /// The summary of these attempts.
    init(_ usages: some Collection<Usage>, _ spec: StudySpec, asked chosen: [Int] = []) {
        most = usages.reduce(Usage()) { $0.max($1) }
        let busy = usages.compactMap(\.gpuPercent)
        gpuPercent = busy.isEmpty ? nil : busy.reduce(0, +) / Double(busy.count)
        self.spec = spec
        self.chosen = chosen.filter { $0 > 0 }.sorted()
    }

    /// The sentences; empty if no worker has reported usage.
    var lines: [String] {
        var lines: [String] = []
        if let used = most.memoryBytes {
            let slots = spec.execution.slotsPerTask
            let words = ByteSize.words(Int(min(used, 1e18)))
            let each = slots > 1 ? " by a trial, of which a task has \(slots)" : ""
            lines.append(
                askedWords.map { "memory: asked for \($0), used \(words)\(each)" }
                    ?? "memory: used \(words)\(each)")
        }
        if let gpuPercent {
            let memory = most.gpuMemoryBytes.map {
                ", used \(ByteSize.words(Int(min($0, 1e18)))) of their memory"
            }
            lines.append("GPUs: \(Int(gpuPercent.rounded()))% busy on average\(memory ?? "")")
        }
        return lines
    }

    /// What tasks have asked for, in words; `nil` for the cluster's default, or all of a node.
    private var askedWords: String? {
        guard let least = chosen.first, let most = chosen.last else { return asked.map(ByteSize.words) }
        let words = [least, most].map { ByteSize.words($0 << 20) }
        return least == most ? words[0] : "\(words[0]) to \(words[1])"
    }

    /// The bytes of memory that a task requests; `nil` for the cluster's default, or all of a node.
    private var asked: Int? {
        let batch = spec.batch
        let mebibytes: UInt64
        if let memory = batch.memoryMiB, memory > 0 {
            mebibytes = memory
        } else if let memory = batch.memoryPerCPUMiB, let cpus = batch.cpuCount {
            mebibytes = memory * UInt64(cpus)
        } else {
            return nil
        }
        return Int(min(mebibytes, 1 << 40)) << 20
    }
}

extension Usage {
    /// What an attempt has used, in words; `nil` if not known.
    var words: String? {
        var parts: [String] = []
        if let cpuSeconds { parts.append("\(String(format: "%.1f", cpuSeconds)) s of processors") }
        if let memoryBytes { parts.append("\(ByteSize.words(Int(min(memoryBytes, 1e18)))) of memory") }
        if let gpuPercent { parts.append("its GPUs for \(Int(gpuPercent.rounded()))% of the time") }
        if let gpuMemoryBytes {
            parts.append("\(ByteSize.words(Int(min(gpuMemoryBytes, 1e18)))) of their memory")
        }
        return parts.isEmpty ? nil : "used \(parts.joined(separator: ", "))"
    }
}

import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An attempt as the training code sees it: through its environment. What `stune-worker report` and
/// `stune-worker checkpoint` stand on.
package struct TrainingContext: Sendable {
    private let reports: String
    private let checkpoints: String
    private let leave: String
    private let target: Int

    /// The attempt that the environment describes.
    package init(environment: [String: String]) throws(WorkerError) {
        guard let reports = environment["STUNE_REPORTS"], let leave = environment["STUNE_LEAVE"],
            let checkpoints = environment["STUNE_CHECKPOINTS"],
            let target = environment["STUNE_TO"].flatMap({ Int($0) })
        else {
            throw .usage("this is not inside of a study: STUNE_REPORTS and its like are not set")
        }
        (self.reports, self.checkpoints, self.leave, self.target) = (reports, checkpoints, leave, target)
    }

    /// Appends a report. Metrics are given as `NAME=VALUE`.
    ///
    /// - Returns: whether training goes on; else it is time to leave.
    package func report(_ metrics: [String], at resource: Int) throws(WorkerError) -> Bool {
        var values: [String: MetricValue] = [:]
        for metric in metrics {
            guard let equals = metric.firstIndex(of: "="), equals > metric.startIndex,
                let value = Double(metric[metric.index(after: equals)...])
            else { throw .usage("'\(metric)' is not NAME=NUMBER, as val_loss=0.31") }
            values[String(metric[..<equals])] = MetricValue(value)
        }
        guard !values.isEmpty else { throw .usage("a report needs a metric, as val_loss=0.31") }
        try append(SpoolJSON.encode(Line(resource: resource, metrics: values)))
        let isToLeave = try exists(leave)
        return resource < target && !isToLeave
    }

    /// Publishes a file or a directory as the checkpoint of a resource: it is moved into its place, or copied
    /// where it lies on another filesystem.
    package func publish(_ path: String, at resource: Int) throws(WorkerError) {
        guard try exists(path) else { throw .usage("there is no '\(path)'") }
        let staging = "\(checkpoints)/tmp.\(Host.processID)"
        let target = "\(checkpoints)/\(resource)"
        do throws(FileError) {
            try Files.copyTree(path, to: staging)
            try Files.system.move(staging, to: target)
        } catch {
            throw .directory("\(error)")
        }
        try append(SpoolJSON.encode(CheckpointLine(checkpoint: resource)))
    }

    private func exists(_ path: String) throws(WorkerError) -> Bool {
        do throws(FileError) { return try Files.system.exists(path) } catch {
            throw .directory(error.description)
        }
    }

    /// Appends a line with one write, so that lines of several processes do not mix.
    private func append(_ line: [UInt8]) throws(WorkerError) {
        let descriptor = open(reports, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .directory(FileError("open", reports).description) }
        defer { close(descriptor) }
        do throws(FileError) {
            try Files.append(line + [UInt8(ascii: "\n")], to: descriptor, reports)
        } catch {
            throw .directory(error.description)
        }
    }

    private struct Line: Encodable {
        var resource: Int
        var metrics: [String: MetricValue]
    }

    private struct CheckpointLine: Encodable {
        var checkpoint: Int
    }

    /// A number, or the word for one that JSON does not know.
    private struct MetricValue: Encodable {
        private let value: Double

        init(_ value: Double) { self.value = value }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if value.isFinite {
                try container.encode(value)
            } else {
                try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
            }
        }
    }
}

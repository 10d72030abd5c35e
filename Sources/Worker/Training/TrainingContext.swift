import Spool

/// An attempt as the training code sees it, through its environment. `stune-worker report` and `stune-worker
/// checkpoint` use it.
package struct TrainingContext: Sendable {
    private let reports: String
    private let checkpoints: String
    private let leave: String
    private let target: Int
    /// The answers file; `nil` if the worker does not stay, so that nothing is asked.
    private let answers: Answers?

    /// The attempt that the environment describes.
    package init(environment: [String: String]) throws(WorkerError) {
        guard let reports = environment["STUNE_REPORTS"], let leave = environment["STUNE_LEAVE"],
            let checkpoints = environment["STUNE_CHECKPOINTS"], let attempt = environment["STUNE_ATTEMPT"],
            let target = environment["STUNE_TO"].flatMap({ Int($0) })
        else {
            throw .usage(
                "this is not inside a study: STUNE_REPORTS and the variables beside it are not set")
        }
        (self.reports, self.checkpoints, self.leave) = (reports, checkpoints, leave)
        answers = environment["STUNE_ANSWERS"].map { Answers($0, to: attempt) }
        // A command that continued in place has a new target.
        self.target = answers?.newestTarget ?? target
    }

    /// Appends a report, with metrics as `NAME=VALUE`. At the target, waits for the answer if the worker stays.
    ///
    /// - Returns: the resource to train to; `nil` to leave.
    package func report(_ metrics: [String], at resource: Int) async throws(WorkerError) -> Int? {
        var values: [String: Double] = [:]
        for metric in metrics {
            guard let equals = metric.firstIndex(of: "="), equals > metric.startIndex,
                let value = Double(metric[metric.index(after: equals)...])
            else { throw .usage("'\(metric)' is not NAME=NUMBER, such as val_loss=0.31") }
            values[String(metric[..<equals])] = value
        }
        guard !values.isEmpty else { throw .usage("a report needs a metric, such as val_loss=0.31") }
        let waits = answers != nil && resource == target
        try await append(.report(values, at: resource, waits: waits))
        if let answers, waits { return await answers.answer(at: resource)?.to }
        let isToLeave = try await exists(leave)
        return resource < target && !isToLeave ? target : nil
    }

    /// Publishes a file or directory as the checkpoint of a resource: moves it, or copies it from another filesystem.
    package func publish(_ path: String, at resource: Int) async throws(WorkerError) {
        guard try await exists(path) else { throw .usage("there is no '\(path)'") }
        let staging = "\(checkpoints)/tmp.\(Host.processID)"
        let target = "\(checkpoints)/\(resource)"
        try await Patience(time: SystemTime()).attempt(inDirectory: { _ in }) { () throws(FileError) in
            // If several trials share a process, this directory is made only when needed.
            try Files.system.createDirectory(checkpoints)
            try Files.system.removeTree(staging)
            try Files.copyTree(path, to: staging)
            try Files.system.move(staging, to: target)
        }
        try await append(.checkpoint(resource: resource))
    }

    private func exists(_ path: String) async throws(WorkerError) -> Bool {
        try await Patience(time: SystemTime()).attempt(inDirectory: { _ in }) { () throws(FileError) in
            try Files.system.exists(path)
        }
    }

    /// Appends a line in one write, so that lines of several processes do not mix.
    private func append(_ line: ReportLine) async throws(WorkerError) {
        try await Patience(time: SystemTime()).append(line.bytes, to: reports) { _ in }
    }
}

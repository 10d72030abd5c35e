import Spool

/// An attempt as the training code sees it: through its environment. What `stune-worker report` and
/// `stune-worker checkpoint` stand on.
package struct TrainingContext: Sendable {
    private let reports: String
    private let checkpoints: String
    private let leave: String
    private let target: Int
    /// The file of the worker's answers; `nil`: the worker does not stay, and nothing is asked.
    private let answers: Answers?

    /// The attempt that the environment describes.
    package init(environment: [String: String]) throws(WorkerError) {
        guard let reports = environment["STUNE_REPORTS"], let leave = environment["STUNE_LEAVE"],
            let checkpoints = environment["STUNE_CHECKPOINTS"], let attempt = environment["STUNE_ATTEMPT"],
            let target = environment["STUNE_TO"].flatMap({ Int($0) })
        else {
            throw .usage("this is not inside of a study: STUNE_REPORTS and its like are not set")
        }
        (self.reports, self.checkpoints, self.leave) = (reports, checkpoints, leave)
        answers = environment["STUNE_ANSWERS"].map { Answers($0, to: attempt) }
        // A command that has gone on in place has another target by now.
        self.target = answers?.newestTarget ?? target
    }

    /// Appends a report. Metrics are given as `NAME=VALUE`. At the target it waits for the answer, where the worker
    /// stays for one.
    ///
    /// - Returns: the resource to train to; `nil`: it is time to leave.
    package func report(_ metrics: [String], at resource: Int) async throws(WorkerError) -> Int? {
        var values: [String: Double] = [:]
        for metric in metrics {
            guard let equals = metric.firstIndex(of: "="), equals > metric.startIndex,
                let value = Double(metric[metric.index(after: equals)...])
            else { throw .usage("'\(metric)' is not NAME=NUMBER, as val_loss=0.31") }
            values[String(metric[..<equals])] = value
        }
        guard !values.isEmpty else { throw .usage("a report needs a metric, as val_loss=0.31") }
        let waits = answers != nil && resource == target
        try await append(.report(values, at: resource, waits: waits))
        if let answers, waits { return await answers.answer(at: resource)?.to }
        let isToLeave = try await exists(leave)
        return resource < target && !isToLeave ? target : nil
    }

    /// Publishes a file or a directory as the checkpoint of a resource: it is moved into its place, or copied
    /// where it lies on another filesystem.
    package func publish(_ path: String, at resource: Int) async throws(WorkerError) {
        guard try await exists(path) else { throw .usage("there is no '\(path)'") }
        let staging = "\(checkpoints)/tmp.\(Host.processID)"
        let target = "\(checkpoints)/\(resource)"
        try await Patience(time: SystemTime()).attempt(inDirectory: { _ in }) { () throws(FileError) in
            // That of a trial that shares a process with others is made when it is needed.
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

    /// Appends a line with one write, so that lines of several processes do not mix.
    private func append(_ line: ReportLine) async throws(WorkerError) {
        try await Patience(time: SystemTime()).append(line.bytes, to: reports) { _ in }
    }
}

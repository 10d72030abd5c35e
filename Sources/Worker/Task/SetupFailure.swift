package import Spool
import Tuning

/// A task whose setup failed: it runs nothing, and reports the failure for each of its lanes.
package struct SetupFailure: Sendable {
    private let study: StudyDirectory
    private let task: TaskIdentity
    private let reason: String
    private let note: @Sendable (String) -> Void

    /// A setup that failed for this reason, which names the line. `note` writes to the task's log.
    package init(
        study: StudyDirectory, task: TaskIdentity, reason: String,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        self.task = task
        self.reason = reason
        self.note = note
    }

    /// Claims the attempts of all lanes and publishes that they failed.
    ///
    /// - Returns: the result of each lane, in order.
    package func publish() async throws(WorkerError) -> [TaskRun.Outcome] {
        let start = AttemptStart(study: study, task: task, note: note)
        let (manifest, entries) = try await start.find()
        let log = "\(study.logs)/\(task.array)_\(task.index).out"
        let output = SetupFailure.output(
            of: (try? Files.readTail(log, bytes: WorkerLimits.setupLogBytes)) ?? [])
        var outcomes: [TaskRun.Outcome] = []
        for entry in entries {
            switch try await start.claim(entry, host: Host.name, process: Host.processID) {
            case .claimed(let attempt):
                outcomes.append(.published(try await publish(attempt, entry, of: manifest, output)))
            case .superseded(let holder):
                note("nothing to do: \(holder)")
                outcomes.append(.superseded)
            }
        }
        return outcomes
    }

    private func publish(
        _ attempt: Turn, _ entry: Manifest.Entry, of manifest: Manifest, _ output: String
    ) async throws(WorkerError) -> Ending {
        // Write the reason where the command's own output would be, because users look there.
        let study = study.laidOut(for: manifest)
        let files = AttemptFiles(attempt, of: entry.trial, in: study)
        try await files.create(note)
        let words = "the task's setup failed: \(reason)\n\(output)"
        do throws(FileError) {
            try Files.appendLine(Array(words.utf8), to: files.stderr)
        } catch {
            note("\(error)")
        }
        let inbox = Inbox(study)
        var shift = Shift(
            attempt, courier: Courier { (messages) throws(SpoolError) in try inbox.put(messages) })
        shift.begin(Message.Started(array: task.array, host: Host.name, process: Host.processID))
        let ending = Ending.setupFailed(reason: reason)
        shift.add(.ended(ending, stderrTail: output))
        try await shift.send(note)
        var packing = Packing(manifest, in: study, note: note)
        packing.add(files, [])
        packing.pack()
        return ending
    }

    /// What the failing line printed, from the end of the task's log: the text after the last marker line, without the
    /// script's own message about the failure.
    static func output(of tail: [UInt8]) -> String {
        var lines = String(decoding: tail, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        if let mark = lines.lastIndex(where: { $0.hasPrefix("stune: setup, line") }) {
            lines.removeFirst(mark + 1)
        }
        if let last = lines.lastIndex(where: { $0.hasPrefix("stune: ") }) {
            lines.removeLast(lines.count - last)
        }
        let printed = lines.filter { !$0.isEmpty }.suffix(WorkerLimits.stderrTailLines)
        // Lines can be long; keep the end, which usually says most.
        return String(
            decoding: printed.joined(separator: "\n").utf8.suffix(SpoolLimits.stderrTailBytes),
            as: UTF8.self)
    }
}

import Foundation
import Spool
import Testing

/// A study under chaos, with its controller, which is started again whenever it is killed.
final class ChaosStudy {
    /// The study's place.
    let place: Workplace
    /// How often its controller was started.
    private(set) var starts = 0
    /// How a controller ended that was not killed, unless the study was complete.
    private(set) var surprises: [String] = []
    private var controller: Tool.Run?

    /// A study with this many trials, of which the last few wait at the gate. It cannot end before the gate is open,
    /// and something always runs.
    init(trials: Int, gated: Int, parallel: Int) throws {
        place = try Workplace()
        try place.writeStudy(
            trials: trials, parallel: parallel, maxResource: 27,
            // Many jobs are hit often, each with one attempt of the ledger.
            more: """
                max_retries: 100
                settle_seconds: 2
                execution: {mode: rung}
                slurm: {time: 5, mem: 50M}
                """)
        try place.write("train.sh", ChaosStudy.script(firstGated: trials - gated))
    }

    /// A command with its own record: `side.log` has a line before each report, and one at each start and end. It is
    /// compared with the store.
    private static func script(firstGated: Int) -> String {
        """
        #!/bin/sh
        note() { echo "$1 $STUNE_ATTEMPT $2" >> side.log; }
        note start "$STUNE_TRIAL"
        \(Workplace.gate(fromTrial: firstGated))
        sleep "${STUNE_CHAOS_NAP:-0.4}"
        i=$STUNE_FROM
        while [ "$i" -lt "$STUNE_TO" ]; do
          [ ! -e "$STUNE_LEAVE" ] || exit 0
          i=$((i + 1))
          loss=0.$(( ($1 * 7919) % 1000 + 1000 / i ))
          echo "$i" > "$STUNE_CHECKPOINTS/tmp.c"
          mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$i"
          echo "{\\"checkpoint\\": $i}" >> "$STUNE_REPORTS"
          note report "$i $loss"
          echo "{\\"resource\\": $i, \\"metrics\\": {\\"loss\\": $loss}}" >> "$STUNE_REPORTS"
        done
        note end

        """
    }

    // MARK: Its controller

    /// Starts a controller.
    func start() throws {
        starts += 1
        controller = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
    }

    /// Kills the controller with SIGKILL.
    ///
    /// - Returns: its process id; `nil` if it had ended by itself.
    func killController() async throws -> Int32? {
        guard let controller, controller.process.isRunning else { return nil }
        let process = controller.process.processIdentifier
        kill(process, SIGKILL)
        _ = try await Tool.wait(seconds: 10) { !controller.process.isRunning }
        return process
    }

    /// Whether the controller holds the study, from its first lines.
    var isControlled: Bool {
        guard let controller, controller.process.isRunning else { return false }
        return controller.words.contains("study '")
    }

    /// Checks the controller: if it ended without being told to, that is noted, and it is started again.
    ///
    /// - Returns: whether the study is complete, and a message if there is one.
    func look() throws -> (isOver: Bool, news: String?) {
        guard let controller, !controller.process.isRunning else { return (false, nil) }
        if controller.process.terminationStatus == 0 { return (true, nil) }
        let errors = controller.words
        let last = errors.split(separator: "\n").suffix(2).joined(separator: " / ")
        let news = "a controller gave up with code \(controller.process.terminationStatus): \(last)"
        surprises.append(news)
        try #require(surprises.count < 20, "a controller gives up again and again: \(news)")
        try start()
        return (false, news)
    }

    /// Ends the controller and all of the study's tasks, whatever their state.
    func abandon() {
        controller?.process.terminate()
        // The tasks wait for it, or for the script to be removed with the place.
        try? place.openGate()
    }

    // MARK: Its processes

    /// Kills the worker of a task with SIGKILL.
    ///
    /// - Returns: its process id; `nil` if none runs.
    func killWorker() -> Int32? {
        killFirst { process in
            let words = text(of: process, "cmdline")
            return words.contains("stune-worker") && words.contains(place.study)
        }
    }

    /// Kills the command of an attempt with SIGKILL.
    ///
    /// - Returns: its process id; `nil` if none runs.
    func killTraining() -> Int32? {
        killFirst { process in
            getpgid(process) == process
                && text(of: process, "environ").contains("STUNE_REPORTS=\(place.study)/")
        }
    }

    private func killFirst(_ isMeant: (Int32) -> Bool) -> Int32? {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        guard let process = all.compactMap({ Int32($0) }).sorted().first(where: isMeant),
            kill(process, SIGKILL) == 0
        else { return nil }
        return process
    }

    /// A file of a process in /proc; empty if the process has ended.
    private func text(of process: Int32, _ file: String) -> String {
        let bytes = try? Files.system.read("/proc/\(process)/\(file)", limit: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    // MARK: Its tasks

    /// The study's running tasks, by Slurm's ids.
    func runningTasks() async throws -> [String] {
        let queue = try await Tool.run(
            ["timeout", "10", "squeue", "-r", "-h", "-t", "R", "-o", "%i %k"], in: place.path)
        return queue.output.split(separator: "\n").filter { $0.hasSuffix(place.study) }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
    }
}

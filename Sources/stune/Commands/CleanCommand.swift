import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import StudyFile

/// `stune clean`: makes room.
struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove what a study can do without: checkpoints, logs, quarantined files, old stores.",
        discussion: """
            It says how much there is of each kind, and asks. Without one of the four flags it removes all kinds but \
            logs. Checkpoints go that nothing unfinished can need, but for those of the best trials. The study's results \
            stay, and it can still be extended: a trial that is promoted without its checkpoint is trained again from the \
            start. No controller may run.

            Examples:
              stune clean digits.stune --dry-run
              stune clean digits.stune --checkpoints --keep 3 --yes

            Exit codes: 0 done, or there is nothing to remove; 1 it did not succeed; 2 wrong use, such as no --yes where \
            nobody can be asked; 4 a controller holds the study.
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Remove checkpoints that nothing unfinished can need.")
    var checkpoints = false

    @Flag(help: "Remove what trials and tasks have printed; the study must be over.")
    var logs = false

    @Flag(help: "Remove incoming files that could not be read.")
    var quarantine = false

    @Flag(help: "Remove stores that were replaced, and snapshots that were not finished.")
    var old = false

    @Option(
        help:
            "How many trials, the best, keep their checkpoints (default: checkpoints.keep of the study, or 1; with several metrics, the Pareto set)."
    )
    var keep: Int?

    @Flag(name: [.short, .long], help: "Do not ask.")
    var yes = false

    @Flag(name: .customLong("dry-run"), help: "Only say how much there is.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("--keep takes a number from 0 on, not \(keep)") }
    }

    func run() async throws {
        _ = try StudyDirectory.withStore(directory)
        let study = try OpenStudy(directory)
        if !dryRun { try refuseIfControlled(study.directory) }
        let keep = try keep ?? Removable.usualKeep(study)
        let kinds = kinds
        if logs, try study.snapshot.read({ try $0.outcome() }) == nil {
            throw complaint(
                "--logs: the study is not over, and its trials may print more; let it end, or end it with "
                    + "'stune cancel \(Shell.quoted(directory))'", code: 2)
        }
        let removable = try reading { try Removable(study, keeping: keep) }
        let total = removable.parts.filter { kinds.contains($0.kind) }.reduce(FileSum()) { $0 + $1.sum }
        if !json { print(lines(removable, kinds, total).joined(separator: "\n")) }
        guard !dryRun, total.files > 0 else { return try tell(removable, kinds, removed: false) }
        guard try isAllowed(total) else { return print("nothing is removed") }
        try await remove(removable, kinds, keeping: keep)
        try tell(removable, kinds, removed: true)
    }

    /// The kinds that are to go.
    private var kinds: [Removable.Kind] {
        let named = Removable.Kind.allCases.filter { kind in
            switch kind {
            case .checkpoints: checkpoints
            case .logs: logs
            case .quarantine: quarantine
            case .old: old
            }
        }
        return named.isEmpty ? [.checkpoints, .quarantine, .old] : named
    }

    private func refuseIfControlled(_ study: StudyDirectory) throws {
        // Whether a holder on another machine still runs, its cluster says when the lease is taken.
        if case .running(let holder) = try Lease.presence(of: study) { throw held(by: holder.description) }
    }

    private func held(by holder: String) -> ExitCode {
        complaint(
            "\(holder) controls the study; stop it first (Ctrl-C or scancel), then clean: tasks go on meanwhile",
            code: 4)
    }

    /// Whether the user agrees.
    ///
    /// - Throws: an exit code of 2 where there is nobody to ask.
    private func isAllowed(_ total: FileSum) throws -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1, !json else {
            throw complaint(
                "nobody can be asked here; say --yes to remove this, or --dry-run to look", code: 2)
        }
        print("Remove \(CleanCommand.words(total))? [y/N] ", terminator: "")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    // MARK: Removing

    private func remove(_ removable: Removable, _ kinds: [Removable.Kind], keeping keep: Int) async throws {
        let study = try StudyDirectory.withStore(directory)
        let own: OwnedStudy
        do {
            own = try await OwnedStudy(study, recordedIn: study.snapshot)
        } catch ControllerError.held(let holder, _) {
            throw held(by: holder)
        }
        do {
            var controller = try await Controller(
                own.setup, cluster: own.cluster, lease: own.lease, log: own.log)
            if kinds.contains(.checkpoints), removable[.checkpoints]?.sum.files ?? 0 > 0 {
                let left = try controller.removeCheckpoints(keeping: keep)
                if left > 0 {
                    say(
                        "note: \(left) checkpoints cannot be removed yet; the study's next controller tries again"
                    )
                }
            }
            if kinds.contains(.logs) { try controller.tellLogsRemoved() }
            for part in removable.parts where part.kind != .checkpoints && kinds.contains(part.kind) {
                for path in part.paths { try study.files.removeTree(path) }
            }
            try controller.finish()
        } catch {
            do { try own.lease.abandon() } catch { say("\(error)") }
            throw complaint("\(error)", code: 1)
        }
    }

    private func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as FileError {
            throw complaint("\(error)", code: 1)
        }
    }

    // MARK: Telling

    private static func words(_ sum: FileSum) -> String {
        "\(sum.files) \(sum.files == 1 ? "file" : "files") with \(ByteSize.words(sum.bytes))"
    }

    private func lines(_ removable: Removable, _ kinds: [Removable.Kind], _ total: FileSum) -> [String] {
        var table = Table([("KIND", .left), ("FILES", .right), ("SIZE", .right), ("", .left)])
        for part in removable.parts {
            let goes = kinds.contains(part.kind)
            let note =
                goes || part.sum.files == 0 ? part.note : "kept; remove them with --\(part.kind.rawValue)"
            table.add([part.kind.rawValue, "\(part.sum.files)", ByteSize.words(part.sum.bytes), note])
        }
        return table.lines() + [
            total.files == 0 ? "there is nothing to remove" : "to remove: \(CleanCommand.words(total))"
        ]
    }

    /// The output of `--json`.
    private struct Answer: Encodable {
        struct Row: Encodable {
            var kind: Removable.Kind
            var files, bytes: Int
            var chosen: Bool
        }

        var removed: Bool
        var kinds: [Row]
    }

    private func tell(_ removable: Removable, _ kinds: [Removable.Kind], removed: Bool) throws {
        guard json else { return removed ? print("removed") : () }
        let rows = removable.parts.map { part in
            Answer.Row(
                kind: part.kind, files: part.sum.files, bytes: part.sum.bytes,
                chosen: kinds.contains(part.kind))
        }
        print(try StoreJSON.text(Answer(removed: removed, kinds: rows)))
    }
}

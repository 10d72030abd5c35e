import ArgumentParser
import Controller
import Foundation
import Spool
import Store

/// `stune replay`: derives every decision again from the log.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Derive every decision of a study again from its log, and compare.",
        discussion: """
            Exit code 0 and the counts when all agree; 1, naming the event, at the first difference.

            Example: stune replay digits.stune
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let replay = try replay()
        print(json ? try StoreJSON.text(Result(replay)) : text(replay))
        if replay.difference != nil { throw ExitCode(1) }
    }

    private func replay() throws -> Replay {
        if let archive = try OpenedArchive.open(directory) {
            return try Store.openSnapshot(archive.directory.snapshot).read { try Replay($0) }
        }
        let copy = try StoreCopy(of: StudyDirectory(Files.absolute(directory)))
        defer { copy.remove() }
        return try Store.openSnapshot(copy.path).read { try Replay($0) }
    }

    private func text(_ replay: Replay) -> String {
        if let difference = replay.difference {
            return "differs at event \(difference.event): \(difference.what)"
        }
        return "agrees: \(replay.events) events, \(replay.decisions) decisions, \(replay.trials) trials, "
            + "\(replay.reports) reports"
            + (replay.coversPlacements
                ? ", and who ran them where"
                : "; who ran them where was not recorded, since an earlier version of stune began the study")
    }

    /// The output of `--json`.
    private struct Result: Encodable {
        var agrees: Bool
        var events, decisions, trials, reports: Int
        var difference: Replay.Difference?

        init(_ replay: Replay) {
            agrees = replay.difference == nil
            (events, decisions, trials) = (replay.events, replay.decisions, replay.trials)
            (reports, difference) = (replay.reports, replay.difference)
        }
    }
}

extension StudyDirectory {
    /// Reads a study that is over from its snapshot or, if the last one could not be published, from a copy of its
    /// store.
    func readLastState<Value>(_ body: (StoreReader) throws -> Value) throws -> Value {
        if let snapshot = try? Store.openSnapshot(snapshot),
            (try? snapshot.read({ try $0.outcome() })) ?? nil != nil
        {
            return try snapshot.read(body)
        }
        let copy = try StoreCopy(of: self)
        defer { copy.remove() }
        return try Store.openSnapshot(copy.path).read(body)
    }
}

/// A temporary copy of a study's store, so that reading never touches the original, which only the controller opens.
///
/// While a controller runs, its newest snapshot is copied instead.
struct StoreCopy {
    /// The copy's path.
    let path: String
    private let place: URL

    /// Copies the store of a study.
    init(of study: StudyDirectory) throws {
        let files = FileManager.default
        let holder = files.fileExists(atPath: study.leases) ? try Lease.holder(of: study) : nil
        let isControlled = holder.map { $0.lifeOnThisHost != .gone } ?? false
        let source = isControlled ? study.snapshot : try Lease.store(of: study)
        guard files.fileExists(atPath: source) else { throw study.isNoStudy() }
        place = files.temporaryDirectory.appending(path: "stune-replay-\(UUID().uuidString)")
        try files.createDirectory(
            at: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = place.appending(path: "study.db").path(percentEncoded: false)
        try files.copyItem(atPath: source, toPath: path)
        if files.fileExists(atPath: source + "-wal") {
            try files.copyItem(atPath: source + "-wal", toPath: path + "-wal")
        }
    }

    /// Removes the copy.
    func remove() {
        // A copy that stays in the temporary directory does no harm.
        try? FileManager.default.removeItem(at: place)
    }
}

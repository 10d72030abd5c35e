import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// What a restored study finds in its directory that its log does not have.
extension Controller {
    /// Reads the inbox; cancels what the log does not know; then reads the reports and checkpoints in the attempts'
    /// directories that came after the copy was made.
    ///
    /// Their workers have reported them before, in letters that are lost. Their later messages count as messages after
    /// missing ones.
    mutating func takeInAgain() async throws {
        _ = try takeIn()
        try await cancelUnknown()
        let before = try store.read { try $0.eventCount() }
        let directory = setup.directory
        try commit { pass in
            var salvage = try Salvage(pass.transaction, directory)
            return try salvage.events()
        }
        let events = try store.read { try $0.eventCount() } - before
        log.info("\(events) events follow from what lies in '\(directory.trials)'")
    }

    /// Cancels arrays that were submitted after the copy was made; their work is decided again.
    private func cancelUnknown() async throws {
        let directory = setup.directory
        let tokens = try directory.files.list(directory.manifests).compactMap { name in
            name.hasSuffix(".json") ? ArrayToken(String(name.dropLast(5))) : nil
        }
        for token in tokens where try store.read({ try $0.arrayName(token) }) == nil {
            let manifest: Manifest
            do throws(SpoolError) {
                manifest = try Manifest.read(token, in: directory)
            } catch {
                if error.mayPass { throw error }
                log.warning("\(error)")
                continue
            }
            let tasks = Set(manifest.entries.map { $0.task ?? $0.index }).sorted()
            for array in try await cluster.find(token) {
                log.info("cancelling \(array), which was submitted later")
                try await cluster.cancel(tasks.map { TaskID(array: array, index: $0) })
            }
            // If a task of it starts all the same, it finds nothing to do.
            try directory.files.remove(directory.manifest(token))
        }
    }
}

/// Converts what running attempts have written to events.
private struct Salvage {
    private let transaction: Transaction
    private let directory: StudyDirectory
    /// The reports that the log has.
    private let reported: Set<Place>
    /// The files that are packed, by their paths relative to the study directory.
    private let packed: Set<String>
    /// The processes whose files were read.
    private var seen: Set<Turn> = []

    /// An attempt at a resource.
    private struct Place: Hashable {
        let attempt: AttemptID
        let resource: Resource
    }

    init(_ transaction: Transaction, _ directory: StudyDirectory) throws {
        (self.transaction, self.directory) = (transaction, directory)
        packed = try OutputPacks(directory).paths()
        reported = Set(
            try transaction.reader.reports().map { Place(attempt: $0.attempt, resource: $0.resource) })
    }

    /// The events, in the order of the assignments.
    mutating func events() throws -> [Event] {
        var events: [Event] = []
        for row in try transaction.reader.openTasks() {
            guard let home = try home(of: row), seen.insert(home.attempt).inserted else { continue }
            events += try self.events(of: home.attempt, home.path)
        }
        return events
    }

    /// The directory of the process that runs an assignment: that of its own turn, or of an earlier one that the
    /// process began with; `nil` if no process has made one.
    private func home(of row: StoreReader.TaskRow) throws -> (attempt: Turn, path: String)? {
        let epoch = row.turn > 0 ? row.epoch : try newestStart(of: row)
        guard let epoch else { return nil }
        for turn in (0...row.turn).reversed() {
            let attempt = Turn(token: row.token, index: row.index, epoch: epoch, turn: turn)
            guard let other = try transaction.reader.row(of: attempt) else { continue }
            let path = directory.outputs(of: attempt, other.trial)
            let reports = "\(path)/reports.jsonl"
            if try packed.contains(reports) || directory.files.exists("\(directory.path)/\(reports)") {
                return (attempt, path)
            }
        }
        return nil
    }

    /// The newest start of a task that has made a directory for its first turn.
    private func newestStart(of row: StoreReader.TaskRow) throws -> Int? {
        let first = Turn(token: row.token, index: row.index, epoch: 0)
        let path = directory.outputs(of: first, row.trial)
        // Everything except the epoch, which follows the last dot.
        let stem = path.prefix(through: path.lastIndex(of: ".") ?? path.startIndex)
        let parent = Files.parent(of: path)
        var paths = packed.map { Files.parent(of: $0) }
        do throws(FileError) {
            paths += try directory.files.list("\(directory.path)/\(parent)").map { "\(parent)/\($0)" }
        } catch  where !error.isAbsent { throw error } catch {}
        return paths.filter { $0.hasPrefix(stem) }.compactMap { Int($0.dropFirst(stem.count)) }.max()
    }

    /// What a process has written, from its first turn to its last.
    private func events(of first: Turn, _ path: String) throws -> [Event] {
        var (attempt, home) = (first, first)
        guard var row = try transaction.reader.row(of: attempt) else { return [] }
        let bytes: [UInt8]
        do throws(FileError) {
            let reports = "\(path)/reports.jsonl"
            if packed.contains(reports), let found = try contents(of: reports) {
                bytes = found
            } else {
                bytes = try directory.files.read(
                    "\(directory.path)/\(reports)", limit: SpoolLimits.reportsFileBytes)
            }
        } catch {
            // A file that is not a reports file is ignored.
            if error.mayPass { throw error }
            return []
        }
        var events = try begin(attempt, row, path)
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? SpoolJSON.decode(Line.self, from: Array(text)) else { continue }
            let resource = (line.resource ?? line.checkpoint).map { Resource($0) }
            // It went on in place, or with another trial.
            while line.next == true || resource.map({ $0 > row.to }) == true {
                guard let next = try transaction.reader.row(of: attempt.next),
                    line.next == true || next.trial == row.trial
                else { return events }
                attempt = attempt.next
                if next.trial != row.trial { home = attempt }
                row = next
                events += try begin(attempt, row, path)
                if line.next == true { break }
            }
            guard let resource, resource > row.from else { continue }
            events += try self.events(of: line, at: resource, attempt, row, home)
        }
        return events
    }

    private func contents(of path: String) throws(FileError) -> [UInt8]? {
        do throws(SpoolError) {
            return try OutputPacks(directory).contents(of: path)
        } catch {
            if case .file(let failure) = error { throw failure }
            return nil
        }
    }

    private func id(_ attempt: Turn, _ row: StoreReader.TurnRow) -> AttemptID {
        AttemptID(assignment: row.assignment, epoch: attempt.epoch)
    }

    /// An attempt has begun, if the log does not say so.
    private func begin(
        _ attempt: Turn, _ row: StoreReader.TurnRow, _ path: String
    ) throws -> [Event] {
        guard try transaction.reader.startTime(of: id(attempt, row)) == nil else { return [] }
        var claimed = attempt
        claimed.turn = 0
        let claim: Claim?
        do throws(SpoolError) {
            claim = try Claim.holder(of: claimed, in: directory)
        } catch {
            if error.mayPass { throw error }
            claim = nil
        }
        let array = claim?.array ?? 0
        let started = Event.started(
            AttemptStarted(
                attempt: id(attempt, row), task: "\(array)_\(row.task.index)",
                host: claim?.host ?? "unknown",
                directory: path))
        if row.isSubmitted || array == 0 { return [started] }
        return [.submitted(ArraySubmitted(token: row.task.token.digits, job: array)), started]
    }

    private func events(
        of line: Line, at resource: Resource, _ attempt: Turn, _ row: StoreReader.TurnRow,
        _ home: Turn
    ) throws -> [Event] {
        let id = id(attempt, row)
        if line.checkpoint != nil {
            let checkpoint = CheckpointID(attempt: id, resource: resource)
            let path = directory.checkpoint(home, of: row.trial, at: resource)
            guard try transaction.reader.path(of: checkpoint) == nil,
                try directory.files.exists("\(directory.path)/\(path)")
            else { return [] }
            let bytes = directory.files.bytesIfSeen(of: "\(directory.path)/\(path)")
            try transaction.keep(checkpoint, path: path, bytes: bytes)
            return [.checkpointed(checkpoint, bytes: bytes)]
        }
        guard let (metrics, nonFinite) = line.values,
            !reported.contains(Place(attempt: id, resource: resource))
        else { return [] }
        let report = Report(attempt: id, resource: resource, metrics: metrics, nonFinite: nonFinite)
        guard resource == row.to else { return [.reported(report)] }
        // A result counts, whatever happened to its process, which sends nothing more, or repeats it.
        let ended = AttemptEnded(attempt: id, ending: .finished, stderrTail: "")
        return [.reported(report), .ended(ended)]
    }

    /// A line of the reports file, as described in docs/spool.md.
    private struct Line: Decodable {
        var resource: Int?
        var metrics: [String: Value]?
        var checkpoint: Int?
        var next: Bool?

        /// The finite metrics, and the words for the others; `nil` if one is neither.
        var values: (finite: [String: Double], words: [String: String])? {
            guard let metrics else { return nil }
            var (finite, words) = ([String: Double](), [String: String]())
            for (name, value) in metrics {
                switch value {
                case .number(let number) where number.isFinite: finite[name] = number
                case .word(let word) where ["nan", "inf", "-inf"].contains(word): words[name] = word
                case .number, .word: return nil
                }
            }
            return (finite, words)
        }
    }

    /// A metric's value.
    private enum Value: Decodable {
        case number(Double)
        case word(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .word(try value.decode(String.self))
            }
        }
    }
}

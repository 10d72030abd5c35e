import Archive
import ArgumentParser
import Controller
import Foundation
import Spool
import Store
import StudyFile

/// `stune archive`: a study as one file.
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Write a study into one file, which the reading commands open as it is.",
        discussion: """
            The file is a tar archive with the study's log and tables, the study file, the page of 'stune report', what \
            trials printed, and the checkpoint of the best trial. 'stune status', 'best', 'trials', 'show', 'logs', \
            'report', 'replay' and Python's stune.open read it. The same study gives the same bytes.

            Examples:
              stune archive digits.stune
              stune archive digits.stune -o ~/archive/digits.tar --checkpoints all
              stune archive --check digits.stune.tar
              stune best digits.stune.tar

            Exit codes: 0 done; 1 it did not succeed, or with --check the archive is torn or damaged; 2 wrong use, or there \
            is no study.
            """)

    @Argument(help: "The study's directory; with --check an archive.")
    var directory: String

    @Option(name: .shortAndLong, help: "The file to write (default: the directory's name with .tar).")
    var output: String?

    @Option(
        help:
            "Whose checkpoints: 'best' (with several metrics: the Pareto set), 'none' or 'all' (default: best)."
    )
    var checkpoints = ArchiveContent.Checkpoints.best

    @Flag(inversion: .prefixedNo, help: "Whether to include what trials and tasks have printed.")
    var logs = true

    @Flag(help: "Compare all files of an archive with their digests, and write nothing.")
    var check = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func validate() throws {
        if check && output != nil { throw ValidationError("--check writes nothing; it takes no --output") }
    }

    func run() throws {
        if check { return try checkArchive() }
        let study = try OpenStudy(directory)
        guard !study.isArchive else {
            throw complaint("'\(study.path)' is an archive; name a study's directory", code: 2)
        }
        try noteIfKilled(study.directory)
        let name = study.path.split(separator: "/").last.map(String.init) ?? "study"
        let path = Files.absolute(output ?? "\(name).tar")
        if try Files.system.isDirectory(path) {
            throw complaint("'\(path)' is a directory; name a file with -o", code: 2)
        }
        let (count, bytes) = try write(study, to: path)
        if json {
            return print(try StoreJSON.text(Answer(path: path, files: count, bytes: bytes)))
        }
        print("\(path): \(count) files, \(ByteSize.words(bytes))")
    }

    /// Says that the snapshot may lack what a killed controller did last. A copy of a study's directory need not have leases.
    private func noteIfKilled(_ study: StudyDirectory) throws {
        guard try study.files.exists(study.leases), case .died = try Lease.presence(of: study) else {
            return
        }
        say(
            "note: the last controller was killed, so the archive may lack its last seconds; 'stune run' takes them in"
        )
    }

    /// Writes the archive, once more where the study has changed meanwhile.
    ///
    /// - Returns: how many files it has, and how many bytes.
    private func write(_ study: OpenStudy, to path: String) throws -> (files: Int, bytes: Int) {
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        // What stays in the temporary directory does no harm.
        defer { try? FileManager.default.removeItem(at: place) }
        var triesLeft = 5
        while true {
            let copy = place.appending(path: "\(triesLeft).db").path(percentEncoded: false)
            triesLeft -= 1
            do {
                let content = try ArchiveContent(study, checkpoints, hasLogs: logs, snapshot: copy)
                let bytes = try ArchiveWriter.write(content.entries, from: Files.system, to: path)
                if content.leftOut > 0 {
                    say("note: \(content.leftOut) links and special files in checkpoints are left out")
                }
                return (content.entries.count, bytes)
            } catch ArchiveError.changed where triesLeft > 0 {
                continue
            } catch let error as ArchiveError {
                throw complaint("\(error)", code: 1)
            } catch let error as FileError where error.isAbsent && triesLeft > 0 {
                continue
            } catch let error as FileError {
                throw complaint("\(error)", code: 1)
            } catch let error as StoreError {
                throw complaint("\(error)", code: 1)
            }
        }
    }

    private func checkArchive() throws {
        let path = Files.absolute(directory)
        let archive: StudyArchive
        do throws(ArchiveError) {
            archive = try StudyArchive(path)
            try archive.check()
        } catch {
            throw complaint("\(error)", code: 1)
        }
        let bytes = archive.members.reduce(0) { $0 + $1.bytes }
        if json {
            return print(try StoreJSON.text(Answer(path: path, files: archive.members.count, bytes: bytes)))
        }
        print("\(path): \(archive.members.count) files are as they were written")
    }

    /// The output of `--json`.
    private struct Answer: Encodable {
        var path: String
        var files, bytes: Int
    }
}

import ArgumentParser
import Foundation
import Report
import Serve
import Spool
import Store
import StudyFile
import Synchronization
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The studies that `stune serve` shows: each as its snapshot has it at the moment. Nothing is written, and neither the
/// controller nor Slurm is asked.
final class ServedStudies: Sendable {
    /// A document that was made, and of what.
    private struct Made {
        var tag: String
        var bytes: [UInt8]
    }

    /// The newest document of a study. Whoever asks while one is made waits for it.
    private final class Newest: Sendable {
        let made = Mutex<Made?>(nil)
    }

    private let paths: [String]
    private let names: [String]
    private let page: [UInt8]
    private let policy: String
    private let newest: [Newest]

    /// The studies in these directories.
    init(_ paths: [String]) throws {
        self.paths = paths
        names = try paths.map { try OpenStudy($0).spec.name }
        page = PageFile.html(document: nil)
        policy = "\(PageFile.policy(connects: true)); frame-ancestors 'none'"
        newest = paths.map { _ in Newest() }
    }

    /// The answer to a request that was admitted.
    func answer(_ request: HTTPRequest) -> Response {
        let place = request.query["study"].map { Int($0) ?? -1 } ?? 0
        guard paths.indices.contains(place) else { return Response(status: 404, "there is no such study") }
        var response: Response
        do {
            switch request.path {
            case "/":
                response = Response(
                    type: "text/html; charset=utf-8", body: page,
                    headers: ["Content-Security-Policy": policy])
            case "/document.json":
                response = try document(place, known: request.headers["if-none-match"])
            case "/trial.json": response = try trial(place, request.query["trial"])
            default: response = Response(status: 404, "there is no such page")
            }
        } catch is ExitCode {
            response = Response(status: 500, "the snapshot in '\(paths[place])' cannot be opened now")
        } catch {
            response = Response(status: 500, "the study in '\(paths[place])' cannot be read: \(error)")
        }
        // The browser's clock may be wrong; how old a snapshot is must not depend on it.
        response.headers["Stune-Time"] = String(Date.now.timeIntervalSince1970)
        return response
    }

    private func document(_ place: Int, known: String?) throws -> Response {
        // Looked at first: a snapshot that is published in between belongs to the next tag.
        let stamp = try? ServedStudies.stamp(StudyDirectory(Files.absolute(paths[place])).snapshot)
        let study = try OpenStudy(paths[place])
        let tag = try ServedStudies.tag(study, stamp ?? ServedStudies.stamp(study.directory.snapshot))
        if known == tag {
            return Response(status: 304, type: ServedStudies.json, body: [], headers: ["ETag": tag])
        }
        let document = try newest[place].made.withLock { made in
            if let made, made.tag == tag { return made }
            let bytes = try study.snapshot.read { reader in
                try ReportSource(study: study).report(reader, isLive: true, studies: names, place: place)
                    .json()
            }
            let new = Made(tag: tag, bytes: bytes)
            made = new
            return new
        }
        return Response(type: ServedStudies.json, body: document.bytes, headers: ["ETag": document.tag])
    }

    private func trial(_ place: Int, _ number: String?) throws -> Response {
        guard let number = number.flatMap({ Int($0) }), number >= 0 else {
            return Response(status: 400, "name a trial by its number: ?trial=17")
        }
        let study = try OpenStudy(paths[place])
        let source = ReportSource(study: study)
        guard let detail = try study.snapshot.read({ try source.detail(of: TrialID(number), $0) }) else {
            return Response(status: 404, "there is no trial \(number)")
        }
        return Response(type: ServedStudies.json, body: detail)
    }

    private static let json = "application/json"

    /// What a document follows from: which snapshot there is, whether a controller runs, and what it waits for.
    private static func tag(_ study: OpenStudy, _ stamp: String) throws -> String {
        var digest = LogDigest(after: LogDigest.start, time: 0)
        digest.add(try StoreJSON.text(try ControllerView(filesOf: study)).utf8)
        let troubles = TroubleNote(study.directory).lines + Notifier.trouble(in: study.directory)
        digest.add(troubles.joined(separator: "\n").utf8)
        return "\"\(stamp)-\(digest.text)\""
    }

    /// Which file it is.
    private static func stamp(_ path: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError("stat", path, code: errno) }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return "\(status.st_ino)-\(time.tv_sec).\(time.tv_nsec)-\(status.st_size)"
    }
}

import Curves
import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// The sources of the prior results that a study begins with: other studies, and tables.
struct PriorSources: Sendable {
    /// The new study.
    let spec: StudySpec
    /// The new study's file, for messages.
    let file: String
    /// What the study's directory was forked from; `nil`: it was not.
    let fork: Fork?

    /// A directory that `stune fork` has made.
    struct Fork: Sendable {
        /// The copy of the other study's snapshot.
        let snapshot: String
        /// The other study's directory.
        let origin: String

        /// A fork that is about to be made.
        init(snapshot: String, origin: String) { (self.snapshot, self.origin) = (snapshot, origin) }

        /// The fork of a directory; `nil`: it is none.
        init?(_ study: StudyDirectory) throws {
            guard try study.files.exists(study.forked) else { return nil }
            snapshot = study.forked
            let text = try study.files.read(study.forkedFrom, limit: SpoolLimits.templateBytes)
            origin = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
        }
    }

    /// Why prior results cannot be used: a line for each reason, with what to do.
    struct Unusable: Error, CustomStringConvertible {
        /// The lines.
        let lines: [String]

        /// The lines as one text.
        var description: String { lines.joined(separator: "\n") }
    }

    /// The sources of a study file.
    ///
    /// - Parameter directory: the study's directory, which may be a fork; `nil`: not known.
    init(_ spec: StudySpec, file: String, in directory: StudyDirectory?) throws {
        self.spec = spec
        self.file = file
        fork = try directory.flatMap { try Fork($0) }
    }

    /// The sources of a study file, after those of a study that is about to be forked.
    init(_ spec: StudySpec, file: String, forking fork: Fork) {
        (self.spec, self.file, self.fork) = (spec, file, fork)
    }

    /// Whether there are none.
    var areNone: Bool { fork == nil && spec.priorResults == nil }

    /// Reads all sources.
    ///
    /// - Throws: `Unusable` with what is wrong with each of them.
    func findings() throws -> [PriorFindings] {
        var (found, wrong): ([PriorFindings], [String]) = ([], [])
        func collect(_ read: () throws -> PriorFindings) throws {
            do {
                found.append(try read())
            } catch let error as Unusable {
                wrong += error.lines
            }
        }
        if let fork {
            try collect { try PriorStudy(fork.origin, snapshot: fork.snapshot).findings(for: spec.plan) }
        }
        for path in spec.priorResults ?? [] { try collect { try source(path) } }
        let count = found.map(\.results.trials.count).reduce(0, +)
        if count > StudyFileLimits.priorTrials {
            wrong.append(
                "\(file): prior_results: there are \(count) prior results, more than \(StudyFileLimits.priorTrials); "
                    + "name fewer sources, or keep only the best rows of a table")
        }
        guard wrong.isEmpty else { throw Unusable(lines: wrong) }
        return found
    }

    private func source(_ path: String) throws -> PriorFindings {
        let home = Files.parent(of: Files.absolute(file))
        let place = Files.absolute(path.hasPrefix("/") ? path : "\(home)/\(path)")
        do {
            switch try Files.system.status(place)?.kind {
            case nil:
                throw Unusable(
                    "\(file): prior_results: there is no '\(shown(path))' beside the study file; name a study's directory or a "
                        + "CSV table")
            case .directory:
                return try PriorStudy(path, snapshot: StudyDirectory(place).snapshot)
                    .findings(for: spec.plan)
            default: break
            }
            let bytes = try Files.system.read(place, limit: CurveLimits.fileBytes)
            return try PriorTable.read(bytes, file: path, for: spec.plan).checked()
        } catch let error as FileError {
            throw Unusable("\(file): prior_results: \(error)")
        } catch let error as InvalidTable {
            throw Unusable(lines: error.mistakes.map(\.description))
        }
    }
}

extension PriorSources.Unusable {
    /// One reason.
    init(_ line: String) { lines = [line] }
}

extension PriorFindings {
    /// The findings, if any result can be used.
    ///
    /// - Throws: `PriorSources.Unusable` with the reasons, if none can.
    func checked() throws -> PriorFindings {
        if !results.trials.isEmpty { return self }
        guard count > 0 else { throw PriorSources.Unusable("'\(shown(results.source))' has no results") }
        throw PriorSources.Unusable(
            lines: ["none of the \(count) prior results of '\(shown(results.source))' can be used:"]
                + words.dropFirst())
    }
}

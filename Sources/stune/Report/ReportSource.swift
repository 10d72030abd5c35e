import Foundation
import Release
import Report
import Spool
import Store
import StudyFile
import Tuning

/// A study as a report shows it: its snapshot, and what its files say beside it. Slurm is not asked.
struct ReportSource {
    /// The study.
    let study: OpenStudy

    /// A report on one state of the study.
    ///
    /// - Parameters:
    ///   - isLive: whether a server answers further questions of the page.
    ///   - studies: the names of all studies that it shows.
    ///   - place: which of them this is.
    ///   - now: when it is, in seconds since 1970; `nil`: when the snapshot was written.
    func report(
        _ reader: StoreReader, isLive: Bool = false, studies: [String] = [], place: Int = 0,
        now: Double? = Date.now.timeIntervalSince1970
    ) throws -> StudyReport {
        let outcome = try reader.outcome()
        let failures = try FailureReport(reader, directory: study.path)
        let surroundings = Surroundings(
            release: ThisRelease.version, directory: study.path,
            now: now ?? snapshotTime, snapshotTime: snapshotTime, isLive: isLive,
            studies: studies, place: place,
            outcome: outcome.map { StatusView.words($0).joined(separator: "\n") },
            warnings: try warnings(reader, failures, isOver: outcome != nil),
            facts: (failures.alarm == nil ? Array(failures.lines().prefix(1)) : [])
                + (try UsageSummary(reader, study.spec)).lines,
            controller: outcome == nil && !study.isArchive
                ? Array(try StoreJSON.text(try ControllerView(filesOf: study)).utf8) : nil)
        return try StudyReport(reader, study.spec, surroundings)
    }

    /// All that there is to tell of a trial, as JSON; `nil`: there is no such trial.
    func detail(of trial: TrialID, _ reader: StoreReader) throws -> [UInt8]? {
        guard let row = try reader.trial(trial) else { return nil }
        return Array(try StoreJSON.text(try TrialDetail(row, study, reader)).utf8)
    }

    private var snapshotTime: Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: study.directory.snapshot)
        return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    }

    /// What people should know, with a command where one helps.
    private func warnings(
        _ reader: StoreReader, _ failures: FailureReport, isOver: Bool
    ) throws -> [Surroundings.Warning] {
        var warnings: [Surroundings.Warning] = []
        if let alarm = failures.alarm, let trial = failures.summary.causes.first?.trials.first {
            let place = "\(Shell.quoted(study.path)) \(trial)"
            warnings.append(Surroundings.Warning(text: alarm, command: "stune show \(place)"))
        }
        if !study.hasSeveralMetrics {
            warnings += try reader.rankAgreements().filter(\.isPoor).map {
                Surroundings.Warning(text: $0.description)
            }
        }
        if !isOver, let advice = TimeAdvice(study.spec, secondsPerUnit: try reader.secondsPerUnit()) {
            warnings.append(Surroundings.Warning(text: advice.description))
        }
        return warnings + (try study.notices(reader)).map { Surroundings.Warning(text: $0) }
    }
}

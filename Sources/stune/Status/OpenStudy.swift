import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// A study as readers see it, through the snapshot that its controller publishes.
struct OpenStudy {
    /// The study's directory; of an archive, what was unpacked of it.
    let directory: StudyDirectory
    /// The absolute path by which people know the study: of its directory, or of its archive.
    let path: String
    /// Whether it was opened from an archive.
    let isArchive: Bool
    /// The study's settings.
    let spec: StudySpec
    /// The snapshot.
    let snapshot: StoreSnapshot
    /// The cluster that it runs on, and its newest controller's study file, if known.
    let cluster, studyFile: String?

    /// Opens a study.
    ///
    /// - Throws: an exit code of 2, after printing what to do, if there is no study here.
    init(_ path: String) throws {
        let archive = try OpenedArchive.open(path)
        (self.path, isArchive) = (Files.absolute(path), archive != nil)
        directory = archive?.directory ?? StudyDirectory(Files.absolute(path))
        guard try Files.system.exists(directory.snapshot) else {
            let directory = try StudyDirectory.withStore(path)
            throw complaint(
                "the study in '\(directory.path)' has no snapshot yet; its controller makes one within seconds",
                code: 2)
        }
        do throws(StoreError) {
            snapshot = try Store.openSnapshot(directory.snapshot)
            guard let study = try snapshot.read({ try $0.study() }) else {
                throw StoreError.damaged(path: directory.snapshot, why: "it has no study")
            }
            spec = try Store.decoding(directory.snapshot) { try StoreJSON.value(from: study.spec) }
            let notices = try snapshot.read { try $0.notices() }
            cluster = notices.first { $0.topic == Notices.cluster }?.text
            studyFile = notices.first { $0.topic == Notices.studyFile }?.text
        } catch {
            throw complaint(error.description, code: 2)
        }
    }

    /// What people should know, each once: what the controller has recorded, what it waits for now, and why people could
    /// not be told of news.
    func notices(_ reader: StoreReader) throws -> [String] {
        let recorded = try reader.notices().filter { Notices.isForPeople($0.topic) }.map(\.text)
        // The snapshot may be what cannot be written, so troubles are read from their own file.
        let troubles = TroubleNote(directory).lines.filter { !recorded.contains($0) }
        return recorded + troubles + Notifier.trouble(in: directory)
    }

    /// The command that resumes the study.
    var resumption: String {
        Resumption.command(
            studyFile: studyFile ?? "STUDY_FILE", directory: path,
            cluster: cluster ?? ClusterChoice.preferred.rawValue)
    }

    /// Which way is better.
    var goal: Objective.Goal { spec.plan.objective.goal }
    /// Whether trials are compared by several metrics.
    var hasSeveralMetrics: Bool { !spec.plan.others.isEmpty }
    /// The objective's name, or that of the first of several.
    var metric: String { spec.plan.objective.metric }

    /// The resource of a rung; `nil` if the ladder has no such rung.
    func resource(of rung: Int) -> Resource? {
        let levels = spec.plan.scheduler.levels
        return rung < levels.count ? levels[rung] : nil
    }

    /// The trial with this number.
    ///
    /// - Throws: an exit code of 2 if there is none.
    func trial(_ number: Int) throws -> StoreReader.TrialRow {
        guard let row = try snapshot.read({ try $0.trial(TrialID(number)) }) else {
            throw complaint("no trial \(number) in this study; 'stune trials' lists all", code: 2)
        }
        return row
    }
}

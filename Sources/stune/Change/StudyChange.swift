import ArgumentParser
import Clusters
import Controller
import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// A study file, or settings, that a study which has begun is to have.
struct StudyChange {
    /// The study as it is.
    let current: StudySpec
    /// The study as it is to be.
    let wanted: StudySpec
    /// The parts that are to change.
    let difference: StudyDifference
    /// The text of the changed file; `nil`: the study's own file stays as it is.
    let text: String?

    /// What a changed study file makes of a study.
    ///
    /// - Throws: an exit code of 2, after every mistake of the file was told.
    init(_ study: OpenStudy, file: String) throws {
        let (parsed, text) = try StudyInput.read(file)
        var given = parsed.spec
        let last = try study.lastFile
        let named = parsed.named.joined(with: try study.directory.namesInStudyFile())
        for sentence in given.keep(from: last, unless: named) { say("note: \(sentence)") }
        self.init(study.spec, from: last, to: given, text: text)
    }

    /// What settings make of a study.
    ///
    /// - Throws: an exit code of 2, after every mistake was told.
    init(_ study: OpenStudy, settings: [Setting]) throws {
        let file = study.directory.studyFile
        let before = try StudyInput.read(file, home: study.studyFile, tellsNotes: false).study.spec
        let after = try StudyInput.read(
            file, changed: settings, home: study.studyFile, tellsNotes: false)
        // A value that the file has already may differ from what was set later.
        var given = study.spec
        let inFile = StudyDifference(from: before, to: after.study.spec)
        let set = StudyDifference(from: study.spec, to: after.study.spec).items.filter { item in
            settings.contains { $0.names(item.path) }
        }
        given.take(Set(inFile.paths + set.map(\.path)), from: after.study.spec)
        self.init(study.spec, from: study.spec, to: given, text: nil)
    }

    /// What the study file of a fork changes in a study that the fork takes over whole. Another name is no change.
    init(forking study: OpenStudy, as parsed: ParsedStudy) throws {
        var renamed = study.spec
        renamed.name = parsed.spec.name
        var given = parsed.spec
        let named = parsed.named.joined(with: try study.directory.namesInStudyFile())
        for sentence in given.keep(from: renamed, unless: named) { say("note: \(sentence)") }
        self.init(renamed, from: renamed, to: given, text: nil)
    }

    private init(_ current: StudySpec, from last: StudySpec, to given: StudySpec, text: String?) {
        let asked = StudyDifference(from: last, to: given)
        var wanted = current
        wanted.take(Set(asked.paths), from: given)
        (self.current, self.wanted, self.text) = (current, wanted, text)
        difference = asked.hasUnknown ? asked : StudyDifference(from: current, to: wanted)
    }

    /// Why the change cannot be made, by all that the study's snapshot shows; none: it can.
    func refusals(_ study: OpenStudy) throws -> [String] {
        let refusals = difference.refusals(try study.moment())
        if !refusals.isEmpty || difference.isEmpty { return refusals }
        let fold = try study.snapshot.read { reader in
            var fold = Study()
            try reader.forEachFact { _ = fold.apply($0) }
            return fold
        }
        let plan = fold.plan ?? current.plan
        let change = StudyDifference.change(of: plan, to: wanted, difference.fields)
        return fold.objection(to: Wish(id: "", .changed(change))).map { [$0] } ?? []
    }

    /// What is asked of the controller.
    func request() throws -> Request.Kind {
        .change(
            Request.FileChange(
                paths: difference.paths, spec: try StoreJSON.text(wanted), text: text))
    }
}

extension OpenStudy {
    /// What the study file said when the study was run last.
    var lastFile: StudySpec {
        get throws {
            let text = try snapshot.read { try $0.notice(Notices.fileSpec) }
            return try text.map { try StoreJSON.value(from: $0) } ?? spec
        }
    }

    /// When a change would come.
    func moment() throws -> StudyField.Moment {
        if try snapshot.read({ try $0.outcome() }) != nil { return .over }
        if case .running = try Lease.presence(of: directory) { return .running }
        return .atRest
    }
}

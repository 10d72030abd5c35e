import Curves
import Spool
import Store
import StudyFile
import Tuning

/// Another study, whose results a study begins with.
struct PriorStudy {
    /// Its directory, as the user names it.
    let name: String
    private let snapshot: StoreSnapshot
    private let old: StudySpec

    /// Opens the snapshot of a study.
    ///
    /// - Throws: `PriorSources.Unusable` if there is none.
    init(_ name: String, snapshot path: String) throws {
        self.name = name
        guard try Files.system.exists(path) else {
            throw PriorSources.Unusable(
                "'\(shown(name))' is a directory without a study in it; name one that 'stune run' made, or a CSV table"
            )
        }
        do throws(StoreError) {
            snapshot = try Store.openSnapshot(path)
            guard let study = try snapshot.read({ try $0.study() }) else {
                throw StoreError.damaged(path: path, why: "it has no study")
            }
            old = try Store.decoding(path) { try StoreJSON.value(from: study.spec) }
        } catch {
            throw PriorSources.Unusable("\(error)")
        }
    }

    /// What it has found, as a study with this plan sees it.
    ///
    /// - Throws: `PriorSources.Unusable` if it has another metric that was not reported all along, or nothing that can
    ///   be used.
    func findings(for plan: Plan) throws -> PriorFindings {
        let metrics = plan.objectives.map(\.metric)
        let found: FoundTrials
        do throws(StoreError) {
            found = try snapshot.read { try $0.found(metrics) }
        } catch {
            throw PriorSources.Unusable("\(error)")
        }
        try checkMetrics(metrics, found)
        var placement = PriorPlacement(plan)
        for trial in found.trials {
            let row = "trial \(trial.trial)"
            if trial.results.isEmpty {
                placement.reject(row, "it has no result")
                continue
            }
            placement.place(row, trial.results) { parameter in
                trial.configuration[parameter.name].map(PriorPlacement.Given.value) ?? .missing
            }
        }
        return try placement.findings(of: name, notes: notes(plan)).checked()
    }

    private func checkMetrics(_ metrics: [String], _ found: FoundTrials) throws {
        let lines = metrics.compactMap { metric -> String? in
            guard let lacking = found.lacking[metric] else { return nil }
            let own = old.plan.objectives.map { "'\(shown($0.metric))'" }.joined(separator: ", ")
            return
                "'\(shown(name))' was compared by \(own), and \(lacking) of its \(found.reports) reports have no "
                + "'\(shown(metric))'; a study can only begin with its results if each report has the metric"
        }
        if !lines.isEmpty { throw PriorSources.Unusable(lines: lines) }
    }

    /// Which of its parameters are lost.
    private func notes(_ plan: Plan) -> [String] {
        let known = Set(plan.space.parameters.map(\.name))
        let lost = old.plan.space.parameters.map(\.name).filter { !known.contains($0) }
        guard !lost.isEmpty else { return [] }
        let words = lost.map { "'\(shown($0))'" }.joined(separator: ", ")
        return [
            "the values of \(words) in '\(shown(name))' are not used: the new study has no such parameter"
        ]
    }
}

package import Store
package import StudyFile
package import Tuning

/// Everything that a page shows of a study, as one JSON document. `docs/report.md` describes it.
package struct StudyReport {
    /// The version of the document; a field may be added without a new one.
    package static let version = 1

    let reader: StoreReader
    let spec: StudySpec
    let surroundings: Surroundings
    let created: Double
    let trials: [StoreReader.TrialRow]
    let results: [StoreReader.ResultRow]
    let spans: [StoreReader.SpanRow]
    let spending: Spending
    /// Until when the study has lasted, in seconds since 1970: its end, or the present.
    let end: Double
    let ended: Double?

    /// A report of one state of a study.
    package init(_ reader: StoreReader, _ spec: StudySpec, _ surroundings: Surroundings) throws {
        self.reader = reader
        self.spec = spec
        self.surroundings = surroundings
        created = try reader.study()?.created ?? surroundings.now
        trials = try reader.trials()
        results = try reader.results()
        spans = try reader.spans()
        ended = try reader.outcomeTime()
        end = ended ?? surroundings.now
        spending = Spending(spans, now: end)
    }

    /// The trials that a file tells everything of: all, or the best, some that failed and the newest.
    package var detailed: [TrialID] {
        let most = ReportLimits.details
        if trials.count <= most { return trials.map(\.trial) }
        let best = ranked.prefix(most / 2)
        let failed = trials.filter { $0.state == "failed" }.suffix(most / 4).map(\.trial)
        let newest = trials.suffix(most / 4).map(\.trial)
        return Set(best + failed + newest).sorted()
    }

    /// The trials with a finite last result, the furthest first, and of equally far ones the best.
    var ranked: [TrialID] {
        trials.filter { $0.value != nil }.sorted { $0.isBetter(than: $1, spec.plan.objective.goal) }
            .map(\.trial)
    }

    /// The document.
    ///
    /// - Parameter detail: all that there is to tell of a trial, as JSON; asked for the trials of `detailed`. `nil`: the page
    ///   asks for it when it is wanted.
    package func json(detail: ((TrialID) throws -> [UInt8])? = nil) throws -> [UInt8] {
        var fields = JSONFields()
        try fields.object { fields in
            writeStudy(&fields)
            try writeState(&fields)
            writeSpace(&fields)
            try writeRungs(&fields)
            try writeTrials(&fields)
            try writeCurves(&fields)
            try writeProgress(&fields)
            try writeTimeline(&fields)
            writeEnds(&fields)
            try writeImportances(&fields)
            try writePareto(&fields)
            fields.key("details")
            try fields.object { fields in
                guard let detail else { return }
                for trial in detailed {
                    fields.key(trial.description)
                    fields.json(try detail(trial))
                }
            }
        }
        return fields.bytes
    }

    private func writeStudy(_ fields: inout JSONFields) {
        fields.key("document")
        fields.number(StudyReport.version)
        fields.key("release")
        fields.text(surroundings.release)
        fields.key("made")
        fields.time(surroundings.now)
        fields.key("live")
        fields.truth(surroundings.isLive)
        fields.key("studies")
        fields.array(surroundings.studies) { $0.text($1) }
        fields.key("place")
        fields.number(surroundings.place)
        fields.key("name")
        fields.text(spec.name)
        fields.key("directory")
        fields.text(surroundings.directory)
        fields.key("created")
        fields.time(created)
        fields.key("planned")
        fields.number(spec.plan.trials)
        fields.key("hasParents")
        fields.truth(spec.plan.scheduler.hasChildren)
    }

    private func writeState(_ fields: inout JSONFields) throws {
        fields.key("state")
        fields.text(try stateWord())
        fields.key("outcome")
        fields.text(surroundings.outcome)
        fields.key("ended")
        fields.time(ended)
        fields.key("snapshot")
        fields.time(surroundings.snapshotTime)
        fields.key("counts")
        let counts = try reader.trialCounts()
        fields.object { fields in
            for state in StoreReader.TrialRow.states {
                guard let count = counts[state] else { continue }
                fields.key(state)
                fields.number(count)
            }
        }
        fields.key("best")
        try writeBest(&fields)
        let seconds = spending.seconds(until: end)
        fields.key("spent")
        fields.object { fields in
            fields.key("wallSeconds")
            fields.time(max(0, end - created))
            fields.key("taskSeconds")
            fields.time(seconds)
            fields.key("nodeHours")
            fields.number(nodeHours(seconds))
            fields.key("cpuHours")
            fields.number(spec.batch.cpuCount.map { seconds / 3_600 * Double($0) })
        }
        fields.key("checkpoints")
        try fields.object { fields in
            fields.key("bytes")
            fields.number(try reader.keptBytes())
            fields.key("quota")
            fields.number(spec.plan.quota)
        }
        fields.key("warnings")
        fields.array(surroundings.warnings) { fields, warning in
            fields.object { fields in
                fields.key("text")
                fields.text(warning.text)
                fields.key("command")
                fields.text(warning.command)
            }
        }
        fields.key("facts")
        fields.array(surroundings.facts) { $0.text($1) }
        fields.key("controller")
        if let controller = surroundings.controller { fields.json(controller) } else { fields.null() }
    }

    private func stateWord() throws -> String {
        try reader.outcome()?.state ?? "unfinished"
    }

    /// The best trial; none where trials are compared by several metrics.
    private func writeBest(_ fields: inout JSONFields) throws {
        guard spec.plan.others.isEmpty, let best = try reader.best(spec.plan.objective.goal) else {
            return fields.null()
        }
        fields.object { fields in
            fields.key("trial")
            fields.number(best.trial.number)
            fields.key("value")
            fields.number(best.value)
            fields.key("resource")
            fields.number(best.resource?.units)
            if let violation = best.violation {
                fields.key("violation")
                fields.number(violation)
            }
        }
    }

    /// The hours of nodes in the seconds of tasks.
    func nodeHours(_ taskSeconds: Double) -> Double {
        taskSeconds / 3_600 * Double(spec.batch.minNodes ?? 1)
    }
}

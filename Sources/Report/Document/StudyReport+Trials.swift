import Store
import StudyFile
import Tuning

/// The ladder, the trials, and who was best.
extension StudyReport {
    func writeRungs(_ fields: inout JSONFields) throws {
        let levels = spec.plan.scheduler.levels
        fields.key("rungs")
        fields.array(try reader.ladder(spec.plan.objective.goal)) { fields, rung in
            fields.object { fields in
                fields.key("rung")
                fields.number(rung.rung)
                fields.key("resource")
                fields.number(rung.rung < levels.count ? levels[rung.rung].units : nil)
                fields.key("running")
                fields.number(rung.running)
                fields.key("results")
                fields.number(rung.results)
                fields.key("promoted")
                fields.number(rung.promoted)
                fields.key("best")
                fields.number(rung.best)
            }
        }
    }

    /// The trials, column by column: a study may have very many.
    func writeTrials(_ fields: inout JSONFields) throws {
        let runs = try reader.trialRuns()
        fields.key("trials")
        try fields.object { fields in
            fields.key("trial")
            fields.array(trials) { $0.number($1.trial.number) }
            fields.key("states")
            fields.array(StoreReader.TrialRow.states) { $0.text($1) }
            fields.key("state")
            let states = Dictionary(
                uniqueKeysWithValues: StoreReader.TrialRow.states.enumerated().map { ($1, $0) })
            fields.array(trials) { $0.number(states[$1.state]) }
            fields.key("rung")
            fields.array(trials) { $0.number($1.rung) }
            fields.key("resource")
            fields.array(trials) { $0.number($1.resource?.units) }
            fields.key("value")
            fields.array(trials) { $0.number($1.value) }
            if !spec.plan.bounds.isEmpty {
                fields.key("violation")
                fields.array(trials) { $0.number($1.violation) }
            }
            fields.key("seconds")
            fields.array(trials) { $0.time(runs[$1.trial]?.seconds) }
            fields.key("attempts")
            fields.array(trials) { $0.number(runs[$1.trial]?.attempts ?? 0) }
            if spec.plan.scheduler.hasChildren {
                fields.key("parent")
                fields.array(trials) { $0.number($1.parent?.number) }
            }
            fields.key("parameters")
            fields.array(spec.plan.space.parameters) { fields, parameter in
                writeColumn(&fields, parameter)
            }
            fields.key("metrics")
            try writeMetrics(&fields)
        }
    }

    /// The values of a parameter: numbers, or places in its list of values; `null` where it is not active.
    private func writeColumn(_ fields: inout JSONFields, _ parameter: Parameter) {
        let values = values(of: parameter)
        let places = Dictionary(values.enumerated().map { ($1, $0) }) { first, _ in first }
        let isNumber = ParameterAxis(parameter.domain).kind == "number"
        fields.array(trials) { fields, row in
            guard let value = row.configuration[parameter.name] else { return fields.null() }
            if isNumber { fields.number(value.number) } else { fields.number(places[value]) }
        }
    }

    /// The metrics of the last results; the objective alone is in the column `value`.
    private func writeMetrics(_ fields: inout JSONFields) throws {
        let last = try reader.metricsOfLastResults()
        let judged = spec.plan.criteria.metrics
        let names = Set(last.values.flatMap(\.keys)).subtracting(judged).sorted()
        let further = judged.dropFirst() + names.prefix(ReportLimits.metrics)
        fields.object { fields in
            for name in further {
                fields.key(name)
                fields.array(trials) { $0.number(last[$1.trial]?[name]) }
            }
        }
    }

    /// Of each rung, whenever its best result became better: when, after how many hours of nodes, and which trial. Results
    /// that break bounds do not count.
    func writeProgress(_ fields: inout JSONFields) throws {
        let times = try reader.logTimes()
        let sign = spec.plan.objective.goal == .minimize ? 1.0 : -1.0
        var best: [Int: Double] = [:]
        var steps: [Int: [(report: StoreReader.TargetReport, time: Double)]] = [:]
        let broken = Set(results.filter(\.breaksBounds).map { TrialInRung(trial: $0.trial, rung: $0.rung) })
        for report in try reader.targetReports() {
            if broken.contains(TrialInRung(trial: report.trial, rung: report.rung)) { continue }
            if let old = best[report.rung], old <= sign * report.value { continue }
            best[report.rung] = sign * report.value
            guard let time = times.time(of: report.event) else { continue }
            steps[report.rung, default: []].append((report, time))
        }
        fields.key("progress")
        fields.object { fields in
            fields.key("end")
            writePlace(&fields, end)
            fields.key("rungs")
            fields.array(steps.sorted { $0.key < $1.key }) { fields, rung in
                fields.object { fields in
                    fields.key("rung")
                    fields.number(rung.key)
                    fields.key("steps")
                    fields.array(rung.value) { fields, step in
                        fields.array { fields in
                            fields.time(max(0, step.time - created))
                            fields.number(nodeHours(spending.seconds(until: step.time)))
                            fields.number(step.report.value)
                            fields.number(step.report.trial.number)
                        }
                    }
                }
            }
        }
    }

    private func writePlace(_ fields: inout JSONFields, _ time: Double) {
        fields.array { fields in
            fields.time(max(0, time - created))
            fields.number(nodeHours(spending.seconds(until: time)))
        }
    }

    /// The learning curves of the best trials and of some of all others.
    func writeCurves(_ fields: inout JSONFields) throws {
        let most = ReportLimits.curves
        let withResults = ranked
        var shown = Array(withResults.prefix(most * 2 / 3))
        let best = Set(shown)
        let others = trials.map(\.trial).filter { !best.contains($0) }
        shown += Thinning.even(others.count, most: most - shown.count).map { others[$0] }
        var curves: [(trial: TrialID, points: [StoreReader.CurvePoint])] = []
        for trial in shown {
            let points = try reader.curve(of: trial)
            if !points.isEmpty { curves.append((trial, points)) }
        }
        let each = max(8, min(ReportLimits.curvePoints, ReportLimits.allCurvePoints / max(1, curves.count)))
        fields.key("curves")
        fields.object { fields in
            fields.key("of")
            fields.number(trials.count)
            fields.key("series")
            // The best last, so that they are drawn over the others.
            fields.array(curves.reversed()) { fields, curve in
                fields.array { fields in
                    fields.number(curve.trial.number)
                    for point in Thinning.curve(curve.points, most: each) {
                        fields.number(point.resource)
                        fields.drawn(point.value)
                    }
                }
            }
        }
    }
}

/// A result by its place.
private struct TrialInRung: Hashable {
    var trial: TrialID
    var rung: Int
}

import Store
import StudyFile
import Tuning

/// What the results say of the parameters, and which of several metrics cannot be improved together.
extension StudyReport {
    /// The importance of each parameter for the first metric, by the results of each rung that has enough.
    func writeImportances(_ fields: inout JSONFields) throws {
        let configurations = Dictionary(
            trials.map { ($0.trial, $0.configuration) }, uniquingKeysWith: { first, _ in first })
        let sign = spec.plan.objective.goal == .minimize ? 1.0 : -1.0
        var rungs: [Int: (resource: Resource, configurations: [Configuration], losses: [Double])] = [:]
        for result in results {
            guard let value = result.value, let configuration = configurations[result.trial] else {
                continue
            }
            rungs[result.rung, default: (result.resource, [], [])].configurations.append(configuration)
            rungs[result.rung]?.losses.append(sign * value)
        }
        let enough = rungs.filter { $0.value.losses.count >= ReportLimits.resultsForImportances }
        fields.key("importances")
        fields.array(enough.sorted { $0.key < $1.key }) { fields, rung in
            fields.object { fields in
                fields.key("rung")
                fields.number(rung.key)
                fields.key("resource")
                fields.number(rung.value.resource.units)
                fields.key("results")
                fields.number(rung.value.losses.count)
                fields.key("values")
                fields.array(
                    spec.plan.space.importances(rung.value.configurations, losses: rung.value.losses)
                ) { $0.number($1) }
            }
        }
    }

    /// The trials that no other dominates, where there are several metrics.
    func writePareto(_ fields: inout JSONFields) throws {
        fields.key("pareto")
        guard !spec.plan.others.isEmpty else { return fields.null() }
        fields.array(try reader.paretoSet(spec.plan)) { fields, member in
            fields.object { fields in
                fields.key("trial")
                fields.number(member.row.trial.number)
                fields.key("resource")
                fields.number(member.row.resource?.units)
                fields.key("values")
                fields.array(spec.plan.objectives) { $0.number(member.metrics[$1.metric]) }
            }
        }
    }
}

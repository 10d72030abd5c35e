import Tuning

/// Reads `scheduler`.
enum SchedulerReader {
    private static let sections = [Section.asha, Section.noScheduler]

    /// The scheduler; `nil` when it has mistakes.
    static func read(_ cursor: Cursor) -> SchedulerPlan? {
        guard case .mapping(let entries) = cursor.value.content else {
            cursor.mistake(
                "\(cursor.written) stands where a mapping is needed",
                fix: "write one such as {type: asha, max_resource: 27}")
            return nil
        }
        guard let section = section(of: entries, cursor) else { return nil }
        let other = { (field: String) -> (String, String)? in
            guard Section.asha.field(field) != nil else { return nil }
            return ("the scheduler \(section.name) has no '\(field)'", "remove it, or use 'type: asha'")
        }
        guard let fields = SectionCursor(cursor, as: section, other: other) else { return nil }
        if section.name == Section.asha.name { return asha(fields) }
        return whole("max_resource", fields).map { .none(maxResource: Resource($0)) }
    }

    private static func section(of entries: [YAMLValue.Entry], _ cursor: Cursor) -> Section? {
        guard let entry = entries.first(where: { $0.key == "type" }) else { return .asha }
        let type = Cursor(value: entry.value, path: "\(cursor.path).type", findings: cursor.findings)
        let name = type.word(sections.map(\.name))
        return sections.first { $0.name == name }
    }

    private static func asha(_ fields: SectionCursor) -> SchedulerPlan? {
        let min = whole("min_resource", fields, default: Defaults.minResource)
        let max = whole("max_resource", fields)
        let factor = whole("reduction_factor", fields, default: Defaults.reductionFactor)
        let rate = whole("early_stopping_rate", fields, default: Defaults.earlyStoppingRate)
        if let min, let max, min > max { tooSmall(min, max, fields) }
        guard let min, let max, let factor, let rate, min <= max else { return nil }
        let plan = ASHAPlan(
            minResource: Resource(min), maxResource: Resource(max), reductionFactor: factor,
            earlyStoppingRate: rate)
        let rungs = plan.rungs
        guard let top = rungs.last else {
            fields["early_stopping_rate"]?.mistake(
                "no rung is left: \(min)·\(factor)^\(rate) is above max_resource \(max)",
                fix: "make early_stopping_rate smaller")
            return nil
        }
        note(rungs, top: top, max: max, fields)
        return .asha(plan)
    }

    private static func tooSmall(_ min: Int, _ max: Int, _ fields: SectionCursor) {
        if let cursor = fields["min_resource"] {
            cursor.mistake(
                "\(min) is above max_resource \(max)", fix: "make min_resource at most max_resource")
        } else {
            fields["max_resource"]?.mistake(
                "\(max) is below min_resource \(min)", fix: "make max_resource at least \(min)")
        }
    }

    private static func note(_ rungs: [Resource], top: Resource, max: Int, _ fields: SectionCursor) {
        guard let cursor = fields["max_resource"] else { return }
        if rungs.count == 1 {
            cursor.note(
                "there is one rung, at \(top): every trial runs to it, and none is stopped before")
        } else if top.units < max {
            let levels = rungs.map(\.description).joined(separator: ", ")
            cursor.note(
                "the rungs are \(levels): no trial gets more than \(top) of max_resource \(max)")
        }
    }

    private static func whole(_ name: String, _ fields: SectionCursor, default value: Int? = nil) -> Int? {
        guard let cursor = fields[name] else { return value }
        guard let field = Section.asha.field(name), case .whole(let range) = field.kind else { return nil }
        return cursor.whole(range)
    }
}

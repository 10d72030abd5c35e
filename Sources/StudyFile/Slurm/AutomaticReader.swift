/// Reads `time: auto` and `mem: auto` of `slurm`, and the same with settings: `{auto: {first: …, margin: …, max: …}}`.
enum AutomaticReader {
    /// The options that stune can choose.
    static let names = ["time", "mem"]

    /// Whether a value leaves the choice to stune.
    static func isAutomatic(_ value: YAMLValue) -> Bool {
        switch value.content {
        case .mapping(let entries): entries.contains { $0.key == "auto" }
        case .scalar(let scalar): scalar.text == "auto"
        case .list: false
        }
    }

    /// How the time limit is chosen; `nil` when there is a mistake.
    static func time(_ cursor: Cursor) -> AutomaticOptions.Time? {
        let rule = rule(cursor, .autoTime, ("\"01:00:00\"", "\"1-00:00:00\""), Defaults.autoMinutes) {
            (text) throws(SlurmForms.Refusal) in Int(try SlurmForms.minutes(text))
        }
        return rule.map {
            AutomaticOptions.Time(firstMinutes: $0.first, margin: $0.margin, mostMinutes: $0.most)
        }
    }

    /// How the memory of each node is chosen; `nil` when there is a mistake.
    static func memory(_ cursor: Cursor) -> AutomaticOptions.Memory? {
        let rule = rule(cursor, .autoMemory, ("8G", "64G"), Defaults.autoMebibytes) {
            (text) throws(SlurmForms.Refusal) in Int(try SlurmForms.mebibytes(text, zeroIsAll: false))
        }
        return rule.map {
            AutomaticOptions.Memory(firstMebibytes: $0.first, margin: $0.margin, mostMebibytes: $0.most)
        }
    }

    /// The first amount, the margin and the most; `nil` when there is a mistake.
    private static func rule(
        _ cursor: Cursor, _ section: Section, _ examples: (first: String, most: String),
        _ defaults: (first: Int, most: Int), _ read: (String) throws(SlurmForms.Refusal) -> Int
    ) -> (first: Int, margin: Double, most: Int)? {
        guard let fields = settings(cursor, section) else { return nil }
        let first = amount(fields, "first", examples.first, read)
        let most = amount(fields, "max", examples.most, read)
        guard let first, let most, let margin = margin(fields),
            let range = range(first, most, defaults, fields)
        else { return nil }
        return (range.0, margin, range.1)
    }

    /// The settings; an empty section where there are none.
    private static func settings(_ cursor: Cursor, _ section: Section) -> SectionCursor? {
        guard case .mapping(let entries) = cursor.value.content else {
            let empty = YAMLValue(content: .mapping([]), place: cursor.value.place)
            return SectionCursor(
                Cursor(value: empty, path: cursor.path, findings: cursor.findings), as: section)
        }
        for entry in entries where entry.key != "auto" {
            cursor.findings.mistake(
                at: entry.place, "\(cursor.path).\(shown(entry.key))", "'auto' holds for all tasks",
                fix: "write {auto: {…}} alone")
        }
        guard let auto = entries.first(where: { $0.key == "auto" }) else { return nil }
        return SectionCursor(
            Cursor(value: auto.value, path: "\(cursor.path).auto", findings: cursor.findings), as: section)
    }

    /// - Returns: `.some(nil)` where it is left out, `nil` when there is a mistake.
    private static func amount(
        _ fields: SectionCursor, _ name: String, _ example: String,
        _ read: (String) throws(SlurmForms.Refusal) -> Int
    ) -> Int?? {
        guard let cursor = fields[name] else { return .some(nil) }
        guard let text = cursor.text(example: example) else { return nil }
        do throws(SlurmForms.Refusal) {
            return .some(try read(text))
        } catch {
            cursor.mistake(error.problem, fix: error.fix)
            return nil
        }
    }

    private static func margin(_ fields: SectionCursor) -> Double? {
        guard let cursor = fields["margin"] else { return Defaults.autoMargin }
        guard let margin = cursor.number() else { return nil }
        guard StudyFileLimits.autoMargin.contains(margin) else {
            cursor.mistake(
                "\(cursor.written) is not from 1 to \(Int(StudyFileLimits.autoMargin.upperBound))",
                fix: "write how many times the measured amount is to be asked for, such as 1.5")
            return nil
        }
        return margin
    }

    /// The first and the most; where only one is given, the other gives way.
    private static func range(
        _ first: Int?, _ most: Int?, _ defaults: (first: Int, most: Int), _ fields: SectionCursor
    ) -> (Int, Int)? {
        let highest = most ?? max(defaults.most, first ?? 0)
        let lowest = first ?? min(defaults.first, highest)
        guard lowest <= highest else {
            fields["first"]?.mistake("it is more than 'max'", fix: "raise 'max', or ask for less at first")
            return nil
        }
        return (lowest, highest)
    }
}

/// Files of defaults for a study file: each fills in what those before it leave open.
struct SiteDefaults {
    /// Sections that are merged field by field. For other fields, the first file's whole value is used.
    private static let sections = ["slurm", "execution", "checkpoints", "limits", "notify"]

    /// The values that came from the files, by field.
    private(set) var values: [DefaultValue] = []
    private var root: YAMLValue

    /// A study file's root.
    init(_ root: YAMLValue) { self.root = root }

    /// The root with the files' values added, and those values.
    static func filling(
        _ root: YAMLValue, from files: [SiteFile], _ findings: Findings
    ) -> (root: YAMLValue, values: [DefaultValue]) {
        var defaults = SiteDefaults(root)
        for file in files {
            let own = Findings(file: file.path)
            if let lower = file.root(own) { defaults.fill(from: lower, file.path) }
            findings.add(own)
        }
        defaults.dropEmptied()
        return (defaults.root, defaults.values.sorted { $0.field < $1.field })
    }

    /// Fields for which a study file rejects any default, such as `slurm.constraint` by `constraint: null`.
    private var emptied: Set<String> = []

    private mutating func fill(from lower: YAMLValue, _ file: String) {
        guard case .mapping(var entries) = root.content else { return }
        for entry in lower.entries {
            guard let index = entries.firstIndex(where: { $0.key == entry.key }) else {
                entries.append(entry)
                values += DefaultValue.all(of: entry, in: file)
                continue
            }
            guard SiteDefaults.sections.contains(entry.key), case .mapping = entries[index].value.content
            else { continue }
            let (value, added) = filled(entries[index].value, from: entry, file)
            entries[index] = YAMLValue.Entry(
                key: entry.key, place: entries[index].place, value: value)
            values += added
        }
        root = YAMLValue(content: .mapping(entries), place: root.place)
    }

    /// A section with its open fields filled in.
    private mutating func filled(
        _ section: YAMLValue, from lower: YAMLValue.Entry, _ file: String
    ) -> (YAMLValue, [DefaultValue]) {
        let isSlurm = lower.key == "slurm"
        let present = section.entries
        let names = Set(present.map { $0.key.replacing("-", with: "_") })
        var entries = present
        var added: [DefaultValue] = []
        for entry in lower.value.entries {
            let name = entry.key.replacing("-", with: "_")
            let rivals = isSlurm ? SiteOptions.group(of: name) : [name]
            guard rivals.allSatisfy({ !names.contains($0) }) else {
                let index = present.firstIndex { $0.key.replacing("-", with: "_") == name }
                guard let index else { continue }
                let own = present[index]
                if own.value.isNull { emptied.insert("\(lower.key).\(name)") }
                if isSlurm, name == "environment", case .mapping(let variables) = own.value.content {
                    let missing = entry.value.entries.filter { new in
                        !variables.contains { $0.key == new.key }
                    }
                    guard !missing.isEmpty else { continue }
                    entries[index] = YAMLValue.Entry(
                        key: own.key, place: own.place,
                        value: YAMLValue(content: .mapping(variables + missing), place: own.value.place))
                    added += missing.map {
                        DefaultValue(
                            field: "slurm.environment.\($0.key)", value: $0.value.flowText, file: file,
                            line: $0.place.line)
                    }
                }
                continue
            }
            entries.append(entry)
            added.append(
                DefaultValue(
                    field: "\(lower.key).\(name)", value: entry.value.flowText, file: file,
                    line: entry.place.line))
        }
        return (YAMLValue(content: .mapping(entries), place: section.place), added)
    }

    /// Removes fields whose only purpose is to reject a default.
    private mutating func dropEmptied() {
        guard case .mapping(let entries) = root.content, !emptied.isEmpty else { return }
        let kept = entries.map { entry in
            guard case .mapping(let fields) = entry.value.content else { return entry }
            let left = fields.filter {
                !emptied.contains("\(entry.key).\($0.key.replacing("-", with: "_"))")
            }
            return YAMLValue.Entry(
                key: entry.key, place: entry.place,
                value: YAMLValue(content: .mapping(left), place: entry.value.place))
        }
        root = YAMLValue(content: .mapping(kept), place: root.place)
    }
}

extension YAMLValue {
    /// Whether it is empty: `null`, `~` or nothing.
    var isNull: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.meaning == .null
    }
}

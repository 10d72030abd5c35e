/// A mapping whose fields are known. Opening it notes unknown, repeated and missing fields.
struct SectionCursor {
    private var fields: [String: Cursor]
    /// The mapping itself.
    let cursor: Cursor

    /// Opens a mapping as a section; `nil` if it is not a mapping.
    ///
    /// - Parameters:
    ///   - other: a specific message for a field that the section does not have, as (problem, fix).
    init?(
        _ cursor: Cursor, as section: Section, other: (String) -> (String, String)? = { _ in nil }
    ) {
        let known = section.fields.map(\.name)
        guard let entries = cursor.names(example: "{\(known[0]): …}") else { return nil }
        var fields: [String: Cursor] = [:]
        var canonical: [String: TextPosition] = [:]
        var meant: Set<String> = []
        for entry in entries {
            let name = section.name == Section.slurm.name ? Self.underscored(entry.name) : entry.name
            if section.field(name) == nil {
                let (problem, fix) =
                    other(name) ?? ("unknown field", NearestName.proposal(for: name, among: known))
                if let nearest = NearestName.of(name, among: known) { meant.insert(nearest) }
                cursor.findings.mistake(at: entry.place, entry.cursor.path, problem, fix: fix)
            } else if let earlier = canonical[name] {
                cursor.findings.mistake(
                    at: entry.place, entry.cursor.path,
                    "duplicate: the same field is already in \(earlier)", fix: "remove one of them")
            } else {
                canonical[name] = entry.place
                fields[name] = entry.cursor
            }
        }
        self.cursor = cursor
        self.fields = fields
        // A field that an unknown one was probably meant to be is not reported as missing, too.
        for field in section.fields where fields[field.name] == nil {
            guard field.isRequired || field.alternative.map({ fields[$0] == nil }) == true else { continue }
            if !meant.contains(field.name) { missing(field) }
        }
    }

    /// The field of this name, if the file has it.
    subscript(name: String) -> Cursor? { fields[name] }

    /// The fields that the file has but these, by name.
    func entries(besides names: Set<String>) -> [(name: String, cursor: Cursor)] {
        fields.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The same without these fields.
    func without(_ names: Set<String>) -> SectionCursor {
        var other = self
        other.fields = fields.filter { !names.contains($0.key) }
        return other
    }

    /// The path of a field, whether the file has it or not.
    func path(_ name: String) -> String { cursor.path.isEmpty ? name : "\(cursor.path).\(name)" }

    private func missing(_ field: Field) {
        cursor.findings.mistake(
            at: cursor.value.place, path(field.name), "required field is missing",
            fix: "add \(Self.example(field))")
    }

    private static func example(_ field: Field) -> String {
        switch (field.name, field.kind) {
        case ("metric", _): "'metric: {name: val_loss, goal: minimize}'"
        case ("parameters", _):
            "'parameters:' with one line for each, such as 'lr: {type: float, min: 0, max: 1}'"
        case ("scheduler", _): "'scheduler: {type: asha, max_resource: 27}'"
        case ("command", _): "'command: [python3, train.py, --lr, \"{lr}\"]'"
        case ("trials", _): "'trials: 64'"
        case ("min", _): "'min: 0'"
        case ("max", _): "'max: 1'"
        case ("values", _): "'values: [a, b]'"
        case ("max_resource", _): "'max_resource: 27', the most epochs or steps of a trial"
        case (let name, .word(let words)): listed(words.map { "'\(name): \($0)'" })
        case (let name, _): "'\(name): …'"
        }
    }

    private static func underscored(_ name: String) -> String {
        String(name.map { $0 == "-" ? "_" : $0 })
    }
}

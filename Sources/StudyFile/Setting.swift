/// One setting of a study file with another value, such as `scheduler.type=none`.
package struct Setting: Hashable, Sendable, CustomStringConvertible {
    /// The names that lead to the field, such as `scheduler` and `type`.
    let path: [String]
    /// The value as YAML.
    let value: String

    /// Why a text is not a setting, as a sentence.
    package struct Invalid: Error, Hashable {
        /// The sentence.
        package var why: String
    }

    /// Reads `scheduler.type=none`.
    package init(_ text: String) throws(Invalid) {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw Invalid(why: "'\(shown(text))' is not a setting; write one such as scheduler.type=none")
        }
        path = text[..<sign].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        value = String(text[text.index(after: sign)...])
        guard path.allSatisfy({ !$0.isEmpty }), !value.isEmpty else {
            throw Invalid(
                why: "'\(shown(text))' names no field or no value; write one such as scheduler.type=none")
        }
    }

    /// Reads settings separated by commas. A comma belongs to the value unless another setting follows.
    package static func list(_ text: String) throws(Invalid) -> [Setting] {
        var items: [String] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = piece.prefix { $0 != "=" }
            let isSetting =
                name.count < piece.count
                && name.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
            if isSetting || items.isEmpty {
                items.append(String(piece))
            } else {
                items[items.count - 1] += ",\(piece)"
            }
        }
        return try items.map { (item) throws(Invalid) in try Setting(item) }
    }

    /// The study's field that it changes, such as `parallel` or `scheduler`.
    package var field: String { path[0] }

    /// Whether it sets what is at a path of the study file, such as `slurm.time`, or something above it or below.
    package func names(_ other: String) -> Bool {
        let own = path.joined(separator: ".").replacing("-", with: "_")
        return own == other || other.hasPrefix("\(own).") || own.hasPrefix("\(other).")
    }

    /// As written.
    package var description: String { "\(path.joined(separator: "."))=\(value)" }

    /// The study with the setting changed.
    func applied(to root: YAMLValue, _ findings: Findings) -> YAMLValue? {
        guard let new = Document.read(value, findings) else { return nil }
        return replaced(path[...], in: root, by: new)
    }

    private func replaced(_ path: ArraySlice<String>, in value: YAMLValue, by new: YAMLValue) -> YAMLValue {
        guard let name = path.first else { return YAMLValue(content: new.content, place: value.place) }
        var entries: [YAMLValue.Entry] = []
        if case .mapping(let present) = value.content { entries = present }
        let empty = YAMLValue(content: .mapping([]), place: value.place)
        let index = entries.firstIndex { $0.key == name }
        let old = index.map { entries[$0] }
        let entry = YAMLValue.Entry(
            key: name, place: old?.place ?? value.place,
            value: replaced(path.dropFirst(), in: old?.value ?? empty, by: new))
        if let index { entries[index] = entry } else { entries.append(entry) }
        if path.count == 1, name == "type" { entries = fitting(entries, type: new) }
        return YAMLValue(content: .mapping(entries), place: value.place)
    }

    /// Removes fields that belong only to another type of the section, so that `scheduler.type=none` works without
    /// removing the reduction factor.
    private func fitting(_ entries: [YAMLValue.Entry], type: YAMLValue) -> [YAMLValue.Entry] {
        guard path.count == 2, case .section(let sections)? = Section.study.field(path[0])?.kind,
            case .scalar(let word) = type.content,
            let section = sections.first(where: { $0.name == word.text })
        else { return entries }
        let others = sections.flatMap { $0.fields.map(\.name) }
        return entries.filter { section.field($0.key) != nil || !others.contains($0.key) }
    }
}

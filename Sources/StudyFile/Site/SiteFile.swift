/// A file of defaults, of a site or a user. It has some of the fields of a study file, which overrides it.
package struct SiteFile: Hashable, Sendable {
    /// Its path, for messages.
    package let path: String
    /// Its content.
    package let bytes: [UInt8]

    /// A file that was read; one byte more than `StudyFileLimits.siteBytes` is enough.
    package init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

    /// The mistakes of the file by itself; empty if it can be used.
    package var mistakes: [Mistake] {
        let findings = Findings(file: path)
        _ = root(findings)
        return findings.hasMistakes ? findings.invalid.mistakes : []
    }

    /// The values of the file by path, such as `slurm.partition`; empty if it cannot be read.
    package var values: [DefaultValue] {
        guard let root = root(Findings(file: path)) else { return [] }
        return root.entries.flatMap { DefaultValue.all(of: $0, in: path) }
    }

    /// The file's mapping, checked; `nil` if it is empty or has mistakes, which the findings describe.
    func root(_ findings: Findings) -> YAMLValue? {
        guard bytes.count <= StudyFileLimits.siteBytes, let text = String(validating: bytes, as: UTF8.self)
        else {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "",
                "it is not UTF-8, or has more than \(StudyFileLimits.siteBytes) bytes",
                fix: "write defaults such as 'slurm: {account: physics}'")
            return nil
        }
        guard !SiteFile.isEmpty(text), let root = Document.read(text, findings) else { return nil }
        let located = root.located(in: path)
        let cursor = Cursor(value: located, path: "", findings: findings)
        guard let fields = SectionCursor(cursor, as: .site, other: SiteFields.reason) else { return nil }
        SiteFields.check(fields)
        StudyReader.checkDefaults(fields)
        return findings.hasMistakes ? nil : located
    }

    /// Whether it has only comments.
    private static func isEmpty(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let content = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
            return content.isEmpty || content.hasPrefix("#") || content == "---"
        }
    }
}

/// A value of a study that comes from a file of defaults.
package struct DefaultValue: Hashable, Sendable, CustomStringConvertible {
    /// The field, such as `slurm.partition`.
    package let field: String
    /// The value on one line, as YAML.
    package let value: String
    /// The file.
    package let file: String
    /// The line in the file, from 1.
    package let line: Int

    /// Such as `slurm.partition: gpu, from /etc/stune/site.yaml:3`.
    package var description: String { "\(field): \(value), from \(file):\(line)" }

    /// The values of a field: one for each field of a section.
    static func all(of entry: YAMLValue.Entry, in file: String) -> [DefaultValue] {
        guard case .mapping(let entries) = entry.value.content else {
            return [
                DefaultValue(
                    field: entry.key, value: entry.value.flowText, file: file, line: entry.place.line)
            ]
        }
        return entries.map {
            DefaultValue(
                field: "\(entry.key).\($0.key.replacing("-", with: "_"))", value: $0.value.flowText,
                file: file, line: $0.place.line)
        }
    }
}

/// Reads study files. docs/study.md describes the fields.
package enum StudyFile {
    /// What exists at a path that a study file names.
    package enum Found: Sendable {
        /// Nothing.
        case absent
        /// A directory.
        case directory
        /// A file, with its first bytes: one more than `SpoolLimits.templateBytes` are enough.
        case file([UInt8])
        /// Something that cannot be read, with the reason.
        case unreadable(String)
    }

    /// Looks at a path, relative to the study file's directory unless it is absolute.
    package typealias Look = (String) -> Found

    /// A study from the text of its file, with notes on settings that are valid but may not be intended.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: the file's name, for messages.
    ///   - settings: settings that replace the file's.
    ///   - look: looks at the files that the study file names; `nil`: they are not looked at.
    ///   - site: files of defaults, of which each stands above those that follow it.
    /// - Throws: `InvalidStudyFile` with every mistake that could be found.
    package static func read(
        text: String, file: String, changed settings: [Setting] = [],
        look: Look? = nil, site: [SiteFile] = []
    ) throws(InvalidStudyFile) -> ParsedStudy {
        let changes = settings.map(\.description).joined(separator: " ")
        let findings = Findings(file: changes.isEmpty ? file : "\(file) with \(changes)", look: look)
        // A byte order mark is no part of the text; the YAML parser would take it for one.
        let content =
            text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        var root = Document.read(content, findings)
        for setting in settings { root = root.flatMap { setting.applied(to: $0, findings) } }
        let named = root.map { NamedSettings(in: $0) }
        let filled = root.map { SiteDefaults.filling($0, from: site, findings) }
        let study = filled.flatMap { StudyReader.read($0.root, findings) }
        if let named, let filled, let study, !findings.hasMistakes {
            var spec = study.0
            let options = filled.values.map { $0.field.split(separator: ".").map(String.init) }
            spec.batch.defaults.names = Set(
                options.filter { $0.count == 2 && $0[0] == "slurm" }.map { $0[1] })
            return findings.parsed(spec, study.1, named: named, defaults: filled.values)
        }
        if !findings.hasMistakes {
            // Every reader that gives up notes why. If one does not, reject the file all the same.
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "", "the file cannot be used",
                fix: "see docs/study.md")
        }
        throw findings.invalid
    }

    /// A study from the bytes of its file, which may be anything.
    ///
    /// - Parameters:
    ///   - bytes: the file's content; reading one byte more than `StudyFileLimits.fileBytes` is enough.
    ///   - file: the file's name, for messages.
    ///   - settings: settings that replace the file's.
    ///   - look: looks at the files that the study file names; `nil`: they are not looked at.
    ///   - site: files of defaults, of which each stands above those that follow it.
    /// - Throws: `InvalidStudyFile` with every mistake that could be found.
    package static func read(
        bytes: [UInt8], file: String, changed settings: [Setting] = [],
        look: Look? = nil, site: [SiteFile] = []
    ) throws(InvalidStudyFile) -> ParsedStudy {
        if let text = String(validating: bytes, as: UTF8.self) {
            return try read(text: text, file: file, changed: settings, look: look, site: site)
        }
        let findings = Findings(file: file)
        let place = firstInvalid(bytes)
        findings.mistake(
            at: place, "", "the file is not UTF-8", fix: "save it as UTF-8; a study file is a YAML text")
        throw findings.invalid
    }

    /// The position of the first byte that is not UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> TextPosition {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return TextPosition(line: line, column: column)
    }
}

import ArgumentParser
import Doctor
import Foundation
import Spool
import StudyFile

/// Writes defaults into the user's file.
struct DefaultsWriter {
    /// Where files of defaults are.
    let places: SitePlaces

    /// What happened to each field.
    struct Result: Encodable {
        /// One field.
        struct Field: Encodable {
            var field, value, outcome: String
            /// The file's own value, if it differs, and its line.
            var present: String?
            var line: Int?
        }

        /// The file.
        var path: String
        /// The fields.
        var fields: [Field]

        /// The same for people.
        var lines: [String] {
            if fields.isEmpty { return ["there is no default to write"] }
            return fields.map { field in
                switch field.outcome {
                case "added": "wrote \(field.field): \(field.value) into \(path)"
                case "same": "\(field.field): \(field.value) is in \(path) already"
                case "kept":
                    "kept your \(field.field): \(field.present ?? "") (\(path):\(field.line ?? 0)); the advice is \(field.value)"
                default:
                    "could not add \(field.field): \(field.value) to \(path) without changing what you wrote; add it by hand"
                }
            }
        }
    }

    /// Adds defaults to the user's file; creates it if needed.
    ///
    /// - Throws: an exit code of 2, after printing why the file cannot be written.
    func write(_ settings: [(field: String, value: String)]) throws -> Result {
        guard let path = places.user else {
            throw complaint(
                "there is no place for your site.yaml: neither HOME nor XDG_CONFIG_HOME is set", code: 2)
        }
        let present = places.exists(path)
        if let mistake = try places.files().first(where: { $0.path == path })?.mistakes.first {
            throw complaint("\(mistake); nothing was written: correct the file first", code: 2)
        }
        do throws(FileError) {
            let old =
                present ? try Files.system.read(Files.absolute(path), limit: StudyFileLimits.siteBytes) : []
            var text = SiteText(
                present ? String(decoding: old, as: UTF8.self) : DefaultsWriter.header, path: path)
            let day = Date.now.formatted(.iso8601.year().month().day())
            text.add(settings, remark: "stune doctor, \(day)")
            if text.outcomes.contains(where: { $0.outcome == .added }) {
                // Follow links, such as one to a directory of dotfiles.
                let target = Files.absolute(path)
                try Files.system.createDirectory(Files.parent(of: target))
                try Files.system.publish(Array(text.text.utf8), at: target)
            }
            return Result(path: path, fields: text.outcomes.map(DefaultsWriter.field))
        } catch {
            throw complaint("\(error); the defaults were not written", code: 2)
        }
    }

    private static let header = """
        # Defaults for your studies on this site: below the study file (docs/site-defaults.md).
        # 'stune doctor --write' adds lines, and changes none.

        """

    private static func field(_ outcome: (field: String, value: String, outcome: SiteText.Outcome))
        -> Result.Field
    {
        var field = Result.Field(field: outcome.field, value: outcome.value, outcome: "")
        switch outcome.outcome {
        case .added: field.outcome = "added"
        case .same: field.outcome = "same"
        case .kept(let value, let line): (field.outcome, field.present, field.line) = ("kept", value, line)
        case .leftOut: field.outcome = "left out"
        }
        return field
    }
}

/// Checks before the YAML parser reads the text, for content that would make it slow or its messages poor.
enum TextCheck {
    /// Whether the text may be parsed; if not, the findings say why.
    static func passes(_ text: String, _ findings: Findings) -> Bool {
        let bytes = text.utf8.count
        guard bytes <= StudyFileLimits.fileBytes else {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "",
                "the file has \(bytes) bytes, and a study file at most \(StudyFileLimits.fileBytes)",
                fix: "check that this is the study file; long lists of values belong into the training code"
            )
            return false
        }
        return hasOnlyCharactersOfYAML(text, findings) && hasFewAliases(text, findings)
    }

    /// The index of a position in a text; `nil` if the text has no such position.
    static func index(of place: TextPosition, in text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var line = 1
        while line < place.line {
            guard index < scalars.endIndex else { return nil }
            let length = lineBreakLength(scalars, at: index)
            line += length > 0 ? 1 : 0
            index = scalars.index(index, offsetBy: max(length, 1))
        }
        return scalars.index(index, offsetBy: place.column - 1, limitedBy: scalars.endIndex)
    }

    /// Line breaks as libyaml counts them: CR, LF, CR LF, NEL, LS, PS.
    private static func lineBreakLength(_ scalars: String.UnicodeScalarView, at index: String.Index) -> Int
    {
        switch scalars[index] {
        case "\r":
            let next = scalars.index(after: index)
            return next < scalars.endIndex && scalars[next] == "\n" ? 2 : 1
        case "\n", "\u{85}", "\u{2028}", "\u{2029}": return 1
        default: return 0
        }
    }

    private static func hasOnlyCharactersOfYAML(_ text: String, _ findings: Findings) -> Bool {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where previous == "\r": break
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029:
                line += 1
                column = 1
            case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: column += 1
            default:
                findings.mistake(
                    at: TextPosition(line: line, column: column), "",
                    "the character \(shown(String(scalar))) has no place in a text file",
                    fix: "remove it, or write it inside double quotes as an escape")
                return false
            }
            previous = scalar
        }
        return true
    }

    /// Counts possible aliases: `*name` at the start of a word, if `&name` exists, too. It may count too many (inside
    /// quotes), so the limit is generous; it never counts too few.
    private static func hasFewAliases(_ text: String, _ findings: Findings) -> Bool {
        let bytes = Array(text.utf8)
        var anchors: Set<ArraySlice<UInt8>> = []
        var aliases: [ArraySlice<UInt8>] = []
        for index in bytes.indices
        where bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: "*") {
            let name = bytes[(index + 1)...].prefix(while: isNameByte)
            if name.isEmpty { continue }
            if bytes[index] == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.append(name) }
        }
        guard aliases.count(where: anchors.contains) > StudyFileLimits.aliases else { return true }
        findings.mistake(
            at: TextPosition(line: 1, column: 1), "",
            "the file has more than \(StudyFileLimits.aliases) YAML aliases ('*name')",
            fix: "write the values out")
        return false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

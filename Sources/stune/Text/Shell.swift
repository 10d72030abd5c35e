/// Formats commands for a shell.
enum Shell {
    /// A command line that can be pasted.
    static func line(_ arguments: [String]) -> String { arguments.map(quoted).joined(separator: " ") }

    /// An argument in a form that a shell reads back unchanged, in quotes if needed.
    static func quoted(_ argument: String) -> String {
        let isPlain = argument.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-./:=,+@%".utf8.contains(byte)
            }
        }
        if isPlain, !argument.isEmpty { return argument }
        // A control character must not reach a terminal; `$'…'` is how bash, zsh and ksh write one.
        if argument.unicodeScalars.contains(where: \.isHidden) {
            return "$'" + argument.unicodeScalars.map(escaped).joined() + "'"
        }
        return "'" + argument.replacing("'", with: "'\\''") + "'"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "'": return "\\'"
        case "\\": return "\\\\"
        default:
            guard scalar.isHidden else { return String(scalar) }
            return String(scalar).utf8.map { byte in
                "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        }
    }
}

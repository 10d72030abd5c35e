/// Values in YAML.
enum YAMLText {
    /// A string, in quotes if YAML would read it as something else.
    static func value(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isWord = text.first?.isLetter == true && !words.contains(text.lowercased())
        if isPlain, isWord { return text }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

/// Words for numbers that are not finite. Python writes them into JSON, which has no such numbers.
enum BareWords {
    private static let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The line with each of these words put into quotes, except inside strings.
    static func quoted(_ line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var index = 0
        var isInText = false
        while index < line.count {
            let byte = line[index]
            if isInText && byte == backslash && index + 1 < line.count {
                result += line[index...index + 1]
                index += 2
                continue
            }
            if byte == quote { isInText.toggle() }
            if !isInText, let word = words.first(where: { line[index...].starts(with: $0) }) {
                result += [quote] + word + [quote]
                index += word.count
            } else {
                result.append(byte)
                index += 1
            }
        }
        return result
    }
}

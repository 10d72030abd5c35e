package import Tuning

extension JSONWriter {
    /// Writes a configuration as an object of scalars.
    package mutating func write(_ configuration: Configuration) {
        write(configuration.values) { writer, value in writer.write(value) }
    }

    /// Writes a parameter's value as a scalar.
    package mutating func write(_ value: ParameterValue) {
        switch value {
        case .float(let number):
            // As Codable does, so that a value that is read back is written the same way.
            if let whole = Int(exactly: number) { write(whole) } else { write(number) }
        case .int(let number): write(number)
        case .string(let text): write(text)
        case .bool(let isTrue): raw(isTrue ? "true" : "false")
        case .null: raw("null")
        }
    }
}

extension Configuration {
    /// Reads a configuration; `nil`: use Codable.
    package init?(plain text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in try scanner.configuration()
        }
        guard let value else { return nil }
        self = value
    }
}

extension JSONScanner {
    /// Reads a configuration.
    package mutating func configuration() throws(Unfamiliar) -> Configuration {
        Configuration(
            try dictionary { scanner throws(Unfamiliar) in
                switch scanner.next() {
                case UInt8(ascii: "\""): return .string(try scanner.text())
                case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try scanner.boolean())
                case UInt8(ascii: "n"):
                    try scanner.skip("null")
                    return .null
                default:
                    if try scanner.isWhole() { return .int(try scanner.whole()) }
                    let number = try scanner.real()
                    // Codable reads 1.0 as a whole number.
                    guard number != number.rounded() else { throw Unfamiliar() }
                    return .float(number)
                }
            })
    }
}

import Tuning
import Wire

/// Writes JSON with the commas where they belong.
struct JSONFields {
    private var writer = JSONWriter(capacity: 1 << 16)
    /// Whether nothing stands before what comes next, so that it needs no comma.
    private var isFirst = true

    /// What was written.
    var bytes: [UInt8] { writer.bytes }

    /// Writes an object whose fields `body` writes.
    mutating func object(_ body: (inout JSONFields) throws -> Void) rethrows {
        try enclose("{", "}", body)
    }

    /// Writes an array whose elements `body` writes.
    mutating func array(_ body: (inout JSONFields) throws -> Void) rethrows { try enclose("[", "]", body) }

    private mutating func enclose(
        _ opening: StaticString, _ closing: StaticString, _ body: (inout JSONFields) throws -> Void
    ) rethrows {
        separate()
        writer.raw(opening)
        isFirst = true
        try body(&self)
        writer.raw(closing)
        isFirst = false
    }

    /// Writes an array with an element for each value.
    mutating func array<Values: Sequence>(
        _ values: Values, _ body: (inout JSONFields, Values.Element) throws -> Void
    ) rethrows {
        try array { fields in for value in values { try body(&fields, value) } }
    }

    /// Writes the name of a field; its value follows.
    mutating func key(_ name: String) {
        separate()
        writer.write(name)
        writer.raw(":")
        isFirst = true
    }

    /// Writes a text; `null` for none.
    mutating func text(_ value: String?) {
        guard let value else { return null() }
        separate()
        writer.write(value)
    }

    /// Writes a whole number; `null` for none.
    mutating func number(_ value: Int?) {
        guard let value else { return null() }
        separate()
        writer.write(value)
    }

    /// Writes a number in full; `null` for none, and for one that is not finite.
    mutating func number(_ value: Double?) {
        guard let value, value.isFinite else { return null() }
        separate()
        writer.write(value)
    }

    /// Writes a number with the precision of 32 bits, which a picture does not need more of.
    mutating func drawn(_ value: Double?) {
        guard let value, value.isFinite else { return null() }
        let short = Float(value)
        guard short.isFinite, short != 0 || value == 0 else { return number(value) }
        separate()
        writer.write(Double(short.description) ?? value)
    }

    /// Writes a time in seconds, to the millisecond.
    mutating func time(_ seconds: Double?) {
        number(seconds.map { ($0 * 1000).rounded() / 1000 })
    }

    /// Writes a truth value.
    mutating func truth(_ value: Bool) {
        separate()
        if value { writer.raw("true") } else { writer.raw("false") }
    }

    /// Writes nothing's own word.
    mutating func null() {
        separate()
        writer.raw("null")
    }

    /// Writes the value of a parameter.
    mutating func value(_ value: ParameterValue) {
        switch value {
        case .float(let number): self.number(number)
        case .int(let number): self.number(number)
        case .string(let text): self.text(text)
        case .bool(let value): truth(value)
        case .null: null()
        }
    }

    /// Writes JSON that was written before.
    mutating func json(_ bytes: [UInt8]) {
        separate()
        writer.raw(bytes[...])
    }

    private mutating func separate() {
        if !isFirst { writer.raw(",") }
        isFirst = false
    }
}

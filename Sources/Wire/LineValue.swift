package import Tuning

/// A value of a line of the log.
///
/// A line is a JSON array: the name of what happened, then its values by position. Each kind of value is written and read
/// here and nowhere else.
protocol LineValue {
    /// Reads the value at the scanner's place.
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Self

    /// Writes the value.
    func write(to writer: inout JSONWriter)
}

extension JSONWriter {
    /// Writes a name and its values, such as `["reported",[12,0],3]`.
    mutating func line<each Value: LineValue>(_ name: StaticString, _ values: repeat each Value) {
        raw("[\"")
        raw(name)
        raw("\"")
        for value in repeat each values {
            raw(",")
            value.write(to: &self)
        }
        raw("]")
    }

    /// Writes a name without values.
    mutating func name(_ name: StaticString) {
        raw("\"")
        raw(name)
        raw("\"")
    }
}

extension JSONScanner {
    /// Reads the first value of a line.
    mutating func first<Value: LineValue>(_ type: Value.Type = Value.self) throws(Unfamiliar) -> Value {
        try Value.read(&self)
    }

    /// Reads the next value of a line.
    mutating func take<Value: LineValue>(_ type: Value.Type = Value.self) throws(Unfamiliar) -> Value {
        try skip(",")
        return try Value.read(&self)
    }

    /// Reads the next value of a line; `nil` if the line has no more.
    mutating func takeOptional<Value: LineValue>(_ type: Value.Type = Value.self) throws(Unfamiliar)
        -> Value?
    {
        skips(",") ? try Value.read(&self) : nil
    }

    /// Reads a line by its name.
    ///
    /// - Parameter values: reads the values that belong to a name.
    mutating func line<Value>(
        _ values: (inout JSONScanner, Key) throws(Unfamiliar) -> Value
    ) throws(Unfamiliar) -> Value {
        try skip("[")
        let value = try values(&self, key())
        try skip("]")
        return value
    }

    /// Reads a name alone, or followed by its values as in a line.
    mutating func word<Value>(
        _ values: (inout JSONScanner, Key) throws(Unfamiliar) -> Value
    ) throws(Unfamiliar) -> Value {
        next() == UInt8(ascii: "[") ? try line(values) : try values(&self, key())
    }
}

extension Int: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Int { try scanner.whole() }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension UInt32: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> UInt32 {
        guard let number = UInt32(exactly: try scanner.whole()) else { throw Unfamiliar() }
        return number
    }
    func write(to writer: inout JSONWriter) { writer.write(Int(self)) }
}

extension Bool: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Bool { try scanner.boolean() }
    func write(to writer: inout JSONWriter) { writer.raw(self ? "true" : "false") }
}

extension String: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> String { try scanner.text() }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Optional: LineValue where Wrapped: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Wrapped? {
        scanner.skips("null") ? nil : try Wrapped.read(&scanner)
    }
    func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.raw("null") }
    }
}

extension [String: Double]: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> [String: Double] {
        try scanner.reals()
    }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

// MARK: Identities and quantities

extension LineValue where Self: BareNumber {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Self { Self(try scanner.whole()) }
    func write(to writer: inout JSONWriter) { writer.write(number) }
}

extension TrialID: LineValue {}
extension AssignmentID: LineValue {}
extension Resource: LineValue {}

extension AttemptID: LineValue {
    /// `[assignment, epoch]`.
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> AttemptID {
        try scanner.skip("[")
        let attempt = AttemptID(assignment: try scanner.first(), epoch: try scanner.take())
        try scanner.skip("]")
        return attempt
    }
    func write(to writer: inout JSONWriter) {
        writer.raw("[")
        writer.write(assignment.number)
        writer.raw(",")
        writer.write(epoch)
        writer.raw("]")
    }
}

extension CheckpointID: LineValue {
    /// `[assignment, epoch, resource]`.
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> CheckpointID {
        try scanner.skip("[")
        let attempt = AttemptID(assignment: try scanner.first(), epoch: try scanner.take())
        let checkpoint = CheckpointID(attempt: attempt, resource: try scanner.take())
        try scanner.skip("]")
        return checkpoint
    }
    func write(to writer: inout JSONWriter) {
        writer.raw("[")
        writer.write(attempt.assignment.number)
        writer.raw(",")
        writer.write(attempt.epoch)
        writer.raw(",")
        writer.write(resource.units)
        writer.raw("]")
    }
}

extension Configuration: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Configuration {
        try scanner.configuration()
    }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

/// One value of one hyperparameter.
public enum ParameterValue: Hashable, Codable, Sendable, CustomStringConvertible {
    /// A real number, always finite.
    case float(Double)
    /// A whole number.
    case int(Int)
    /// A string, taken literally everywhere.
    case string(String)
    /// A boolean.
    case bool(Bool)
    /// JSON's `null`, Python's `None`. It is a value, unlike that of an inactive parameter.
    case null

    /// Reads a bare JSON scalar. A number without a fraction is an `int`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .float(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    /// Writes a bare JSON scalar. A real number without a fraction is written as a whole number, as it is read, so that
    /// a value that was read is written unchanged.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .float(let value):
            if let whole = Int(exactly: value) {
                try container.encode(whole)
            } else {
                try container.encode(value)
            }
        case .int(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .null: try container.encodeNil()
        }
    }

    /// The text that replaces a placeholder: the shortest decimal that reads back as the same number,
    /// `true`, `false` or `null`, or the string itself.
    public var description: String {
        switch self {
        case .float(let value): String(value)
        case .int(let value): String(value)
        case .string(let value): value
        case .bool(let value): String(value)
        case .null: "null"
        }
    }

    /// Whether both are the same value, as 1 and 1.0 are.
    public func matches(_ other: ParameterValue) -> Bool { self == other }

    /// Whether both are the same value. 1 and 1.0 are, because JSON does not distinguish them: a plan or a decision
    /// that was read back equals the one that was written.
    public static func == (left: ParameterValue, right: ParameterValue) -> Bool {
        switch (left, right) {
        case (.float(let left), .float(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.float(let left), .int(let right)): Int(exactly: left) == right
        case (.int(let left), .float(let right)): left == Int(exactly: right)
        case (.string(let left), .string(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    /// Hashes equal values equally, such as 1 and 1.0.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .float(let value):
            if let whole = Int(exactly: value) { hasher.combine(whole) } else { hasher.combine(value) }
        case .int(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .bool(let value): hasher.combine(value)
        case .null: hasher.combine(Int8.min)
        }
    }
}

/// A value for each active hyperparameter of a trial, by name.
///
/// A parameter whose `when` does not hold is absent.
public struct Configuration: Hashable, Codable, Sendable {
    /// The values by parameter name.
    public var values: [String: ParameterValue]

    /// A configuration of these values.
    public init(_ values: [String: ParameterValue] = [:]) { self.values = values }

    /// Reads a JSON object of scalars.
    public init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: ParameterValue].self)
    }

    /// Writes a JSON object of scalars.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// The value of a parameter; `nil` if it is not active.
    public subscript(name: String) -> ParameterValue? { values[name] }

    /// The values as `stune add` takes them, in the order of the names.
    var words: String { values.map { "\($0)=\($1)" }.sorted().joined(separator: " ") }
}

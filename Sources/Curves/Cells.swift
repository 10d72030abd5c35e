import StudyFile
import Tuning

extension CSV {
    /// Words for a missing value, as common programs write them.
    private static let absent: Set<String> = ["", "na", "n/a", "null", "none", "<na>"]

    /// Whether a cell says that there is no value.
    static func isAbsent(_ text: String) -> Bool { absent.contains(text.lowercased()) }
}

extension Domain {
    /// The value of a cell; `nil` if it is not of this kind.
    func cell(_ text: String) -> ParameterValue? {
        switch self {
        case .float, .normal, .lognormal: Double(text).flatMap { $0.isFinite ? .float($0) : nil }
        case .int: Double(text).flatMap { Int(exactly: $0) }.map { .int($0) }
        case .choice(let values), .ordinal(let values):
            values.first { $0.isWritten(text) } ?? (text.isEmpty ? nil : .string(text))
        case .constant(let value):
            value.isWritten(text) ? value : text.isEmpty ? nil : .string(text)
        }
    }

    /// A description of the values that it allows.
    var words: String {
        switch self {
        case .float(let min, let max, _, let step):
            "a number from \(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .int(let min, let max, _, let step):
            "a whole number from \(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .normal(_, _, let min, let max):
            "a number" + (min.map { " from \($0)" } ?? "") + (max.map { " to \($0)" } ?? "")
        case .lognormal(_, _, let min, let max):
            "a number from \(min ?? 0)" + (max.map { " to \($0)" } ?? "")
        case .constant(let value): shown(value.description)
        case .choice(let values), .ordinal(let values):
            "one of \(values.prefix(12).map { shown($0.description) }.joined(separator: ", "))"
                + (values.count > 12 ? ", …" : "")
        }
    }
}

extension ParameterValue {
    /// Whether a cell is written for this value. Programs write truth values, numbers and null in several ways.
    func isWritten(_ text: String) -> Bool {
        switch self {
        case .string(let value): value == text
        case .bool(let value): text.lowercased() == (value ? "true" : "false")
        case .int(let value): Double(text) == Double(value)
        case .float(let value): Double(text) == value
        case .null: ["", "null", "none"].contains(text.lowercased())
        }
    }
}

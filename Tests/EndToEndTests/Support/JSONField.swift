import Foundation

/// A value in the output of `--json`.
enum JSONField: Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONField])
    case object([String: JSONField])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONField].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONField].self))
        }
    }

    /// The value of a text.
    init(_ text: String) throws {
        self = try JSONDecoder().decode(JSONField.self, from: Data(text.utf8))
    }

    /// The field of an object; `nil` if it has none, or this is not an object.
    subscript(name: String) -> JSONField? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    /// The names of an object's fields.
    var names: [String] { if case .object(let fields) = self { fields.keys.sorted() } else { [] } }
    /// The elements of a list.
    var elements: [JSONField] { if case .list(let elements) = self { elements } else { [] } }
    /// A number.
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// A text.
    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// A truth value.
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}

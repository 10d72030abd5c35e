/// A format in the syntax of squeue's `-o`: `%i`, `%.10M`, `%-8t`, and stune's own fields by name: `%{trial}`,
/// `%.12{metric}`.
struct StatusFormat: Equatable {
    /// A part of a line.
    enum Piece: Equatable {
        /// Literal text.
        case text(String)
        /// A field, cut and padded to a width; 0 for no change.
        case field(StatusField, width: Int, alignRight: Bool)
    }

    /// The parts of a line, in order.
    let pieces: [Piece]

    /// The default format.
    static let standard = "%.14i %.6{trial} %.4{rung} %.8{resource} %.2t %.10M %.12{metric} %R"

    /// Why a text is not a format, as a sentence.
    struct Invalid: Error {
        var why: String
    }

    /// Reads a format.
    init(_ text: String) throws(Invalid) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            if percent > rest.startIndex { pieces.append(.text(String(rest[..<percent]))) }
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                pieces.append(.text("%"))
                rest = rest.dropFirst()
                continue
            }
            let alignRight = rest.first == "."
            if alignRight || rest.first == "-" { rest = rest.dropFirst() }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let width = digits.isEmpty ? 0 : Int(digits), width <= 1_000 else {
                throw Invalid(why: "the width '\(digits)' is not at most 1000")
            }
            let field = try StatusFormat.field(&rest)
            pieces.append(.field(field, width: width, alignRight: alignRight))
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    private static func field(_ rest: inout Substring) throws(Invalid) -> StatusField {
        let name: Substring
        if rest.first == "{" {
            guard let end = rest.firstIndex(of: "}") else { throw Invalid(why: "'%{' has no '}'") }
            name = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            name = rest.prefix(1)
            rest = rest.dropFirst()
        }
        guard
            let field = StatusField.allCases.first(where: {
                $0.rawValue == name || $0.letter.map { $0 == name } == true
            })
        else {
            let known = StatusField.allCases.map { field in
                field.letter.map { "%\($0)" } ?? "%{\(field.rawValue)}"
            }
            throw Invalid(why: "unknown format '%\(name)'; known are \(known.joined(separator: " "))")
        }
        return field
    }

    /// The line of titles.
    var header: String { line { $0.title } }

    /// The line of a row.
    func line(_ row: StatusRow) -> String { line { row[$0] } }

    private func line(_ value: (StatusField) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): return text
            case .field(let field, 0, _): return Table.printable(value(field))
            case .field(let field, let width, let alignRight):
                let cut = String(Table.printable(value(field)).prefix(width))
                return Table.pad(cut, to: width, alignRight ? .right : .left)
            }
        }.joined()
    }
}

/// The fields of a row of `stune status`.
enum StatusField: String, CaseIterable {
    case id, name, state, stateCode, time, limit, nodes, reason, where_, user, partition
    case trial, rung, resource, metric, token

    /// squeue's letter; `nil` if squeue has no such field.
    var letter: String? {
        switch self {
        case .id: "i"
        case .name: "j"
        case .state: "T"
        case .stateCode: "t"
        case .time: "M"
        case .limit: "l"
        case .nodes: "N"
        case .reason: "r"
        case .where_: "R"
        case .user: "u"
        case .partition: "P"
        case .trial, .rung, .resource, .metric, .token: nil
        }
    }

    /// squeue's title.
    var title: String {
        switch self {
        case .id: "JOBID"
        case .name: "NAME"
        case .state: "STATE"
        case .stateCode: "ST"
        case .time: "TIME"
        case .limit: "TIME_LIMIT"
        case .nodes: "NODELIST"
        case .where_: "NODELIST(REASON)"
        case .reason, .user, .partition, .trial, .rung, .resource, .metric, .token: rawValue.uppercased()
        }
    }
}

/// Where a command that cannot be changed shows its metrics: in its output, or in a file that it writes.
package struct ReportSource: Hashable, Codable, Sendable {
    /// The kinds of sources.
    package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
        /// Lines of standard output that match an expression with a group for each metric.
        case stdout
        /// The same for standard error.
        case stderr
        /// A file with a header and columns, in the directory that the command starts in.
        case csv
        /// A file with one JSON object a line, in the same directory.
        case jsonl
    }

    /// The kind.
    package var kind: Kind
    /// The expression, or the path of the file.
    package var text: String
    /// The group, column or field that holds the resource.
    package var resource: String

    /// The default name of that group, column or field.
    package static let usualResource = "resource"

    /// A source from its parts.
    package init(kind: Kind, text: String, resource: String = usualResource) {
        self.kind = kind
        self.text = text
        self.resource = resource
    }
}

/// Reads reports from the lines of a source: a state machine without a file.
package struct ReportReader: Sendable {
    /// What a line says.
    package enum Reading: Hashable, Sendable {
        /// Not a report.
        case nothing
        /// Metrics at a resource. Values that are not finite are words: `nan`, `inf` or `-inf`.
        case report(resource: Int, metrics: [String: Double], nonFinite: [String: String])
        /// A report that cannot be used; the sentence says why.
        case unusable(String)
    }

    private let source: ReportSource
    /// The metrics that every report must have.
    private let wanted: [String]
    private let pattern: LinePattern?
    /// The columns of a CSV file, after its header was read.
    private var columns: [String]?
    private var separator: Separator = .comma
    private var headerIsBad = false

    /// A reader at the beginning of a source.
    ///
    /// - Parameter metrics: those that every report must have.
    /// - Throws: what is wrong with the source's expression.
    package init(_ source: ReportSource, metrics: [String]) throws(LinePattern.Invalid) {
        self.source = source
        wanted = metrics
        switch source.kind {
        case .stdout, .stderr: pattern = try LinePattern(source.text)
        case .csv, .jsonl: pattern = nil
        }
    }

    /// Treats the next line as the first of its file, because the file was rewritten.
    package mutating func restart() { (columns, headerIsBad) = (nil, false) }

    /// Reads a line, without its end.
    package mutating func read(_ line: [UInt8]) -> Reading {
        let line = line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : line
        switch source.kind {
        case .stdout, .stderr:
            return match(line.count > Self.lineBytes ? Array(line.prefix(Self.lineBytes)) : line)
        case .csv: return cells(String(decoding: line, as: UTF8.self))
        case .jsonl: return object(line)
        }
    }

    /// The greatest length in bytes of a line that is matched; longer lines are not meant for people.
    private static let lineBytes = 16 << 10

    // MARK: Expressions

    private func match(_ line: [UInt8]) -> Reading {
        guard let groups = pattern?.groups(in: line) else { return .nothing }
        var values: [(String, String)] = []
        for (name, text) in groups.sorted(by: { $0.key < $1.key }) where name != source.resource {
            values.append((name, text))
        }
        guard let resource = groups[source.resource] else {
            return .unusable("the group '\(source.resource)' has matched nothing")
        }
        return report(resource, values, isStrict: true)
    }

    // MARK: CSV

    private enum Separator: Hashable { case comma, semicolon, tab, spaces }

    private mutating func cells(_ line: String) -> Reading {
        guard line.contains(where: { !$0.isWhitespace }) else { return .nothing }
        guard let columns else { return header(line) }
        guard !headerIsBad else { return .nothing }
        let cells = ReportReader.split(line, separator)
        // Programs that append to a file write its header again.
        if cells == columns || ReportReader.names(line, separator) == columns { return .nothing }
        guard cells.count == columns.count else {
            return .unusable("it has \(cells.count) cells, and the header \(columns.count)")
        }
        var (resource, values): (String?, [(String, String)]) = (nil, [])
        for (name, cell) in zip(columns, cells) {
            if name == source.resource { resource = cell } else { values.append((name, cell)) }
        }
        return report(resource ?? "", values, isStrict: false)
    }

    private mutating func header(_ line: String) -> Reading {
        separator =
            line.contains(",")
            ? .comma : line.contains(";") ? .semicolon : line.contains("\t") ? .tab : .spaces
        let names = ReportReader.names(line, separator)
        columns = names
        guard names.contains(source.resource) else {
            headerIsBad = true
            return .unusable(
                "the header has no column '\(source.resource)'; it has: \(names.joined(separator: ", "))")
        }
        return .nothing
    }

    /// The column names of a header, which may begin with `#`.
    private static func names(_ line: String, _ separator: Separator) -> [String] {
        split(String(line.drop { $0 == "#" || $0 == " " || $0 == "\u{FEFF}" }), separator)
    }

    /// The cells of a line. Quotes protect a separator; `""` within quotes is a quote.
    private static func split(_ line: String, _ separator: Separator) -> [String] {
        func separates(_ character: Character) -> Bool {
            switch separator {
            case .comma: character == ","
            case .semicolon: character == ";"
            case .tab: character == "\t"
            case .spaces: character == " " || character == "\t"
            }
        }
        var (cells, cell, isQuoted) = ([String](), "", false)
        for character in line {
            if character == "\"" {
                // The second of two quotes within quotes is a quote itself.
                if !isQuoted, !cell.isEmpty { cell.append("\"") }
                isQuoted.toggle()
            } else if !isQuoted, separates(character) {
                cells.append(cell)
                cell = ""
            } else {
                cell.append(character)
            }
        }
        cells.append(cell)
        let trimmed = cells.map(ReportReader.trimmed)
        return separator == .spaces ? trimmed.filter { !$0.isEmpty } : trimmed
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    // MARK: JSON

    private func object(_ line: [UInt8]) -> Reading {
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else {
            return .nothing
        }
        let fields: [String: Cell]
        do {
            fields = try SpoolJSON.decode(from: line)
        } catch {
            return .unusable("it is not a JSON object (\(SpoolJSON.reason(error)))")
        }
        // The file may hold other objects, too, such as the run's settings.
        guard let resource = fields[source.resource]?.text else { return .nothing }
        let values = fields.filter { $0.key != source.resource }
            .compactMap { name, cell in cell.text.map { (name, $0) } }.sorted { $0.0 < $1.0 }
        return report(resource, values, isStrict: false)
    }

    /// A value of a JSON object as text; `nil` if it is neither a number nor a word for one.
    private struct Cell: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                text = String(describing: number)
            } else {
                text = try? container.decode(String.self)
            }
        }
    }

    // MARK: Numbers

    /// A report from texts. `isStrict`: each text must be a number; otherwise other texts are columns to ignore.
    private func report(_ resource: String, _ texts: [(String, String)], isStrict: Bool) -> Reading {
        guard let number = ReportReader.number(resource), let units = Int(exactly: number) else {
            return .unusable("the resource '\(resource.prefix(40))' is not a whole number")
        }
        var (metrics, nonFinite): ([String: Double], [String: String]) = ([:], [:])
        // If the table has more columns than a report may have, keep only the wanted ones.
        let isWide = texts.count > SpoolLimits.metricsPerReport
        for (name, text) in texts
        where wanted.contains(name) || !isWide && name.utf8.count <= SpoolLimits.metricNameBytes {
            if let value = ReportReader.number(text) {
                if value.isFinite {
                    metrics[name] = value
                } else {
                    nonFinite[name] = value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
                }
            } else if isStrict {
                return .unusable("the metric '\(name)' is '\(text.prefix(40))', which is not a number")
            }
        }
        return .report(resource: units, metrics: metrics, nonFinite: nonFinite)
    }

    /// A number as programs print it: also `nan` and `inf`, with a comma or bracket after it, or with Fortran's `D`.
    private static func number(_ text: String) -> Double? {
        var text = trimmed(text)
        while let last = text.last, ",;:)]%".contains(last) { text.removeLast() }
        if let number = Double(text) { return number }
        return Double(text.replacing("D", with: "E").replacing("d", with: "e"))
    }
}

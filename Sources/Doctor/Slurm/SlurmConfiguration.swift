/// The output of `scontrol show config`.
package struct SlurmConfiguration: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// A printed configuration.
    package init(_ printed: String) {
        for line in printed.split(whereSeparator: \.isNewline) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let name = SlurmConfiguration.trimmed(line[..<sign])
            guard !name.isEmpty, values[name] == nil else { continue }
            values[name] = SlurmConfiguration.trimmed(line[line.index(after: sign)...])
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// A value as printed; `nil` if there is none.
    subscript(name: String) -> String? { SlurmText.value(values[name]) }

    /// A number without its unit, such as 300 from `300 sec`.
    func number(_ name: String) -> Int? {
        self[name].flatMap { Int($0.prefix { ("0"..."9").contains($0) }) }
    }

    /// The words of a list separated by commas, in lower case.
    func words(_ name: String) -> [String] { SlurmText.list(self[name]).map { $0.lowercased() } }

    /// The value of one parameter of a list, such as 30 from `rl_enable,rl_bucket_size=30`.
    func parameter(_ name: String, of list: String) -> Int? {
        words(list).first { $0.hasPrefix("\(name)=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// The version of slurmctld, such as 2205 for 22.05.8; `nil` if not given.
    package var version: Int? {
        let parts = (self["SLURM_VERSION"] ?? "").split(separator: ".").compactMap {
            Int($0.prefix { $0.isNumber })
        }
        return parts.count >= 2 ? parts[0] * 100 + parts[1] : nil
    }

    /// Whether Slurm enforces limits of accounts and QOS, and whether it requires associations.
    var enforcement: (limits: Bool, associations: Bool) {
        let words = self.words("AccountingStorageEnforce")
        let limits = words.contains { ["limits", "safe", "all"].contains($0) }
        let associations =
            limits || words.contains { ["associations", "wckeys", "qos", "nojobs", "all"].contains($0) }
        return (limits, associations)
    }

    /// Whether there is a database with accounts.
    var hasAccounting: Bool { (self["AccountingStorageType"] ?? "").contains("slurmdbd") }
}

/// What `scontrol show config` prints.
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

    /// A value as it is printed; `nil`: there is none.
    subscript(name: String) -> String? { SlurmText.value(values[name]) }

    /// A number, without its unit, as 300 of `300 sec`.
    func number(_ name: String) -> Int? {
        self[name].flatMap { Int($0.prefix { ("0"..."9").contains($0) }) }
    }

    /// The words of a list with commas between, in lower case.
    func words(_ name: String) -> [String] { SlurmText.list(self[name]).map { $0.lowercased() } }

    /// The value of one parameter of a list, as 30 of `rl_enable,rl_bucket_size=30`.
    func parameter(_ name: String, of list: String) -> Int? {
        words(list).first { $0.hasPrefix("\(name)=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// The version of slurmctld, as 2205 for 22.05.8; `nil`: it says none.
    package var version: Int? {
        let parts = (self["SLURM_VERSION"] ?? "").split(separator: ".").compactMap {
            Int($0.prefix { $0.isNumber })
        }
        return parts.count >= 2 ? parts[0] * 100 + parts[1] : nil
    }

    /// Whether limits of accounts and QOS are enforced, whether those of associations, and whether an account is needed.
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

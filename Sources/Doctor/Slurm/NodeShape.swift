/// A group of equal nodes, from `sinfo -o '%R|%D|%c|%m|%G'`.
package struct NodeShape: Hashable, Sendable {
    /// The format for sinfo. All versions since 22.05 have these letters.
    static let format = "%R|%D|%c|%m|%G"

    /// The partition, and how many such nodes it has.
    var partition: String
    var count: Int
    /// Processors and MiB of each node; the least if they differ.
    var processors, mebibytes: Int
    /// Generic resources, such as `gpu:a100:4`; empty for none.
    var resources: String

    /// The groups in a printed text.
    package static func all(_ printed: String) -> [NodeShape] {
        printed.split(whereSeparator: \.isNewline).compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            // A plus means "at least".
            func number(_ text: String) -> Int? { Int(text.prefix { $0.isNumber }) }
            guard cells.count == 5, let count = number(cells[1]), let processors = number(cells[2]),
                let mebibytes = number(cells[3])
            else { return nil }
            return NodeShape(
                partition: cells[0], count: count, processors: processors, mebibytes: mebibytes,
                resources: SlurmText.value(cells[4]) ?? "")
        }
    }

    /// The type and number of a node's GPUs, such as `a100:4` or `4`; `nil` for none.
    var gpus: String? {
        for item in resources.split(separator: ",") where item == "gpu" || item.hasPrefix("gpu:") {
            // Sockets or cores may follow in parentheses.
            let words = item.prefix { $0 != "(" }.split(separator: ":").dropFirst()
            return words.isEmpty ? "1" : words.joined(separator: ":")
        }
        return nil
    }
}

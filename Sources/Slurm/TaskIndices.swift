/// A set of task indices in Slurm's notation: `3,17,942`, `0-9`, `1-7:2`, `0-9%4`.
package struct TaskIndices: Hashable, Sendable {
    /// More indices than any cluster allows in an array; a larger set is rejected.
    private static let limit = 4_000_000

    /// The indices, as Slurm listed them.
    package let values: [Int]

    /// The indices of a set; `nil` if the text is not one. A limit on simultaneous tasks (`%4`) is not part of the set.
    package init?(_ text: String) {
        var values: [Int] = []
        for part in text.prefix(while: { $0 != "%" }).split(
            separator: ",", omittingEmptySubsequences: false)
        {
            guard let range = TaskIndices.range(part), values.count + range.count <= TaskIndices.limit
            else {
                return nil
            }
            values += range
        }
        self.values = values
    }

    /// Slurm's text for these indices.
    package static func text(_ indices: [Int]) -> String {
        indices.map(String.init).joined(separator: ",")
    }

    private static func range(_ part: Substring) -> [Int]? {
        let stepped = part.split(separator: ":", omittingEmptySubsequences: false)
        let bounds = stepped[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard stepped.count <= 2, bounds.count <= 2, let first = bounds.first ?? nil, first >= 0,
            let last = bounds.last ?? nil, last >= first, last - first < limit
        else { return nil }
        guard stepped.count == 2 else { return Array(first...last) }
        guard let step = Int(stepped[1]), step > 0 else { return nil }
        return Array(stride(from: first, through: last, by: step))
    }
}

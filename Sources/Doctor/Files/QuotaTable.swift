/// The output of `quota` and `lfs quota`: how much a user has on a file system, and may have.
package struct QuotaTable: Hashable, Sendable {
    /// An amount and its limit; `most` 0 means no limit.
    package struct Use: Hashable, Sendable {
        /// The amount.
        package var used: Int64
        /// The lower of the two limits; 0 if none is set.
        package var most: Int64
    }

    /// One file system.
    package struct Row: Hashable, Sendable {
        /// Its name, or where it is mounted.
        package var name: String
        /// KiB, and files.
        package var kibibytes, files: Use
    }

    /// The file systems.
    package let rows: [Row]

    /// A printed table. Both commands have the columns name, blocks, quota, limit, grace, files, quota, limit, grace.
    /// The grace may be missing, and a long name has its own line.
    package init(_ printed: String) {
        var rows: [Row] = []
        var name: String?
        for line in printed.split(whereSeparator: \.isNewline) {
            var words = line.split(separator: " ").map(String.init)
            if words.count == 1 {
                name = words[0]
                continue
            }
            let numbers = { (words: [String]) in
                words.compactMap { Int64($0.hasSuffix("*") ? String($0.dropLast()) : $0) }
            }
            let all = numbers(words)
            if all.count == words.count || name != nil && all.count >= 6 {
                // The name is alone on the line above.
                if name == nil { continue }
            } else {
                name = words.removeFirst()
            }
            let values = numbers(words)
            defer { name = nil }
            guard let own = name, values.count == 6 else { continue }
            func most(_ soft: Int64, _ hard: Int64) -> Int64 { [soft, hard].filter { $0 > 0 }.min() ?? 0 }
            rows.append(
                Row(
                    name: own, kibibytes: Use(used: values[0], most: most(values[1], values[2])),
                    files: Use(used: values[3], most: most(values[4], values[5]))))
        }
        self.rows = rows
    }
}

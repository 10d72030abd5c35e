/// Finds the name that was probably intended.
package enum NearestName {
    /// The nearest known name, if it may be a slip: at most one edit for every three characters (insert, remove,
    /// replace, swap two neighbours), or the beginning of a longer name. Letter case and the difference between `-` and
    /// `_` are ignored.
    static func of(_ name: String, among known: [String]) -> String? {
        let wanted = normalized(name)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(wanted, normalized(candidate))
            if distance <= max(1, wanted.count / 3), distance < wanted.count,
                distance < best?.distance ?? .max
            {
                best = (candidate, distance)
            }
        }
        if best?.distance == 0 || wanted.count < 3 { return best?.name }
        // `cpus` is nearer to `cpus_per_task`, which begins with it, than to `gpus`.
        let longer = known.first { normalized($0).starts(with: wanted + ["_"]) }
        return longer ?? best?.name ?? known.first { normalized($0).starts(with: wanted) }
    }

    /// The suggestion in a message about an unknown name.
    package static func proposal(for name: String, among known: [String], what: String = "fields") -> String
    {
        if let nearest = of(name, among: known) { return "did you mean '\(shown(nearest))'?" }
        if known.isEmpty { return "there are none" }
        let names = known.prefix(32).map(shown).joined(separator: ", ")
        return "the \(what) are \(names)\(known.count > 32 ? ", …" : "")"
    }

    private static func normalized(_ name: String) -> [Unicode.Scalar] {
        name.lowercased().unicodeScalars.map { $0 == "-" ? "_" : $0 }
    }

    /// The optimal-string-alignment distance.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard abs(left.count - right.count) <= 32 else { return .max }
        var before: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                let replaced = previous[j] + (left[i] == right[j] ? 0 : 1)
                var least = min(replaced, previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    least = min(least, before[j - 1] + 1)
                }
                current.append(least)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}

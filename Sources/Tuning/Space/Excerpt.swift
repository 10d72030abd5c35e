extension String {
    /// Its beginning, in at most this many bytes, with a mark where the rest was left out.
    func beginning(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, limit - omission.utf8.count))
        while end.samePosition(in: unicodeScalars) == nil { utf8.formIndex(before: &end) }
        return self[..<end] + omission
    }

    /// Its end, in at most this many bytes, with a mark where the rest was left out.
    func ending(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var start = utf8.index(endIndex, offsetBy: -max(0, limit - omission.utf8.count))
        while start.samePosition(in: unicodeScalars) == nil { utf8.formIndex(after: &start) }
        return omission + self[start...]
    }
}

private let omission = "…"

extension String {
    /// The start of the text in at most this many bytes, with a mark at the end if the rest is left out.
    func keepingStart(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, limit - omission.utf8.count))
        while end.samePosition(in: unicodeScalars) == nil { utf8.formIndex(before: &end) }
        return self[..<end] + omission
    }

    /// The end of the text in at most this many bytes, with a mark at the start if the rest is left out.
    func keepingEnd(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var start = utf8.index(endIndex, offsetBy: -max(0, limit - omission.utf8.count))
        while start.samePosition(in: unicodeScalars) == nil { utf8.formIndex(after: &start) }
        return omission + self[start...]
    }
}

private let omission = "…"

import Store

/// What of many curves and points is drawn.
enum Thinning {
    /// Some of so many, evenly spread, the first and the last among them.
    static func even(_ count: Int, most: Int) -> [Int] {
        guard count > most, most > 1 else { return Array(0..<min(count, max(most, 0))) }
        return (0..<most).map { $0 * (count - 1) / (most - 1) }
    }

    /// The points of a curve by which it looks the same: of each stretch the one that makes the largest triangle with the
    /// point before it and the end of the stretch (largest triangle three buckets; Steinarsson 2013, with the end of the
    /// stretch instead of the next one's mean).
    static func curve(_ points: [StoreReader.CurvePoint], most: Int) -> [StoreReader.CurvePoint] {
        guard points.count > most, most > 2 else { return points }
        var kept = [points[0]]
        let stretch = Double(points.count - 2) / Double(most - 2)
        for part in 0..<(most - 2) {
            let begin = 1 + Int(Double(part) * stretch)
            let end = min(points.count - 1, max(begin + 1, 1 + Int(Double(part + 1) * stretch)))
            let next = points[min(points.count - 1, end)]
            let last = kept[kept.count - 1]
            let farthest = points[begin..<end].max { area(last, $0, next) < area(last, $1, next) }
            if let farthest { kept.append(farthest) }
        }
        kept.append(points[points.count - 1])
        return kept
    }

    private static func area(
        _ one: StoreReader.CurvePoint, _ two: StoreReader.CurvePoint, _ three: StoreReader.CurvePoint
    ) -> Double {
        let (dx, dy) = (Double(three.resource - one.resource), three.value - one.value)
        return abs(Double(two.resource - one.resource) * dy - (two.value - one.value) * dx)
    }
}

/// The order of results with several losses, in the simplest way: remove all that no other dominates, then of the rest
/// all that no other dominates, and so on; within each front by crowding distance. It shares no code with
/// `ParetoFronts`.
package enum ParetoRule {
    /// The results, from the best; infinite ones come last.
    package static func ranked(_ results: [RungResult]) -> [RungResult] {
        var left = results.filter(\.loss.isFinite)
        var order: [RungResult] = []
        while !left.isEmpty {
            let front = left.filter { one in !left.contains { dominates($0, one) } }
            left.removeAll { front.contains($0) }
            order += crowded(front)
        }
        return order + results.filter { !$0.loss.isFinite }.sorted { $0.trial < $1.trial }
    }

    /// Whether the first breaks bounds by less than the second or, if both do alike, is nowhere worse and somewhere better.
    package static func dominates(_ one: RungResult, _ other: RungResult) -> Bool {
        if one.violation != other.violation { return one.violation < other.violation }
        var isBetter = false
        for metric in one.losses.indices {
            if one.losses[metric] > other.losses[metric] { return false }
            if one.losses[metric] < other.losses[metric] { isBetter = true }
        }
        return isBetter
    }

    private static func crowded(_ front: [RungResult]) -> [RungResult] {
        var scored = front.map { (result: $0, distance: distance(of: $0, in: front)) }
        scored.sort { one, other in
            one.distance == other.distance
                ? one.result.trial < other.result.trial : one.distance > other.distance
        }
        return scored.map(\.result)
    }

    private static func distance(of one: RungResult, in front: [RungResult]) -> Double {
        var sum = 0.0
        for metric in one.losses.indices {
            let line = front.sorted {
                ($0.losses[metric], $0.trial) < ($1.losses[metric], $1.trial)
            }
            let values = line.map { $0.losses[metric] }
            let range = values[values.count - 1] - values[0]
            guard range > 0, range < .infinity, let place = line.firstIndex(of: one) else { continue }
            if place == 0 || place == line.count - 1 { return .infinity }
            sum += (values[place + 1] - values[place - 1]) / range
        }
        return sum
    }
}

extension [RungResult] {
    /// The results, from the best: by loss if there is one, by `ParetoRule` if there are several.
    func ranked() -> [RungResult] {
        contains { $0.losses.count > 1 } ? ParetoRule.ranked(self) : sorted()
    }
}

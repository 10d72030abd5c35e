import RealModule

/// Where the marks of an axis are, and their labels.
enum Ticks {
    /// A mark on the value axis.
    struct Tick: Hashable {
        var value: Double
        var label: String
    }

    /// Round numbers in a range, about this many.
    static func linear(_ range: ClosedRange<Double>, about count: Int) -> [Tick] {
        let rough = (range.upperBound - range.lowerBound) / Double(count)
        guard rough > 0, rough.isFinite else { return [] }
        var exponent = Int(Double.log10(rough).rounded(.down))
        var factor = [1, 2, 5].first { Double($0) * Double.pow(10, exponent) >= rough * 0.999 }
        if factor == nil { (exponent, factor) = (exponent + 1, 1) }
        let step = Double(factor ?? 1) * Double.pow(10, exponent)
        let (first, last) = (
            (range.lowerBound / step).rounded(.up), (range.upperBound / step).rounded(.down)
        )
        guard first <= last, abs(first) < 1e15, abs(last) < 1e15 else { return [] }
        return stride(from: first, through: last, by: 1).map { count in
            Tick(value: count * step, label: label(Int(count) * (factor ?? 1), exponent: exponent))
        }
    }

    /// `digits` · 10^`exponent` as a decimal number, or with an exponent if that is shorter.
    private static func label(_ digits: Int, exponent: Int) -> String {
        if digits == 0 { return "0" }
        guard (-6...5).contains(exponent) else { return "\(digits)e\(exponent)" }
        if exponent >= 0 { return String(digits) + String(repeating: "0", count: exponent) }
        let magnitude = String(digits.magnitude)
        let padded = String(repeating: "0", count: max(0, 1 - exponent - magnitude.count)) + magnitude
        let split = padded.index(padded.endIndex, offsetBy: exponent)
        return (digits < 0 ? "-" : "") + padded[..<split] + "." + padded[split...]
    }
}

/// A time axis: logarithmic if a study's first result comes long before its end, else linear from 0.
struct TimeScale: Hashable {
    private let first: Double
    private let last: Double
    private let isLogarithmic: Bool

    /// A mark on the axis.
    struct Tick: Hashable {
        var seconds: Double
        var label: String
    }

    /// An axis from the first moment of interest to the last.
    init(first: Double, last: Double) {
        let last = last > 0 && last.isFinite ? last : 1
        isLogarithmic = first > 0 && last / first >= 20
        self.first = isLogarithmic ? first : 0
        self.last = last
    }

    /// The position of a moment on the axis, from 0 to 1. Moments before its beginning are at 0.
    func share(_ seconds: Double) -> Double {
        guard isLogarithmic else { return seconds / last }
        return max(0, Double.log(max(seconds, first) / first) / Double.log(last / first))
    }

    /// The moment at a position on the axis.
    func moment(_ share: Double) -> Double {
        isLogarithmic ? first * Double.exp(share * Double.log(last / first)) : share * last
    }

    /// The marks of an axis of this width in points.
    func ticks(width: Double) -> [Tick] {
        let all = isLogarithmic ? logarithmicTicks : linearTicks
        var previous = -Double.infinity
        return all.filter { tick in
            let x = share(tick.seconds) * width
            guard x - previous >= 48, x <= width + 0.5 else { return false }
            previous = x
            return true
        }
    }

    private static let units = [(86_400.0, "d"), (3_600, "h"), (60, "min"), (1, "s")]

    /// 1, 2 and 5 times these powers of ten.
    private static func decades(_ powers: ClosedRange<Int>) -> [Double] {
        powers.flatMap { power -> [Double] in
            let unit = Double.pow(10, power)
            return [unit, 2 * unit, 5 * unit]
        }
    }

    private static let belowOne: [Double] = decades(-9 ... -1)
    private static let inMinutes: [Double] = [1, 2, 5, 10, 20, 30]
    private static let inHours: [Double] = [1, 2, 3, 6, 12]
    /// Round times, from a billionth of a second to some thousand years.
    private static let round: [Double] =
        belowOne + inMinutes + inMinutes.map { $0 * 60 } + inHours.map { $0 * 3_600 }
        + decades(0...6).map { $0 * 86_400 }
    /// Round times, about a decade apart.
    private static let coarse: [Double] =
        (-9...1).map { Double.pow(10, $0) } + [60, 600, 3_600, 36_000]
        + (0...6).map { Double.pow(10, $0) * 86_400 }

    private var logarithmicTicks: [Tick] {
        let inside = TimeScale.coarse.filter { $0 >= first && $0 <= last }
        if inside.count >= 3 { return inside.map(TimeScale.tick) }
        return TimeScale.round.filter { $0 >= first && $0 <= last }.map(TimeScale.tick)
    }

    private var linearTicks: [Tick] {
        guard let step = TimeScale.round.first(where: { last / $0 <= 8 }) else { return [] }
        return (0...Int(last / step)).map { TimeScale.tick(Double($0) * step) }
    }

    /// A moment in the largest unit that fits.
    static func tick(_ seconds: Double) -> Tick {
        let (size, name) = units.first { seconds >= $0.0 * 0.999_999 } ?? (1, "s")
        // To six digits, so that 0.1 · 3 becomes 0.3.
        let count = (seconds / size * 1e6).rounded() / 1e6
        let text = count == count.rounded() ? String(Int(count)) : String(count)
        return Tick(seconds: seconds, label: "\(text) \(name)")
    }
}

import Curves
import RealModule
import Tuning

/// How long a task waits in the queue before it may start, in seconds.
package enum QueueWait: Hashable, Sendable {
    /// Always this long.
    case constant(Double)
    /// Exponentially distributed, with this mean.
    case exponential(mean: Double)
    /// Uniformly distributed between the two.
    case uniform(least: Double, most: Double)
    /// Lognormal: half of the waits are below the median.
    case lognormal(median: Double, sigma: Double)
    /// Exponentially distributed around `base` and this share of the time limit that the task asks for: where others are
    /// ahead, a scheduler fits short tasks into gaps.
    case backfill(base: Double, share: Double)
    /// Recorded waits in order, from a place that depends on the seed; at least one.
    case trace([Double])

    /// Why a text is not a queue wait, as a sentence.
    package struct Invalid: Error, Hashable {
        /// The sentence.
        package var why: String
    }

    /// The accepted forms.
    package static let forms =
        "SECONDS, exp:MEAN, uniform:LEAST:MOST, lognormal:MEDIAN:SIGMA, backfill:BASE:SHARE or trace:FILE"

    /// Reads `60`, `exp:60`, `uniform:10:120`, `lognormal:60:1.5` or `trace:waits.txt`.
    ///
    /// - Parameter trace: the waits in a file.
    package init(_ text: String, trace: (String) throws -> [Double]) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts[0] == "trace", parts.count > 1 {
            self = .trace(try trace(parts.dropFirst().joined(separator: ":")))
            return
        }
        let kind = parts.count > 1 ? parts[0] : ""
        let numbers = (parts.count > 1 ? Array(parts.dropFirst()) : parts).map(QueueWait.seconds)
        switch (kind, numbers.count) {
        case ("", 1): self = .constant(try QueueWait.known(numbers[0], text))
        case ("exp", 1): self = .exponential(mean: try QueueWait.known(numbers[0], text))
        case ("uniform", 2):
            let (least, most) = (
                try QueueWait.known(numbers[0], text), try QueueWait.known(numbers[1], text)
            )
            guard least <= most else { throw Invalid(why: "'\(text)': \(least) is more than \(most)") }
            self = .uniform(least: least, most: most)
        case ("lognormal", 2):
            let (median, sigma) = (
                try QueueWait.known(numbers[0], text), try QueueWait.known(numbers[1], text)
            )
            guard sigma <= QueueWait.widest else {
                throw Invalid(
                    why:
                        "'\(text)': SIGMA must be at most \(QueueWait.widest)"
                )
            }
            self = .lognormal(median: median, sigma: sigma)
        case ("backfill", 2):
            self = .backfill(
                base: try QueueWait.known(numbers[0], text), share: try QueueWait.known(numbers[1], text))
        default: throw Invalid(why: "'\(text)' is not a queue wait; write \(QueueWait.forms)")
        }
    }

    /// The waits in a text with one number of seconds on each line. Empty lines and lines that begin with '#' are
    /// ignored.
    package static func trace(_ text: String, file: String) throws(Invalid) -> [Double] {
        var waits: [Double] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let plain = String(line.drop { $0 == " " || $0 == "\t" }).trimmedEnd
            if plain.isEmpty || plain.hasPrefix("#") { continue }
            guard let wait = seconds(plain) else {
                throw Invalid(
                    why:
                        "\(file):\(index + 1):1: '\(plain.prefix(40))' is not a wait; write one number of seconds a "
                        + "line, 0 or more")
            }
            waits.append(wait)
        }
        guard !waits.isEmpty else {
            throw Invalid(why: "\(file):1:1: there is no wait in it; write one number of seconds a line")
        }
        return waits
    }

    private static func seconds(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 && $0 <= longest ? $0 : nil }
    }

    private static func known(_ number: Double?, _ text: String) throws(Invalid) -> Double {
        guard let number else {
            throw Invalid(
                why: "'\(text)' is not a queue wait: its numbers are from 0 to \(longest); write \(forms)")
        }
        return number
    }

    /// Ten years: a longer wait never ends, and a clock of doubles still counts milliseconds.
    private static let longest = 315_360_000.0

    /// With this deviation, two thirds of the waits are between a hundred-millionth and a hundred million times the
    /// median.
    private static let widest = 20.0

    /// The waits of one study's tasks, in the order in which they are submitted.
    struct Draws {
        private let wait: QueueWait
        private var random: Tuning.Random
        private var next = 0

        init(_ wait: QueueWait, seed: UInt64) {
            self.wait = wait
            // Different seeds from the searcher's, so that waits are independent of configurations.
            random = Tuning.Random(seed: seed ^ 0x5155_4555_4557_4149, stream: 0)
            if case .trace(let waits) = wait { next = Int(random.below(UInt64(waits.count))) }
        }

        /// The next wait, in seconds.
        ///
        /// - Parameter limit: the seconds that the task asks for; `nil`: it has no limit, and counts as if it asked for a
        ///   day.
        mutating func draw(limit: Int?) -> Double {
            let wait =
                switch self.wait {
                case .constant(let seconds): seconds
                case .exponential(let mean): -mean * Double.log(1 - random.unit())
                case .uniform(let least, let most): least + (most - least) * random.unit()
                case .lognormal(let median, let sigma): median * Double.exp(sigma * random.normal())
                case .backfill(let base, let share):
                    -(base + share * Double(limit ?? 86_400)) * Double.log(1 - random.unit())
                case .trace(let waits): waits[next % waits.count]
                }
            next += 1
            return min(wait, QueueWait.longest)
        }
    }
}

extension String {
    /// Without spaces and carriage returns at its end.
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}

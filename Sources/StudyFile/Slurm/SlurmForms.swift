/// The forms of values that sbatch accepts, as pure functions of text.
enum SlurmForms {
    /// Why a text does not have the form.
    struct Refusal: Error, Hashable {
        var problem: String
        var fix: String
    }

    /// The value of plain digits; `nil` for anything else.
    private static func digits(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    // MARK: Time

    /// A time limit in minutes, from minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS. As in Slurm, a partial
    /// minute counts as a whole one.
    static func minutes(_ text: String) throws(Refusal) -> UInt32 {
        let malformed = Refusal(
            problem: "'\(shown(text))' is not a time limit",
            fix: "write minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS, such as \"01:30:00\"")
        if ["unlimited", "infinite", "-1"].contains(text.lowercased()) {
            throw Refusal(
                problem: "without a time limit, a task that hangs would hold its slot forever",
                fix: "give a limit, such as \"1-00:00:00\" for a day")
        }
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count <= 2, let clock = halves.last else { throw malformed }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(digits)
        let numbers = parts.compactMap(\.self)
        let days = halves.count == 2 ? digits(halves[0]) : 0
        let limit = StudyFileLimits.minutes.upperBound * 60
        guard let days, numbers.count == parts.count, parts.count <= 3 else { throw malformed }
        let isTooLong = numbers.contains { $0 > limit } || days > limit
        // The seconds in one unit of each part.
        let units: [Int] =
            if halves.count == 2 {
                [3_600, 60, 1]
            } else {
                parts.count == 1 ? [60] : parts.count == 2 ? [60, 1] : [3_600, 60, 1]
            }
        let seconds =
            isTooLong ? 0 : days * 86_400 + zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 }
        let minutes = (seconds + 59) / 60
        guard !isTooLong, minutes <= StudyFileLimits.minutes.upperBound else {
            throw Refusal(
                problem: "'\(shown(text))' is more than \(StudyFileLimits.minutes.upperBound) minutes",
                fix: "give the time that one rung needs")
        }
        guard minutes >= 1 else {
            throw Refusal(
                problem: "a time limit of 0 leaves no time",
                fix: "give at least 1 minute; without 'time' the partition's limit applies")
        }
        return UInt32(minutes)
    }

    // MARK: Memory

    /// Memory in MiB, from a whole number followed by K, M (or nothing), G or T. A partial MiB counts as a whole one.
    static func mebibytes(_ text: String, zeroIsAll: Bool) throws(Refusal) -> UInt64 {
        let example =
            "write a whole number with K, M, G or T after it, such as 500M or 2G; without a letter, MiB"
        let unit = text.last.map { $0.uppercased() } ?? ""
        let scale: (multiplier: Int, divisor: Int)? =
            switch unit {
            case "K": (1, 1_024)
            case "M": (1, 1)
            case "G": (1 << 10, 1)
            case "T": (1 << 20, 1)
            default: digits(text) == nil ? nil : (1, 1)
            }
        let number = digits(text) ?? digits(text.dropLast())
        guard let scale, let number else {
            throw Refusal(problem: "'\(shown(text))' is not an amount of memory", fix: example)
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: scale.multiplier)
        let largest = StudyFileLimits.memoryMiB.upperBound
        guard !overflow, product / scale.divisor < largest else {
            throw Refusal(problem: "'\(shown(text))' is more memory than any node has", fix: example)
        }
        let mebibytes = (product + scale.divisor - 1) / scale.divisor
        guard mebibytes > 0 || zeroIsAll else {
            throw Refusal(
                problem: "0 is not an amount of memory here", fix: "only 'mem: 0' means all of a node's")
        }
        return UInt64(mebibytes)
    }

    // MARK: Nodes and GPUs

    /// A number of nodes: `N`, or `N-M` for at least N and at most M.
    static func nodes(_ text: String) throws(Refusal) -> ClosedRange<UInt32> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(digits)
        let numbers = parts.compactMap(\.self)
        guard numbers.count == parts.count, let low = numbers.first, let high = numbers.last,
            parts.count <= 2
        else {
            throw Refusal(
                problem: "'\(shown(text))' is not a number of nodes",
                fix: "write N or N-M, such as 2 or 2-4")
        }
        guard StudyFileLimits.counts.contains(low), StudyFileLimits.counts.contains(high) else {
            throw Refusal(
                problem: "'\(shown(text))' is out of range",
                fix: "write numbers from 1 to \(StudyFileLimits.counts.upperBound)")
        }
        guard low <= high else {
            throw Refusal(
                problem: "the least number of nodes, \(low), is above the most, \(high)",
                fix: "write \(high)-\(low)")
        }
        return UInt32(low)...UInt32(high)
    }

    /// GPUs: `N`, `type:N`, or several of these separated by commas.
    static func gpus(_ text: String) throws(Refusal) -> String {
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let count = parts.last.flatMap(digits),
                StudyFileLimits.smallCounts.contains(count),
                parts.count == 1 || isWord(parts[0])
            else {
                throw Refusal(
                    problem: "'\(shown(text))' is not a number of GPUs",
                    fix: "write N or type:N, such as 2 or a100:2")
            }
        }
        return text
    }

    /// Generic resources: `name`, `name:N`, `name:type:N`, or several of these separated by commas.
    static func gres(_ text: String) throws(Refusal) -> String {
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 3, parts.allSatisfy(isWord) else {
                throw Refusal(
                    problem: "'\(shown(text))' is not a list of generic resources",
                    fix: "write name:N or name:type:N, such as gpu:2 or gpu:a100:2")
            }
        }
        return text
    }

    /// A text without spaces, such as the name of a partition or a list of nodes.
    static func word(_ text: String) throws(Refusal) -> String {
        guard !text.unicodeScalars.contains(where: { $0.properties.isWhitespace }) else {
            throw Refusal(problem: "'\(shown(text))' holds a space", fix: "remove it")
        }
        return text
    }

    private static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}

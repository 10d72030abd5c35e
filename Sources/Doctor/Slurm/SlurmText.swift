/// The forms of values in the output of Slurm's commands, as pure functions.
enum SlurmText {
    /// Words for "nothing", and for "no limit".
    private static let none = [
        "", "(null)", "N/A", "NONE", "UNLIMITED", "INFINITE", "unlimited", "infinite",
    ]

    /// A value; `nil` if the text means none, or no limit.
    static func value(_ text: String?) -> String? {
        guard let text, !none.contains(text) else { return nil }
        return text
    }

    /// A whole number; `nil` for none, or no limit.
    static func number(_ text: String?) -> Int? { value(text).flatMap { Int($0) } }

    /// The minutes in `60`, `05:00`, `1:30:00`, `2-00:00:00`, rounded up; `nil` for no limit, or if it is not a time.
    static func minutes(_ text: String?) -> Int? {
        guard let text = value(text) else { return nil }
        if let minutes = Int(text) { return minutes }
        let halves = text.split(separator: "-")
        guard let clock = halves.last, halves.count <= 2, let days = halves.count == 2 ? Int(halves[0]) : 0
        else { return nil }
        let parts = clock.split(separator: ":").map { Int($0) }
        let numbers = parts.compactMap(\.self)
        guard numbers.count == parts.count, (1...3).contains(parts.count) else { return nil }
        let seconds =
            switch numbers.count {
            case 3: numbers[0] * 3_600 + numbers[1] * 60 + numbers[2]
            case 2 where halves.count == 2: numbers[0] * 3_600 + numbers[1] * 60
            case 2: numbers[0] * 60 + numbers[1]
            default: numbers[0] * 3_600
            }
        return days * 1_440 + (seconds + 59) / 60
    }

    /// Minutes in sbatch's form, `D-HH:MM:SS` or `HH:MM:SS`.
    static func clock(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (days, hours) = (minutes / 1_440, minutes / 60 % 24)
        return (days > 0 ? "\(days)-" : "") + "\(two(hours)):\(two(minutes % 60)):00"
    }

    /// The parts of `cpu=24,mem=24000M,gres/gpu=6`.
    static func resources(_ text: String?) -> [String: String] {
        guard let text = value(text) else { return [:] }
        var all: [String: String] = [:]
        for part in text.split(separator: ",") {
            guard let sign = part.firstIndex(of: "=") else { continue }
            all[String(part[..<sign])] = String(part[part.index(after: sign)...])
        }
        return all
    }

    /// The MiB in `24000M`, `1216G`, `1.5T`; `nil` for none.
    static func mebibytes(_ text: String?) -> Int? {
        guard let text = value(text) else { return nil }
        let units: [Character: Double] = ["K": 1.0 / 1_024, "M": 1, "G": 1_024, "T": 1_048_576]
        guard let last = text.last else { return nil }
        if let unit = units[last], let number = Double(text.dropLast()) {
            return number >= 0 && number < 1e12 ? Int(number * unit) : nil
        }
        return Int(text)
    }

    /// The items of a list separated by commas.
    static func list(_ text: String?) -> [String] {
        (value(text) ?? "").split(separator: ",").map(String.init)
    }
}

import Foundation

/// Formats numbers and times for people.
enum Numbers {
    /// A metric with six significant digits; `-` for none.
    static func metric(_ value: Double?) -> String {
        guard let value else { return "-" }
        return String(format: "%.6g", value)
    }

    /// A number with this many significant digits; `-` for none.
    static func metric(_ value: Double?, digits: Int) -> String {
        guard let value else { return "-" }
        return String(format: "%.\(digits)g", value)
    }

    /// Seconds with three digits below two minutes, and above that in squeue's format; `-` for none.
    static func span(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        return seconds < 120 ? String(format: "%.3gs", seconds) : duration(seconds: Int(seconds.rounded()))
    }

    /// Seconds in squeue's format: `1-02:03:04`, `2:03:04`, `3:04`.
    static func duration(seconds: Int) -> String {
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24)
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
        let tail = String(format: "%02d", rest)
        if days > 0 { return "\(days)-\(String(format: "%02d:%02d", hours, minutes)):\(tail)" }
        if hours > 0 { return "\(hours):\(String(format: "%02d", minutes)):\(tail)" }
        return "\(minutes):\(tail)"
    }

    /// A time for programs, in UTC with milliseconds: `2026-11-29T06:38:17.250Z`; empty for none.
    static func universalMoment(_ seconds: Double?) -> String {
        guard let seconds else { return "" }
        return Date(timeIntervalSince1970: seconds).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }

    /// The time of day in local time: `14:05`.
    static func clock(_ seconds: Double) -> String {
        let parts = Calendar.current.dateComponents(
            [.hour, .minute], from: Date(timeIntervalSince1970: seconds))
        return String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
    }

    /// A time in local time; `-` for none.
    static func moment(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        return Date(timeIntervalSince1970: seconds).formatted(
            .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
                .timeSeparator(.colon))
    }
}

import Foundation

/// The time that this machine's processors were its own. On a virtual machine, others may take nine tenths of the
/// processors for minutes, and then nothing here is really late.
struct OwnTime {
    /// The seconds since it was made, each multiplied by the share of the processors that this machine had.
    private(set) var seconds = 0.0
    private var last = (moment: Date.now, work: OwnTime.work())

    /// Adds the time since the last look.
    mutating func look() {
        let (moment, work) = (Date.now, OwnTime.work())
        let (own, stolen) = (work.own - last.work.own, work.stolen - last.work.stolen)
        seconds += moment.timeIntervalSince(last.moment) * (stolen > 0 ? own / (own + stolen) : 1)
        last = (moment, work)
    }

    /// The work of the processors since the start, for this machine and for others while this one wanted them, in
    /// ticks; zero if the kernel does not say. proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
    private static func work() -> (own: Double, stolen: Double) {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first
        else { return (0, 0) }
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count >= 8 else { return (0, 0) }
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[7])
    }
}

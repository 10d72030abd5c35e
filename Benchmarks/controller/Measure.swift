import Foundation
import Spool
import Store

/// Seconds by a monotonic clock.
func seconds() -> Double {
    let now = ContinuousClock.now - start
    return Double(now.components.seconds) + Double(now.components.attoseconds) * 1e-18
}

private let start = ContinuousClock.now

/// The processor time of this process so far, in seconds.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The maximum resident memory of this process, in MiB.
func peakMebibytes() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1_024
}

/// What this process has written to disks so far, in MB; 0 if the kernel does not say.
func writtenMegabytes() -> Double {
    guard let text = try? String(contentsOfFile: "/proc/self/io", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("write_bytes: ") }),
        let bytes = Double(line.dropFirst("write_bytes: ".count))
    else { return 0 }
    return bytes / 1e6
}

/// The median of some figures; 0 of none.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// Figures by name, in the order in which they were taken.
struct Figures {
    private var names: [String] = []
    private var values: [String: [Double]] = [:]

    /// Adds the figure of one run.
    mutating func add(_ name: String, _ value: Double) {
        if values[name] == nil { names.append(name) }
        values[name, default: []].append(value)
    }

    /// Prints the medians, as one line or as JSON.
    func tell(_ title: String, json: Bool) throws {
        let medians = values.mapValues { median($0) }
        if json {
            print(try StoreJSON.text(medians.mapValues { ($0 * 1_000).rounded() / 1_000 }))
        } else {
            let parts = names.map { "\($0) \(Figures.words(medians[$0] ?? 0))" }
            print("\(title): \(parts.joined(separator: ", "))")
        }
    }

    private static func words(_ value: Double) -> String {
        abs(value) >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }
}

/// A temporary directory, removed with this object.
final class Place {
    /// Its path.
    let path: String

    init(below parent: String?) throws {
        let parent = parent ?? FileManager.default.temporaryDirectory.path
        path = Files.absolute(parent) + "/stune-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        // Files that stay in a temporary directory do no harm.
        try? FileManager.default.removeItem(atPath: path)
    }
}

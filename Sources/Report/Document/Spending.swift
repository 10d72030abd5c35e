import Store
import Tuning

/// What a study's tasks have used of the cluster, by time.
struct Spending {
    /// A start of a task.
    private struct Start: Hashable {
        var token: ArrayToken
        var task: Int
        var epoch: Int
    }

    /// When the first task began; the times below count from here, so that their sums lose nothing.
    private let origin: Double
    /// When tasks began and ended, each sorted, with the sums of the times before.
    private let begins, ends: [Double]
    private let beginSums, endSums: [Double]

    /// The spending of these attempts: each start of a task counts from the first attempt that began in it to the end of
    /// the last, as in `StoreReader.taskSeconds`.
    ///
    /// - Parameter now: until when those count that still run, in seconds since 1970.
    init(_ spans: [StoreReader.SpanRow], now: Double) {
        var whole: [Start: (begin: Double, end: Double)] = [:]
        for span in spans {
            let start = Start(token: span.token, task: span.task, epoch: span.epoch)
            let end = span.ended ?? (span.isOpen ? max(now, span.started) : span.started)
            let before = whole[start] ?? (span.started, end)
            whole[start] = (min(before.begin, span.started), max(before.end, end))
        }
        let origin = whole.values.map(\.begin).min() ?? 0
        self.origin = origin
        begins = whole.values.map { $0.begin - origin }.sorted()
        ends = whole.values.map { $0.end - origin }.sorted()
        beginSums = Spending.sums(begins)
        endSums = Spending.sums(ends)
    }

    /// The seconds of all tasks until a time.
    func seconds(until time: Double) -> Double {
        let time = time - origin
        let (begun, ended) = (Spending.count(begins, upTo: time), Spending.count(ends, upTo: time))
        let running = Double(begun - ended)
        return endSums[ended] - beginSums[begun] + running * time
    }

    private static func sums(_ values: [Double]) -> [Double] {
        var sums = [0.0]
        for value in values { sums.append((sums.last ?? 0) + value) }
        return sums
    }

    /// How many of some sorted values are not above a limit.
    private static func count(_ values: [Double], upTo limit: Double) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

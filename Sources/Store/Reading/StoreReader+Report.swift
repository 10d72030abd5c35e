import GRDB
package import Tuning

/// What a report of a study shows beside the tables: when things happened, curves, and every result.
extension StoreReader {
    /// When the events of the log were recorded.
    package struct LogTimes: Sendable {
        private let last: [Int]
        private let times: [Double]

        init(_ rows: [(last: Int, time: Double)]) {
            last = rows.map(\.last)
            times = rows.map(\.time)
        }

        /// When an event was recorded, in seconds since 1970; `nil`: the log has none of this number.
        package func time(of event: Int) -> Double? {
            // The first row that ends at the event or after it.
            var (low, high) = (0, last.count)
            while low < high {
                let middle = (low + high) / 2
                if last[middle] < event { low = middle + 1 } else { high = middle }
            }
            return low < times.count ? times[low] : nil
        }
    }

    /// When the events of the log were recorded.
    package func logTimes() throws -> LogTimes {
        LogTimes(
            try all("SELECT last, time FROM log ORDER BY last") {
                (last: try $0.int(0), time: try $0.real(1))
            })
    }

    /// When the cluster took each array, in seconds since 1970.
    package func submissionTimes() throws -> [ArrayToken: Double] {
        var times: [ArrayToken: Double] = [:]
        let rows = try all("SELECT time, body FROM log WHERE instr(body, '\"submitted\"') > 0") { row in
            (time: try row.real(0), body: try row.text(1))
        }
        for row in rows {
            for line in row.body.split(separator: "\n") where line.contains("\"submitted\"") {
                // A decision stands behind a blank, and none is about this.
                guard !line.hasPrefix(" "), case .submitted(let fact) = try LogText.event(String(line)),
                    let token = ArrayToken(fact.token)
                else { continue }
                if times[token] == nil { times[token] = row.time }
            }
        }
        return times
    }

    /// The result of a trial in a rung, with the time when its report was taken in.
    package struct ResultRow: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// The rung.
        package var rung: Int
        /// The resource at which it was reported.
        package var resource: Resource
        /// The objective; `nil` when it was not finite, or the trial failed on the way here.
        package var value: Double?
        /// Whether it breaks a bound of the study.
        package var breaksBounds: Bool
        /// Whether the trial went on from here.
        package var wasPromoted: Bool
    }

    /// All results, by rung, then by trial.
    package func results() throws -> [ResultRow] {
        try all(
            "SELECT trial, rung, resource, value, promoted, violation FROM results ORDER BY rung, trial"
        ) { row in
            ResultRow(
                trial: TrialID(try row.int(0)), rung: try row.int(1), resource: Resource(try row.int(2)),
                value: try row.optionalReal(3), breaksBounds: try row.optionalReal(5) ?? 0 > 0,
                wasPromoted: try row.bool(4))
        }
    }

    /// A report at the end of an assignment.
    package struct TargetReport: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// The rung that the assignment led to.
        package var rung: Int
        /// The number of the event that recorded it.
        package var event: Int
        /// The objective, which is finite.
        package var value: Double
    }

    /// The reports with finite objectives at the ends of assignments, in the order in which they were taken in.
    package func targetReports() throws -> [TargetReport] {
        try all(
            """
            SELECT a.trial, a.rung, r.event, r.value FROM assignments a
            JOIN reports r ON r.assignment = a.id AND r.resource = a."to" AND r.current = 1
            WHERE r.value IS NOT NULL
            """
        ) { row in
            TargetReport(
                trial: TrialID(try row.int(0)), rung: try row.int(1), event: try row.int(2),
                value: try row.real(3))
        }.sorted { $0.event < $1.event }
    }

    /// A point of a learning curve.
    package struct CurvePoint: Hashable, Sendable {
        /// The resource.
        package var resource: Int
        /// The objective there.
        package var value: Double

        /// A point from its parts.
        package init(resource: Int, value: Double) {
            self.resource = resource
            self.value = value
        }
    }

    /// The learning curve of a trial: the finite objectives of the newest start of each of its tasks, by resource. Of two
    /// reports at one resource the later one counts. Of replicates, it is the first one's.
    package func curve(of trial: TrialID) throws -> [CurvePoint] {
        let points = try all(
            """
            SELECT r.resource, r.value FROM assignments a JOIN reports r ON r.assignment = a.id
            WHERE a.trial = ? AND coalesce(a.replicate, 0) = 0 AND r.current = 1 AND r.value IS NOT NULL
            ORDER BY r.resource, r.event
            """, trial.number
        ) { CurvePoint(resource: try $0.int(0), value: try $0.real(1)) }
        var curve: [CurvePoint] = []
        for point in points {
            if curve.last?.resource == point.resource { curve.removeLast() }
            curve.append(point)
        }
        return curve
    }

    /// An attempt that has started, as a timeline shows it.
    package struct SpanRow: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// The rung that the assignment leads to.
        package var rung: Int
        /// The array.
        package var token: ArrayToken
        /// The index of the task in the array.
        package var task: Int
        /// How often the task had been started before, and how many assignments this start of it had before this one.
        package var epoch, turn: Int
        /// The cluster's id of the task, as `4821_17`, and the host.
        package var clusterTask, host: String
        /// When it started, in seconds since 1970.
        package var started: Double
        /// When it ended; `nil` while it runs, or if its worker left no word.
        package var ended: Double?
        /// How it ended; `nil` while it runs, or if its worker left no word.
        package var ending: Ending?
        /// Whether its assignment is in flight.
        package var isOpen: Bool
    }

    /// The attempts that have started, in the order of their assignments.
    package func spans() throws -> [SpanRow] {
        // Few endings differ, and each takes time to read.
        var endings: [String: Ending] = [:]
        return try all(
            """
            SELECT a.trial, a.rung, a.token, a.task, t.epoch, a.turn, t.task, t.host, t.started, t.ended, t.ending, a.open
            FROM attempts t JOIN assignments a ON a.id = t.assignment WHERE t.started IS NOT NULL
            ORDER BY t.assignment, t.epoch
            """
        ) { row in
            let ending = try row.optionalText(10).map { text in
                if let known = endings[text] { return known }
                let new = try LogText.ending(text)
                endings[text] = new
                return new
            }
            return SpanRow(
                trial: TrialID(try row.int(0)), rung: try row.int(1), token: try row.token(2),
                task: try row.int(3), epoch: try row.int(4), turn: try row.int(5),
                clusterTask: try row.text(6), host: try row.text(7), started: try row.real(8),
                ended: try row.optionalReal(9), ending: ending, isOpen: try row.bool(11))
        }
    }
}

import Store
import StudyFile
import Tuning

/// When and where attempts ran, how long they waited, and how they ended.
extension StudyReport {
    /// The newest attempts by host, and how long tasks waited in the queue. Times count from the study's beginning.
    func writeTimeline(_ fields: inout JSONFields) throws {
        let submitted = try reader.submissionTimes()
        let shown = spans.suffix(ReportLimits.spans)
        let hosts = Set(shown.map(\.host)).sorted()
        let places = Dictionary(uniqueKeysWithValues: hosts.enumerated().map { ($1, $0) })
        fields.key("timeline")
        fields.object { fields in
            fields.key("of")
            fields.number(spans.count)
            fields.key("hosts")
            fields.array(hosts) { $0.text($1) }
            fields.key("kinds")
            fields.array(EndingKind.allCases) { $0.text($1.words) }
            fields.key("trial")
            fields.array(shown) { $0.number($1.trial.number) }
            fields.key("rung")
            fields.array(shown) { $0.number($1.rung) }
            fields.key("task")
            fields.array(shown) { $0.text($1.clusterTask) }
            fields.key("host")
            fields.array(shown) { $0.number(places[$1.host]) }
            fields.key("begin")
            fields.array(shown) { $0.time($1.started - created) }
            fields.key("end")
            fields.array(shown) { $0.time($1.ended.map { $0 - created }) }
            fields.key("kind")
            fields.array(shown) { $0.number(EndingKind($1).rawValue) }
            fields.key("queued")
            fields.array(shown) { fields, span in
                fields.time(wait(of: span, submitted).map { span.started - $0 - created })
            }
            let waits = spans.compactMap { wait(of: $0, submitted) }.sorted()
            fields.key("waits")
            fields.object { fields in
                fields.key("count")
                fields.number(waits.count)
                for (name, share) in [("median", 0.5), ("most90", 0.9), ("longest", 1)] {
                    fields.key(name)
                    fields.time(waits.isEmpty ? nil : waits[Int(share * Double(waits.count - 1))])
                }
            }
        }
        try writeOpenTasks(&fields)
    }

    private func writeOpenTasks(_ fields: inout JSONFields) throws {
        let tasks = try openTasks()
        fields.key("tasks")
        fields.object { fields in
            fields.key("waiting")
            fields.number(tasks.waiting)
            fields.key("running")
            fields.number(tasks.running)
        }
    }

    /// How long a task waited in the queue before its first attempt, in seconds; `nil`: the attempt was not what the task was
    /// submitted for, or that is not known.
    private func wait(of span: StoreReader.SpanRow, _ submitted: [ArrayToken: Double]) -> Double? {
        guard span.turn == 0, span.epoch == 0, let time = submitted[span.token] else { return nil }
        return max(0, span.started - time)
    }

    private func openTasks() throws -> (waiting: Int, running: Int) {
        let open = try reader.openTasks()
        let running = Set(open.filter(\.hasStarted).map(\.plannedTask))
        let waiting = Set(open.filter { !$0.hasStarted }.map(\.plannedTask)).subtracting(running)
        return (waiting.count, running.count)
    }

    /// How many attempts ended how, the commonest first.
    func writeEnds(_ fields: inout JSONFields) {
        var counts: [String: (kind: EndingKind, count: Int)] = [:]
        for span in spans { counts[span.cause, default: (EndingKind(span), 0)].count += 1 }
        let ordered = counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        fields.key("ends")
        fields.array(ordered) { fields, end in
            fields.object { fields in
                fields.key("cause")
                fields.text(end.key)
                fields.key("kind")
                fields.number(end.value.kind.rawValue)
                fields.key("count")
                fields.number(end.value.count)
            }
        }
    }
}

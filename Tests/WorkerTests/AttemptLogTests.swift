import Spool
import Testing
import Tuning

@testable import Worker

/// What follows from an attempt's lines and from the end of its command. The attempt trains from 1 to 3.
@Suite struct AttemptLogTests {
    /// A row of the table: lines, the end of the command, and how the attempt ended.
    struct Row: Sendable, CustomTestStringConvertible {
        var lines: [String]
        var end = AttemptLog.CommandEnd.exited(0)
        var asker: AttemptLog.Asker?
        var isKilled = false
        var ending: Ending
        var testDescription: String { "\(lines) \(end) → \(ending)" }
    }

    static let rows: [Row] = [
        Row(lines: [line(2), line(3)], ending: .finished),
        Row(lines: [line(3)], ending: .finished),
        Row(lines: [line(3), "garbage"], ending: .finished),
        Row(lines: [line(3)], end: .exited(1), ending: .exited(code: 1)),
        Row(lines: [], ending: .noReport),
        Row(lines: [], end: .exited(7), ending: .exited(code: 7)),
        Row(lines: [line(2)], end: .signalled(9), ending: .signalled(number: 9)),
        Row(lines: [], end: .notStarted("no such file"), ending: .notStarted(reason: "no such file")),
        Row(lines: [line(3)], end: .stopped("too much"), ending: .badReport(reason: "too much")),
        Row(lines: [line(2)], asker: .clock, ending: .left),
        Row(lines: [line(2)], end: .signalled(15), asker: .clock, ending: .left),
        Row(lines: [line(2)], end: .exited(143), asker: .cluster, ending: .left),
        Row(lines: [line(2)], end: .exited(130), asker: .cluster, ending: .left),
        Row(lines: [line(2)], end: .signalled(9), asker: .clock, isKilled: true, ending: .left),
        Row(lines: [line(2)], end: .exited(137), asker: .cluster, isKilled: true, ending: .left),
        Row(lines: [line(3)], asker: .clock, ending: .finished),
        Row(lines: [line(2)], end: .exited(1), asker: .clock, ending: .exited(code: 1)),
        Row(lines: [line(2)], end: .exited(137), asker: .clock, ending: .exited(code: 137)),
        Row(lines: [line(2)], end: .signalled(9), asker: .clock, ending: .signalled(number: 9)),
        Row(lines: [line(2)], end: .signalled(11), asker: .clock, ending: .signalled(number: 11)),
        Row(
            lines: [line(2)], end: .exited(1), asker: .cluster,
            ending: .crashedLeaving(reason: "exit code 1")),
        Row(
            lines: [line(2)], end: .signalled(9), asker: .cluster,
            ending: .crashedLeaving(reason: "signal 9")),
        Row(
            lines: [line(2)],
            ending: .badReport(reason: "the last report is at resource 2, and none is at the target 3")),
        Row(
            lines: [line(9)],
            ending: .badReport(
                reason: "line 1 of the reports: a report at resource 9 is outside of this attempt, which "
                    + "trains from 1 to 3")),
        Row(
            lines: [line(1)],
            ending: .badReport(
                reason: "line 1 of the reports: a report at resource 1 is outside of this attempt, which "
                    + "trains from 1 to 3")),
        Row(
            lines: [line(2), #"{"resource": 3, "metrics": {"acc": 1, "mse": 2}}"#],
            ending: .badReport(
                reason:
                    "line 2 of the reports: the report at resource 3 has no metric 'loss'; it has: acc, mse"
            )
        ),
        Row(
            lines: [#"{"checkpoint": 4}"#],
            ending: .badReport(
                reason: "line 1 of the reports: a checkpoint of resource 4 is not between 2 and 3")),
    ]

    private static func line(_ resource: Int) -> String {
        #"{"resource": \#(resource), "metrics": {"loss": 0.5}}"#
    }

    @Test(arguments: rows)
    func `an attempt ends as its lines and its command say`(_ row: Row) {
        var log = AttemptLog(metrics: ["loss"], from: Resource(1), to: Resource(3))
        for line in row.lines { _ = log.wrote(Array(line.utf8)) }
        if let asker = row.asker { log.askedToLeave(by: asker, killed: row.isKilled) }
        #expect(log.ended(row.end) == row.ending)
    }

    /// Rows of an attempt that has reported at 3 and was told to continue to 6; the lines are those after that.
    static let rowsInPlace: [Row] = [
        Row(lines: [], ending: .paused),
        Row(lines: [line(4), line(5)], ending: .paused),
        Row(lines: [line(3)], ending: .paused),
        Row(lines: ["garbage", line(9)], ending: .paused),
        Row(lines: [line(4), line(6)], ending: .finished),
        Row(lines: [], end: .exited(2), ending: .exited(code: 2)),
        Row(lines: [line(4)], end: .signalled(9), ending: .signalled(number: 9)),
        Row(lines: [line(6)], end: .exited(2), ending: .exited(code: 2)),
        Row(lines: [], end: .stopped("too much"), ending: .signalled(number: 9)),
        Row(lines: [line(6)], end: .stopped("too much"), ending: .badReport(reason: "too much")),
        Row(lines: [], asker: .clock, ending: .left),
        Row(lines: [line(5)], end: .signalled(15), asker: .clock, ending: .left),
    ]

    @Test(arguments: rowsInPlace)
    func `a clean end after being told to go on is a pause, whatever was reported since`(_ row: Row) {
        var log = AttemptLog(metrics: ["loss"], from: Resource(1), to: Resource(3))
        _ = log.wrote(Array(Self.line(3).utf8))
        log.goOn(to: Resource(6))
        for line in row.lines { _ = log.wrote(Array(line.utf8)) }
        if let asker = row.asker { log.askedToLeave(by: asker, killed: row.isKilled) }
        #expect(log.ended(row.end) == row.ending)
    }

    @Test func `a command that was told to go on may save what it had before`() {
        var log = AttemptLog(metrics: ["loss"], from: Resource(1), to: Resource(3))
        log.goOn(to: Resource(6))
        #expect(log.wrote(Array(#"{"checkpoint": 3}"#.utf8)) == .checkpoint(Resource(3)))
        guard case .note = log.wrote(Array(#"{"checkpoint": 2}"#.utf8)) else {
            Issue.record("a checkpoint of an earlier assignment is taken for one of this")
            return
        }
    }

    @Test func `a report has to have each of several metrics`() {
        var log = AttemptLog(metrics: ["loss", "size"], from: .none, to: Resource(1))
        let why = "line 1 of the reports: the report at resource 1 has no metric 'size'; it has: loss"
        #expect(log.wrote(Array(Self.line(1).utf8)) == .note(why))
        #expect(log.ended(.exited(0)) == .badReport(reason: why))
        var whole = AttemptLog(metrics: ["loss", "size"], from: .none, to: Resource(1))
        let line = #"{"resource": 1, "metrics": {"loss": 0.5, "size": "nan"}}"#
        #expect(
            whole.wrote(Array(line.utf8))
                == .sendAtTarget(
                    .report(resource: Resource(1), metrics: ["loss": 0.5], nonFinite: ["size": "nan"])))
    }

    @Test func `the first report at a resource counts, and a second is only noted`() {
        var log = AttemptLog(metrics: ["loss"], from: Resource(1), to: Resource(3))
        let body = Message.Body.report(resource: Resource(2), metrics: ["loss": 0.5], nonFinite: [:])
        #expect(log.wrote(Array(Self.line(2).utf8)) == .send(body))
        #expect(
            log.wrote(Array(#"{"resource": 2, "metrics": {"loss": 0.1}}"#.utf8))
                == .note("a second report at resource 2 is ignored: the first one counts"))
    }

    @Test func `the report at the target is urgent, and a checkpoint is looked for`() {
        var log = AttemptLog(metrics: ["loss"], from: Resource(1), to: Resource(3))
        #expect(log.wrote(Array(#"{"checkpoint": 3}"#.utf8)) == .checkpoint(Resource(3)))
        guard case .sendAtTarget = log.wrote(Array(Self.line(3).utf8)) else {
            Issue.record("the report at the target is not urgent")
            return
        }
    }
}

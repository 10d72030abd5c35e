package import Tuning

extension JSONWriter {
    /// Writes an event as a line of the log.
    ///
    /// - Returns: whether the line can be read back unchanged. If not, discard it; Codable writes such events: a plan,
    ///   prior results, why a study stopped, what the user asks for, which code the command is, and numbers that only few
    ///   readers understand.
    package mutating func write(_ event: Event) -> Bool {
        switch event {
        case .accepted, .stopped, .wished, .learned, .code: return false
        case .submitted(let fact): line("submitted", fact.token, fact.job)
        case .refused(let reason): line("refused", reason)
        case .started(let fact): line("started", fact.attempt, fact.task, fact.host, fact.directory)
        case .reported(let report):
            guard report.metrics.values.allSatisfy(\.isPlain) else { return false }
            if report.nonFinite.isEmpty {
                line("reported", report.attempt, report.resource, report.metrics)
            } else {
                line("reported", report.attempt, report.resource, report.metrics, Words(report.nonFinite))
            }
        case .checkpointed(let checkpoint, let bytes): line("checkpointed", checkpoint, bytes)
        case .resumed(let attempt, let checkpoint, let bytes): line("resumed", attempt, checkpoint, bytes)
        case .waited(let attempt): line("waited", attempt)
        case .doesNotWait(let attempt): line("doesNotWait", attempt)
        case .askedAhead(let room): line("askedAhead", room)
        case .crowded(let count): line("crowded", count)
        case .ended(let fact):
            if let used = fact.used {
                guard used.values.values.allSatisfy(\.isPlain) else { return false }
                line("ended", fact.attempt, fact.ending, fact.stderrTail, used.values)
            } else if fact.stderrTail.isEmpty {
                line("ended", fact.attempt, fact.ending)
            } else {
                line("ended", fact.attempt, fact.ending, fact.stderrTail)
            }
        case .lost(let fact):
            if let more = fact.mayHaveMore {
                line("lost", fact.assignment, fact.fate.rawValue, fact.state, more ? 1 : 0)
            } else {
                line("lost", fact.assignment, fact.fate.rawValue, fact.state)
            }
        case .cancelled: line("cancelled")
        case .advised(let advice): line("advised", advice)
        case .proposed(let trial, let configuration):
            guard configuration?.isPlain != false else { return false }
            line("proposed", trial, configuration)
        }
        return true
    }
}

extension Event {
    /// Reads an event that `JSONWriter` has written; `nil`: use Codable.
    package init?(line text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in
            try scanner.line { scanner, name throws(Unfamiliar) in try Event(name, &scanner) }
        }
        guard let value else { return nil }
        self = value
    }

    private init(_ name: JSONScanner.Key, _ values: inout JSONScanner) throws(Unfamiliar) {
        if name.is("reported") {
            self = .reported(
                Report(
                    attempt: try values.take(), resource: try values.take(), metrics: try values.take(),
                    nonFinite: try values.takeOptional(Words.self)?.texts ?? [:]))
        } else if name.is("started") {
            self = .started(
                AttemptStarted(
                    attempt: try values.take(), task: try values.take(), host: try values.take(),
                    directory: try values.take()))
        } else if name.is("ended") {
            self = .ended(
                AttemptEnded(
                    attempt: try values.take(), ending: try values.take(),
                    stderrTail: try values.takeOptional() ?? "",
                    used: try values.takeOptional([String: Double].self).map { Usage($0) }))
        } else if name.is("checkpointed") {
            self = .checkpointed(try values.take(), bytes: try values.take())
        } else if name.is("waited") {
            self = .waited(try values.take())
        } else if name.is("submitted") {
            self = .submitted(ArraySubmitted(token: try values.take(), job: try values.take()))
        } else if name.is("resumed") {
            self = .resumed(try values.take(), from: try values.take(), bytes: try values.take())
        } else if name.is("doesNotWait") {
            self = .doesNotWait(try values.take())
        } else if name.is("askedAhead") {
            self = .askedAhead(room: try values.take())
        } else if name.is("crowded") {
            self = .crowded(checkpoints: try values.take())
        } else if name.is("lost") {
            let (assignment, fate) = (try values.take(AssignmentID.self), try values.take(String.self))
            guard let fate = TaskFate(rawValue: fate) else { throw Unfamiliar() }
            self = .lost(
                AssignmentLost(
                    assignment: assignment, fate: fate, state: try values.take(),
                    mayHaveMore: try values.takeOptional(Int.self).map { $0 != 0 }))
        } else if name.is("refused") {
            self = .refused(reason: try values.take())
        } else if name.is("cancelled") {
            self = .cancelled
        } else if name.is("advised") {
            self = .advised(try values.take())
        } else if name.is("proposed") {
            self = .proposed(trial: try values.take(), configuration: try values.take())
        } else {
            throw Unfamiliar()
        }
    }
}

/// Texts by name.
private struct Words: LineValue {
    let texts: [String: String]

    init(_ texts: [String: String]) { self.texts = texts }

    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Words {
        Words(try scanner.texts())
    }
    func write(to writer: inout JSONWriter) { writer.write(texts) }
}

extension Ending: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Ending {
        try scanner.word { values, name throws(Unfamiliar) in
            if name.is("finished") { return .finished }
            if name.is("wentOn") { return .wentOn }
            if name.is("exited") { return .exited(code: try values.take()) }
            if name.is("signalled") { return .signalled(number: try values.take()) }
            if name.is("notStarted") { return .notStarted(reason: try values.take()) }
            if name.is("left") { return .left }
            if name.is("noReport") { return .noReport }
            if name.is("badReport") { return .badReport(reason: try values.take()) }
            if name.is("paused") { return .paused }
            if name.is("givenBack") { return .givenBack }
            if name.is("setupFailed") { return .setupFailed(reason: try values.take()) }
            if name.is("crashedLeaving") { return .crashedLeaving(reason: try values.take()) }
            throw Unfamiliar()
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .finished: writer.name("finished")
        case .exited(let code): writer.line("exited", code)
        case .signalled(let number): writer.line("signalled", number)
        case .notStarted(let reason): writer.line("notStarted", reason)
        case .left: writer.name("left")
        case .noReport: writer.name("noReport")
        case .badReport(let reason): writer.line("badReport", reason)
        case .wentOn: writer.name("wentOn")
        case .paused: writer.name("paused")
        case .givenBack: writer.name("givenBack")
        case .setupFailed(let reason): writer.line("setupFailed", reason)
        case .crashedLeaving(let reason): writer.line("crashedLeaving", reason)
        }
    }
}

extension Double {
    /// Whether every JSON reader gets the same number back.
    var isPlain: Bool { isNormal || isZero }
}

extension Configuration {
    /// Whether `JSONScanner` reads it back unchanged.
    var isPlain: Bool {
        values.values.allSatisfy { value in
            switch value {
            case .float(let number):
                if let whole = Int(exactly: number) {
                    whole.magnitude < 1_000_000_000_000_000
                } else {
                    number.isNormal && number.magnitude < 1e15
                }
            case .int(let number): number.magnitude < 1_000_000_000_000_000_000
            case .string, .bool, .null: true
            }
        }
    }
}

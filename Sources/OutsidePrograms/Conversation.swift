import Spool
import Tuning
import Wire

/// The lines sent to a program outside, and a searcher's answer to each question. docs/external-searchers.md describes
/// them; those of schedulers are in `SchedulerLines`.
struct Conversation {
    private let plan: Plan
    private let program: ExternalPlan
    private let isScheduler: Bool
    private let levels: [Resource]
    /// The parameters as the searcher sees them, parents first.
    private let parameters: [Parameter]

    /// The conversation of a study.
    ///
    /// - Parameter isScheduler: whether the program is the study's scheduler, not its searcher.
    init(_ plan: Plan, _ program: ExternalPlan, isScheduler: Bool) {
        self.plan = plan
        self.program = program
        self.isScheduler = isScheduler
        levels = plan.scheduler.levels
        parameters = plan.space.parentsFirst
    }

    // MARK: What it is told

    /// The first line: the study.
    var greeting: [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"type":"study","version":1,"goal":"#)
        writer.write(plan.objective.goal.rawValue)
        writer.raw(#","levels":"#)
        writer.write(levels) { $0.write($1.units) }
        writer.raw(#","parameters":"#)
        writer.write(parameters) { $0.write(described: $1) }
        if let sampler = program.sampler {
            writer.raw(#","sampler":"#)
            writer.write(sampler)
        }
        if !plan.bounds.isEmpty { writer.raw(#","bounds":true"#) }
        if isScheduler {
            writer.raw(#","trials":"#)
            writer.write(plan.trials)
            writer.raw(#","parallel":"#)
            writer.write(plan.parallel)
        }
        writer.raw(#","seed":"#)
        writer.write(Int(truncatingIfNeeded: program.seed))
        writer.raw(#","settings":"#)
        writer.write(Configuration(program.settings))
        writer.raw("}")
        return writer.bytes
    }

    /// One step of the study.
    func line(_ step: ExternalSearcher.Experience) -> [UInt8] {
        var writer = JSONWriter()
        switch step {
        case .trial(let trial, let configuration):
            writer.raw(#"{"type":"trial","trial":"#)
            writer.write(trial.number)
            writer.raw(#","parameters":"#)
            writer.write(seen(configuration))
        case .result(let trial, let rung, let loss):
            writer.result(of: trial, at: levels[rung], loss, plan.objective.goal)
        }
        writer.raw("}")
        return writer.bytes
    }

    /// Asks for the configuration of a trial.
    static func question(_ trial: TrialID) -> [UInt8] { Array(#"{"type":"ask","trial":\#(trial)}"#.utf8) }

    /// Says that the answer cannot be used; the question is sent again.
    static func refusal(_ trial: TrialID) -> [UInt8] {
        Array(#"{"type":"refused","trial":\#(trial)}"#.utf8)
    }

    /// A configuration as a program sees it: some parameters are given as their place in the unit interval.
    func seen(_ configuration: Configuration) -> Configuration {
        var seen = configuration
        for parameter in parameters where parameter.domain.isTold == .asUnit {
            if let value = configuration[parameter.name], let unit = parameter.domain.unit(of: value) {
                seen.values[parameter.name] = .float(unit)
            }
        }
        return seen
    }

    // MARK: What it answers

    /// A searcher's answer.
    enum Answer: Hashable {
        /// A configuration within the space; constraints may still forbid it.
        case configuration(Configuration)
        /// The searcher has no more configurations.
        case exhausted
    }

    /// Reads the answer to the question for a trial.
    ///
    /// - Throws: `OutsideFailure` if it is not an answer, or is outside of the space.
    func answer(_ line: [UInt8], for trial: TrialID) throws(OutsideFailure) -> Answer {
        let reply: Reply
        do {
            reply = try SpoolJSON.decode(from: line)
        } catch {
            throw OutsideFailure(
                "it answers '\(String(decoding: line.prefix(200), as: UTF8.self))' (\(SpoolJSON.reason(error)))"
            )
        }
        guard reply.trial == trial.number else {
            throw OutsideFailure("it was asked for trial \(trial), and answers for trial \(reply.trial)")
        }
        guard let values = reply.parameters else {
            if reply.exhausted == true { return .exhausted }
            throw OutsideFailure(
                "its answer for trial \(trial) has neither 'parameters' nor 'exhausted': true")
        }
        var configuration = Configuration()
        for parameter in parameters where parameter.isActive(in: configuration) {
            guard let value = values[parameter.name] else {
                throw OutsideFailure(
                    "its answer for trial \(trial) lacks the parameter '\(parameter.name)'")
            }
            configuration.values[parameter.name] = try parameter.read(value, trial)
        }
        let strange = values.keys.filter { configuration[$0] == nil }.sorted()
        guard strange.isEmpty else {
            throw OutsideFailure(
                "its answer for trial \(trial) has '\(strange[0])', which is not a parameter, or is not active there"
            )
        }
        return .configuration(configuration)
    }

    /// The line as written.
    private struct Reply: Decodable {
        var trial: Int
        var parameters: [String: ParameterValue]?
        var exhausted: Bool?
    }
}

/// Why an external searcher has given no answer: a sentence without its subject.
package struct OutsideFailure: Error, Hashable, CustomStringConvertible {
    /// The sentence.
    package let description: String

    /// A failure in words.
    package init(_ description: String) { self.description = description }
}

extension Parameter {
    /// The value that an answer means.
    fileprivate func read(_ value: ParameterValue, _ trial: TrialID) throws(OutsideFailure)
        -> ParameterValue
    {
        if domain.isTold == .asUnit, let unit = value.number, (0...1).contains(unit) {
            return domain.value(at: min(unit, 1.0.nextDown))
        }
        if domain.isTold == .asItIs, let value = domain.meant(by: value) { return value }
        throw OutsideFailure(
            "its answer for trial \(trial) has \(name) = \(value), which is outside of the parameter's range"
        )
    }
}

/// How a parameter is described to a searcher.
private enum Telling {
    /// By its range.
    case asItIs
    /// As a number from 0 to 1: the value's place in its distribution.
    case asUnit
}

extension Domain {
    fileprivate var isTold: Telling {
        switch self {
        case .float(_, _, .linear, _), .int(_, _, .linear, _), .choice, .ordinal, .constant: .asItIs
        case .float(_, _, .log, nil), .int(_, _, .log, nil): .asItIs
        case .float, .int, .normal, .lognormal: .asUnit
        }
    }

    /// The value of this domain that a JSON value means, where 1 may be written for 1.0; `nil` if it is not in the
    /// domain.
    fileprivate func meant(by value: ParameterValue) -> ParameterValue? {
        guard contains(value) else { return nil }
        switch self {
        case .float, .normal, .lognormal: return value.number.map(ParameterValue.float)
        case .int: return value.number.map { .int(Int($0)) }
        case .choice(let values), .ordinal(let values): return values.first { $0.matches(value) }
        case .constant(let only): return only
        }
    }
}

extension JSONWriter {
    /// Writes values as an array.
    fileprivate mutating func write<Element>(
        _ values: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        raw("[")
        for (number, value) in values.enumerated() {
            if number > 0 { raw(",") }
            write(&self, value)
        }
        raw("]")
    }

    fileprivate mutating func write(described parameter: Parameter) {
        raw(#"{"name":"#)
        write(parameter.name)
        write(described: parameter.domain)
        if !parameter.conditions.isEmpty {
            raw(#","when":{"#)
            for (number, condition) in parameter.conditions.enumerated() {
                if number > 0 { raw(",") }
                write(condition.parent)
                raw(":")
                write(condition.values) { $0.write($1) }
            }
            raw("}")
        }
        raw("}")
    }

    private mutating func write(described domain: Domain) {
        switch domain {
        case _ where domain.isTold == .asUnit: raw(#","type":"float","min":0,"max":1"#)
        case .float(let min, let max, let scale, let step):
            raw(#","type":"float""#)
            write(from: min, to: max, scale, step) { $0.write($1) }
        case .int(let min, let max, let scale, let step):
            raw(#","type":"int""#)
            write(from: min, to: max, scale, step) { $0.write($1) }
        case .choice(let values):
            raw(#","type":"choice","values":"#)
            write(values) { $0.write($1) }
        case .ordinal(let values):
            raw(#","type":"ordinal","values":"#)
            write(values) { $0.write($1) }
        case .constant(let value):
            raw(#","type":"constant","value":"#)
            write(value)
        case .normal, .lognormal: break
        }
    }

    private mutating func write<Number>(
        from min: Number, to max: Number, _ scale: Scale, _ step: Number?,
        _ write: (inout JSONWriter, Number) -> Void
    ) {
        raw(#","min":"#)
        write(&self, min)
        raw(#","max":"#)
        write(&self, max)
        raw(#","scale":"#)
        self.write(scale.rawValue)
        if let step {
            raw(#","step":"#)
            write(&self, step)
        }
    }
}

import Spool
import Tuning
import Wire

/// The lines sent to an external scheduler, and its answer to each question. docs/external-schedulers.md describes them.
struct SchedulerLines {
    private let levels: [Resource]
    private let goal: Objective.Goal

    /// The lines of a study.
    init(_ plan: Plan) {
        levels = plan.scheduler.levels
        goal = plan.objective.goal
    }

    /// One step of the study.
    func line(_ step: ScheduledStep, _ seen: (Configuration) -> Configuration) -> [UInt8] {
        var writer = JSONWriter()
        switch step {
        case .trial(let trial, let configuration):
            writer.raw(#"{"type":"trial","trial":"#)
            writer.write(trial.number)
            writer.raw(#","parameters":"#)
            writer.write(seen(configuration))
        case .running(let trial, let rung):
            writer.raw(#"{"type":"running","trial":"#)
            writer.write(trial.number)
            writer.raw(#","to":"#)
            writer.write(levels[rung].units)
        case .result(let trial, let rung, let loss):
            writer.result(of: trial, at: levels[rung], loss, goal)
        case .cancelled(let trial):
            writer.raw(#"{"type":"cancelled","trial":"#)
            writer.write(trial.number)
        }
        writer.raw("}")
        return writer.bytes
    }

    /// Asks what is to happen next.
    static func question(_ choices: Choices) -> [UInt8] {
        Array(#"{"type":"ask","may_begin":\#(choices.mayBegin)}"#.utf8)
    }

    /// Says why an answer cannot be followed; the question is sent again.
    static func refusal(_ why: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"type":"refused","why":"#)
        writer.write(why)
        writer.raw("}")
        return writer.bytes
    }

    /// What became of an answer.
    enum Answer: Hashable {
        case advice(Advice)
        /// It is no choice; the sentence says why.
        case refused(String)
    }

    /// Reads an answer.
    ///
    /// - Throws: `OutsideFailure` if it is not one.
    func answer(_ line: [UInt8], _ choices: Choices) throws(OutsideFailure) -> Answer {
        let reply: Reply
        do {
            reply = try SpoolJSON.decode(from: line)
        } catch {
            throw OutsideFailure(
                "it answers '\(String(decoding: line.prefix(200), as: UTF8.self))' (\(SpoolJSON.reason(error)))"
            )
        }
        if let number = reply.trial, let units = reply.to {
            let trial = TrialID(number)
            guard let from = choices.resting[trial] else {
                return .refused("trial \(number) does not rest below the last level, so it cannot go on")
            }
            guard let rung = levels.firstIndex(of: Resource(units)), rung > from else {
                return .refused(
                    "trial \(number) rests at \(levels[from]), and \(units) is not one of the levels above")
            }
            return .advice(.goOn(trial, rung: rung))
        }
        if reply.begin == true {
            return choices.mayBegin ? .advice(.begin) : .refused("no further trial may begin")
        }
        if reply.rest == true { return .advice(.rest) }
        throw OutsideFailure("its answer has neither 'trial' and 'to', nor 'begin': true, nor 'rest': true")
    }

    /// The line as written.
    private struct Reply: Decodable {
        var trial: Int?
        var to: Int?
        var begin: Bool?
        var rest: Bool?
    }
}

extension JSONWriter {
    /// Writes a result, but for the last brace.
    mutating func result(of trial: TrialID, at resource: Resource, _ loss: Loss, _ goal: Objective.Goal) {
        raw(#"{"type":"result","trial":"#)
        write(trial.number)
        raw(#","resource":"#)
        write(resource.units)
        guard loss.isFinite else { return }
        raw(#","value":"#)
        write(goal == .minimize ? loss.value : -loss.value)
        if !loss.keepsBounds {
            raw(#","violation":"#)
            write(loss.violation)
        }
    }
}

package import Tuning

extension JSONWriter {
    /// Writes a decision as the log has it.
    ///
    /// - Returns: whether it is of a kind that is written here; else nothing is written, and Codable writes it.
    package mutating func write(_ decision: Decision) -> Bool {
        switch decision {
        case .sample(let trial, let configuration, let parent):
            raw(#"{"sample":{"configuration":"#)
            write(configuration)
            if let parent {
                raw(#","parent":"#)
                write(parent.number)
            }
            raw(#","trial":"#)
            write(trial.number)
            raw("}}")
        case .evaluate(let work):
            guard work.reason.isWrittenHere else { return false }
            write(work)
        case .release(let attempt, let save):
            raw(#"{"release":{"_0":"#)
            write(attempt)
            raw(save ? #","save":true}}"# : #","save":false}}"#)
        case .discard(let checkpoint):
            raw(#"{"discard":{"_0":"#)
            write(checkpoint)
            raw("}}")
        case .conclude(let trial, let conclusion):
            guard write(conclusion) else { return false }
            raw(#","trial":"#)
            write(trial.number)
            raw("}}")
        default: return false
        }
        return true
    }

    private mutating func write(_ work: Assignment) {
        raw(#"{"evaluate":{"_0":{"from":"#)
        write(work.from.units)
        raw(#","id":"#)
        write(work.id.number)
        if let attempt = work.inPlace {
            raw(#","inPlace":"#)
            write(attempt)
        }
        raw(#","reason":"#)
        _ = write(work.reason)
        raw(#","rung":"#)
        write(work.rung)
        if let start = work.start {
            raw(#","start":"#)
            write(start)
        }
        raw(#","to":"#)
        write(work.to.units)
        raw(#","trial":"#)
        write(work.trial.number)
        raw("}}}")
    }

    /// Writes why an assignment was decided.
    ///
    /// - Returns: whether it is of a kind that is written here; else nothing is written, and Codable writes it.
    package mutating func write(_ reason: Assignment.Reason) -> Bool {
        switch reason {
        case .new: raw(#"{"new":{}}"#)
        case .promoted(let results, let kept):
            raw(#"{"promoted":{"kept":"#)
            write(kept)
            raw(#","results":"#)
            write(results)
            raw("}}")
        case .unstopped(let results):
            raw(#"{"unstopped":{"results":"#)
            write(results)
            raw("}}")
        case .retained(let results, let despite):
            raw(#"{"retained":{"despite":"#)
            write(despite.number)
            raw(#","results":"#)
            write(results)
            raw("}}")
        default: return false
        }
        return true
    }

    /// Writes the beginning of a conclusion, up to its trial.
    private mutating func write(_ conclusion: Conclusion) -> Bool {
        switch conclusion {
        case .completed: raw(#"{"conclude":{"_1":{"completed":{}}"#)
        case .paused(let rung):
            raw(#"{"conclude":{"_1":{"paused":{"rung":"#)
            write(rung)
            raw("}}")
        case .stopped(let rung):
            raw(#"{"conclude":{"_1":{"stopped":{"rung":"#)
            write(rung)
            raw("}}")
        case .replaced(let rung, let parent):
            raw(#"{"conclude":{"_1":{"replaced":{"parent":"#)
            write(parent.number)
            raw(#","rung":"#)
            write(rung)
            raw("}}")
        default: return false
        }
        return true
    }
}

extension Assignment.Reason {
    /// Whether `JSONWriter` writes it.
    fileprivate var isWrittenHere: Bool {
        switch self {
        case .new, .promoted, .unstopped, .retained: true
        default: false
        }
    }
}

package import Tuning

extension JSONWriter {
    /// Writes a decision as a line of the log.
    ///
    /// - Returns: whether the line can be read back unchanged. If not, discard it; Codable writes such decisions: why a
    ///   study is over, and numbers that only few readers understand.
    package mutating func write(_ decision: Decision) -> Bool {
        switch decision {
        case .sample(let trial, let configuration, let parent):
            guard configuration.isPlain else { return false }
            if let parent {
                line("sample", trial, configuration, parent)
            } else {
                line("sample", trial, configuration)
            }
        case .evaluate(let work):
            if let replicate = work.replicate {
                line(
                    "evaluate", work.id, work.trial, work.rung, work.from, work.to, work.reason, work.start,
                    work.inPlace, replicate)
            } else if work.start == nil, work.inPlace == nil {
                line("evaluate", work.id, work.trial, work.rung, work.from, work.to, work.reason)
            } else {
                line(
                    "evaluate", work.id, work.trial, work.rung, work.from, work.to, work.reason, work.start,
                    work.inPlace)
            }
        case .release(let attempt, let save): line("release", attempt, save)
        case .discard(let checkpoint): line("discard", checkpoint)
        case .conclude(let trial, let conclusion): line("conclude", trial, conclusion)
        case .finish, .aggregate: return false
        }
        return true
    }
}

extension Decision {
    /// Reads a decision that `JSONWriter` has written; `nil`: use Codable.
    package init?(line text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in
            try scanner.line { scanner, name throws(Unfamiliar) in try Decision(name, &scanner) }
        }
        guard let value else { return nil }
        self = value
    }

    private init(_ name: JSONScanner.Key, _ values: inout JSONScanner) throws(Unfamiliar) {
        if name.is("sample") {
            self = .sample(
                trial: try values.take(), configuration: try values.take(),
                parent: try values.takeOptional())
        } else if name.is("evaluate") {
            let (id, trial, rung) = (
                try values.take(AssignmentID.self), try values.take(TrialID.self), try values.take(Int.self)
            )
            let (from, to) = (try values.take(Resource.self), try values.take(Resource.self))
            let reason = try values.take(Assignment.Reason.self)
            let start = try values.takeOptional(CheckpointID?.self) ?? nil
            let inPlace = try values.takeOptional(AttemptID?.self) ?? nil
            self = .evaluate(
                Assignment(
                    id: id, trial: trial, rung: rung, from: from, to: to, start: start, inPlace: inPlace,
                    reason: reason, replicate: try values.takeOptional()))
        } else if name.is("release") {
            self = .release(try values.take(), save: try values.take())
        } else if name.is("discard") {
            self = .discard(try values.take())
        } else if name.is("conclude") {
            self = .conclude(trial: try values.take(), try values.take())
        } else {
            throw Unfamiliar()
        }
    }
}

extension Assignment.Reason: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Assignment.Reason {
        try scanner.word { values, name throws(Unfamiliar) in
            if name.is("new") { return .new }
            if name.is("promoted") { return .promoted(results: try values.take(), kept: try values.take()) }
            if name.is("unstopped") { return .unstopped(results: try values.take()) }
            if name.is("retained") {
                return .retained(results: try values.take(), despite: try values.take())
            }
            if name.is("advised") { return .advised(from: try values.take()) }
            if name.is("retry") { return .retry(of: try values.take(), why: try values.take()) }
            if name.is("continued") { return .continued(of: try values.take(), why: try values.take()) }
            if name.is("finished") { return .finished(from: try values.take()) }
            if name.is("relaunched") { return .relaunched(of: try values.take(), why: try values.take()) }
            if name.is("replicate") { return .replicate(of: try values.take()) }
            throw Unfamiliar()
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .new: writer.name("new")
        case .promoted(let results, let kept): writer.line("promoted", results, kept)
        case .unstopped(let results): writer.line("unstopped", results)
        case .retained(let results, let despite): writer.line("retained", results, despite)
        case .advised(let rung): writer.line("advised", rung)
        case .retry(let work, let why): writer.line("retry", work, why)
        case .continued(let work, let why): writer.line("continued", work, why)
        case .finished(let rung): writer.line("finished", rung)
        case .relaunched(let work, let why): writer.line("relaunched", work, why)
        case .replicate(let work): writer.line("replicate", work)
        }
    }
}

extension JSONWriter {
    /// Writes why an assignment was decided.
    package mutating func write(_ reason: Assignment.Reason) { reason.write(to: &self) }

    /// Writes how an attempt ended.
    package mutating func write(_ ending: Ending) { ending.write(to: &self) }
}

extension Assignment.Reason {
    /// Reads why an assignment was decided, as written by `JSONWriter`; `nil`: use Codable.
    package init?(line text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in
            try Assignment.Reason.read(&scanner)
        }
        guard let value else { return nil }
        self = value
    }
}

extension Ending {
    /// Reads how an attempt ended, as written by `JSONWriter`; `nil`: use Codable.
    package init?(line text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in try Ending.read(&scanner) }
        guard let value else { return nil }
        self = value
    }
}

extension Conclusion: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Conclusion {
        try scanner.word { values, name throws(Unfamiliar) in
            if name.is("completed") { return .completed }
            if name.is("paused") { return .paused(rung: try values.take()) }
            if name.is("stopped") { return .stopped(rung: try values.take()) }
            if name.is("replaced") {
                return .replaced(rung: try values.take(), parent: try values.take())
            }
            if name.is("diverged") { return .diverged(rung: try values.take()) }
            if name.is("failed") { return .failed(reason: try values.take()) }
            if name.is("cancelled") { return .cancelled }
            throw Unfamiliar()
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .completed: writer.name("completed")
        case .paused(let rung): writer.line("paused", rung)
        case .stopped(let rung): writer.line("stopped", rung)
        case .replaced(let rung, let parent): writer.line("replaced", rung, parent)
        case .diverged(let rung): writer.line("diverged", rung)
        case .failed(let reason): writer.line("failed", reason)
        case .cancelled: writer.name("cancelled")
        }
    }
}

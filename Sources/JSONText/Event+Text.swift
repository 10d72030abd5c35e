package import Tuning

extension JSONWriter {
    /// Writes an event as the log has it.
    ///
    /// - Returns: whether it is of a kind that is written here; else nothing is written, and Codable writes it.
    package mutating func write(_ event: Event) -> Bool {
        switch event {
        case .reported(let report): write(report)
        case .checkpointed(let checkpoint, let bytes):
            raw(#"{"checkpointed":{"_0":"#)
            write(checkpoint)
            if let bytes {
                raw(#","bytes":"#)
                write(bytes)
            }
            raw("}}")
        case .started(let fact): write(fact)
        case .waited(let attempt):
            raw(#"{"waited":{"_0":"#)
            write(attempt)
            raw("}}")
        case .ended(let fact):
            guard fact.ending == .finished || fact.ending == .wentOn else { return false }
            raw(#"{"ended":{"_0":{"attempt":"#)
            write(fact.attempt)
            raw(#","ending":"#)
            _ = write(fact.ending)
            raw(#","stderrTail":"#)
            write(fact.stderrTail)
            if let used = fact.used {
                raw(#","used":"#)
                write(used.values)
            }
            raw("}}}")
        case .submitted(let fact):
            raw(#"{"submitted":{"_0":{"job":"#)
            write(Int(fact.job))
            raw(#","token":"#)
            write(fact.token)
            raw("}}}")
        default: return false
        }
        return true
    }

    /// Writes how an attempt ended.
    ///
    /// - Returns: whether it is of a kind that is written here; else nothing is written, and Codable writes it.
    package mutating func write(_ ending: Ending) -> Bool {
        switch ending {
        case .finished: raw(#"{"finished":{}}"#)
        case .wentOn: raw(#"{"wentOn":{}}"#)
        default: return false
        }
        return true
    }

    private mutating func write(_ report: Report) {
        raw(#"{"reported":{"_0":{"attempt":"#)
        write(report.attempt)
        raw(#","metrics":"#)
        write(report.metrics)
        raw(#","nonFinite":"#)
        write(report.nonFinite)
        raw(#","resource":"#)
        write(report.resource.units)
        raw("}}}")
    }

    private mutating func write(_ fact: AttemptStarted) {
        raw(#"{"started":{"_0":{"attempt":"#)
        write(fact.attempt)
        raw(#","directory":"#)
        write(fact.directory)
        raw(#","host":"#)
        write(fact.host)
        raw(#","task":"#)
        write(fact.task)
        raw("}}}")
    }

    /// Writes an attempt.
    mutating func write(_ attempt: AttemptID) {
        raw(#"{"assignment":"#)
        write(attempt.assignment.number)
        raw(#","epoch":"#)
        write(attempt.epoch)
        raw("}")
    }

    /// Writes a checkpoint.
    mutating func write(_ checkpoint: CheckpointID) {
        raw(#"{"attempt":"#)
        write(checkpoint.attempt)
        raw(#","resource":"#)
        write(checkpoint.resource.units)
        raw("}")
    }
}

extension Event {
    /// Reads an event as `JSONWriter` has written it; `nil`: ask Codable.
    package init?(plain text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in try scanner.event() }
        guard let value else { return nil }
        self = value
    }
}

extension JSONScanner {
    fileprivate mutating func event() throws(Unfamiliar) -> Event {
        if skips(#"{"reported":{"_0":{"attempt":"#) {
            return .reported(try report())
        }
        if skips(#"{"started":{"_0":{"attempt":"#) {
            return .started(try started())
        }
        if skips(#"{"checkpointed":{"_0":{"attempt":"#) {
            let attempt = try attempt()
            try skip(#","resource":"#)
            let checkpoint = CheckpointID(attempt: attempt, resource: Resource(try whole()))
            try skip("}")
            let bytes = skips(#","bytes":"#) ? try whole() : nil
            try skip("}}")
            return .checkpointed(checkpoint, bytes: bytes)
        }
        if skips(#"{"ended":{"_0":{"attempt":"#) {
            let attempt = try attempt()
            try skip(#","ending":"#)
            let ending: Ending = skips(#"{"wentOn":{}}"#) ? .wentOn : .finished
            if ending == .finished { try skip(#"{"finished":{}}"#) }
            try skip(#","stderrTail":"#)
            let tail = try text()
            let used = skips(#","used":"#) ? Usage(try reals()) : nil
            try skip("}}}")
            return .ended(AttemptEnded(attempt: attempt, ending: ending, stderrTail: tail, used: used))
        }
        if skips(#"{"waited":{"_0":"#) {
            let attempt = try attempt()
            try skip("}}")
            return .waited(attempt)
        }
        if skips(#"{"submitted":{"_0":{"job":"#) {
            guard let job = UInt32(exactly: try whole()) else { throw Unfamiliar() }
            try skip(#","token":"#)
            let token = try text()
            try skip("}}}")
            return .submitted(ArraySubmitted(token: token, job: job))
        }
        throw Unfamiliar()
    }

    private mutating func report() throws(Unfamiliar) -> Report {
        let attempt = try attempt()
        try skip(#","metrics":"#)
        let metrics = try reals()
        try skip(#","nonFinite":"#)
        let nonFinite = try texts()
        try skip(#","resource":"#)
        let resource = Resource(try whole())
        try skip("}}}")
        return Report(attempt: attempt, resource: resource, metrics: metrics, nonFinite: nonFinite)
    }

    private mutating func started() throws(Unfamiliar) -> AttemptStarted {
        let attempt = try attempt()
        try skip(#","directory":"#)
        let directory = try text()
        try skip(#","host":"#)
        let host = try text()
        try skip(#","task":"#)
        let task = try text()
        try skip("}}}")
        return AttemptStarted(attempt: attempt, task: task, host: host, directory: directory)
    }

    private mutating func attempt() throws(Unfamiliar) -> AttemptID {
        try skip(#"{"assignment":"#)
        let assignment = AssignmentID(try whole())
        try skip(#","epoch":"#)
        let epoch = try whole()
        try skip("}")
        return AttemptID(assignment: assignment, epoch: epoch)
    }
}

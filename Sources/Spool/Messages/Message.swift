package import Tuning

/// One message from a worker. A letter in the inbox holds one or more, one JSON line each.
///
/// The messages of an attempt are numbered 0, 1, 2, …, so that a repeated message is recognized and a gap is noticed.
package struct Message: Hashable, Sendable {
    /// The version of the format that this code writes, and the only one that it reads.
    package static let version = 1

    /// The attempt that sent it.
    package var attempt: Turn
    /// Its number within the attempt, from 0.
    package var sequence: Int
    /// Seconds since 1970 by the sender's clock. Only shown to people; no decision uses it.
    package var time: Double
    /// What it says.
    package var body: Body

    /// The content of a message.
    package enum Body: Hashable, Sendable {
        /// The attempt was claimed, and its command is about to start.
        case started(Started)
        /// The training code reported metrics. Values that are not finite are in `nonFinite`, as words.
        case report(resource: Resource, metrics: [String: Double], nonFinite: [String: String])
        /// The training code published a checkpoint of this resource. `home`: the turn whose directory holds it, if not
        /// the attempt's own. `bytes`: the size of its files, 0 or more; `nil` if the worker does not say.
        case checkpoint(resource: Resource, home: Int? = nil, bytes: Int? = nil)
        /// The command has reported at the target and waits for the answer. The task has this many seconds left; `nil`
        /// if its end is not known.
        case waiting(secondsLeft: Double?)
        /// The attempt has ended, and its worker waits for other work. The task has this many seconds left; `nil` if
        /// not known.
        case idle(secondsLeft: Double?)
        /// The command is over. `used`: what its processes used, as far as the worker measured it.
        case ended(Ending, stderrTail: String, used: Usage? = nil)
    }

    /// Where an attempt runs.
    package struct Started: Hashable, Codable, Sendable {
        /// The cluster's number of the array that the task belongs to.
        package var array: UInt32
        /// The host's name.
        package var host: String
        /// The worker's process there.
        package var process: Int32
        /// The turn that the command's process began with, if not the attempt's own. The process prints into that
        /// turn's directory.
        package var home: Int?
        /// The checkpoint that it resumes from, if not the planned one: an earlier start of the same task published it.
        package var resume: Resume?

        /// A checkpoint of an earlier start of the same task.
        package struct Resume: Hashable, Codable, Sendable {
            /// How often the cluster had restarted the task at that time.
            package var epoch: Int
            /// The resource that the checkpoint holds.
            package var resource: Resource

            /// A checkpoint from its parts.
            package init(epoch: Int, resource: Resource) { (self.epoch, self.resource) = (epoch, resource) }
        }

        /// A place from its parts.
        package init(
            array: UInt32, host: String, process: Int32, home: Int? = nil, resume: Resume? = nil
        ) {
            self.array = array
            self.host = host
            self.process = process
            self.home = home
            self.resume = resume
        }
    }

    /// A message from its parts.
    package init(attempt: Turn, sequence: Int, time: Double, body: Body) {
        self.attempt = attempt
        self.sequence = sequence
        self.time = time
        self.body = body
    }
}

extension Message: Codable {
    private enum Key: String, CodingKey {
        case version, token, index, epoch, turn, sequence, time, type
        case array, host, process, home, resume, secondsLeft
        case resource, metrics, nonFinite, bytes
        case ending, code, signal, reason, stderr, used
    }

    /// The values of the field `type`.
    private enum Kind: String, Codable {
        case started, report, checkpoint, waiting, idle, ended
    }

    /// The values of the field `ending`.
    private enum EndingWord: String, Codable {
        case finished, exited, signalled, notStarted, left, noReport, badReport, wentOn, paused, givenBack
        case setupFailed, crashedLeaving
    }

    /// Reads one line of a letter.
    ///
    /// - Throws: `DecodingError` if a field is missing, has the wrong type or is out of range.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func refuse(_ key: Key, _ why: String) -> DecodingError {
            DecodingError.dataCorruptedError(forKey: key, in: fields, debugDescription: why)
        }
        guard try fields.decode(Int.self, forKey: .version) == Message.version else {
            throw refuse(.version, "this reads format \(Message.version)")
        }
        attempt = Turn(
            token: try fields.decode(ArrayToken.self, forKey: .token),
            index: try fields.decode(Int.self, forKey: .index),
            epoch: try fields.decode(Int.self, forKey: .epoch),
            turn: try fields.decodeIfPresent(Int.self, forKey: .turn) ?? 0)
        sequence = try fields.decode(Int.self, forKey: .sequence)
        time = try fields.decode(Double.self, forKey: .time)
        guard attempt.index >= 0, attempt.epoch >= 0, attempt.turn >= 0, sequence >= 0 else {
            throw refuse(.sequence, "index, epoch, turn and sequence must be 0 or greater")
        }
        switch try fields.decode(Kind.self, forKey: .type) {
        case .started:
            let place = try Started(from: decoder)
            if let resume = place.resume {
                let isEarlier = attempt.turn == 0 && (0..<attempt.epoch).contains(resume.epoch)
                guard isEarlier, (0...SpoolLimits.resource).contains(resume.resource.units) else {
                    throw refuse(.resume, "it is of no earlier start of the task")
                }
            }
            body = .started(place)
        case .checkpoint:
            body = .checkpoint(
                resource: try fields.decode(Resource.self, forKey: .resource),
                home: try fields.decodeIfPresent(Int.self, forKey: .home),
                bytes: try fields.decodeIfPresent(Int.self, forKey: .bytes))
        case .waiting:
            body = .waiting(secondsLeft: try fields.decodeIfPresent(Double.self, forKey: .secondsLeft))
        case .idle:
            body = .idle(secondsLeft: try fields.decodeIfPresent(Double.self, forKey: .secondsLeft))
        case .report:
            body = .report(
                resource: try fields.decode(Resource.self, forKey: .resource),
                metrics: try fields.decode([String: Double].self, forKey: .metrics),
                nonFinite: try fields.decodeIfPresent([String: String].self, forKey: .nonFinite) ?? [:])
        case .ended:
            body = .ended(
                try Message.ending(fields),
                stderrTail: try fields.decodeIfPresent(String.self, forKey: .stderr) ?? "",
                used: try fields.decodeIfPresent(Usage.self, forKey: .used))
        }
        if case .checkpoint(_, _, let bytes?) = body, !(0...SpoolLimits.checkpointBytes).contains(bytes) {
            throw refuse(.bytes, "\(bytes) is not between 0 and \(SpoolLimits.checkpointBytes)")
        }
        if case .report(let resource, let metrics, let nonFinite) = body {
            guard (0...SpoolLimits.resource).contains(resource.units) else {
                throw refuse(.resource, "\(resource) is not between 0 and \(SpoolLimits.resource)")
            }
            guard metrics.count + nonFinite.count <= SpoolLimits.metricsPerReport else {
                throw refuse(.metrics, "more than \(SpoolLimits.metricsPerReport) metrics")
            }
        }
    }

    private static func ending(_ fields: KeyedDecodingContainer<Key>) throws -> Ending {
        switch try fields.decode(EndingWord.self, forKey: .ending) {
        case .finished: .finished
        case .exited: .exited(code: try fields.decode(Int.self, forKey: .code))
        case .signalled: .signalled(number: try fields.decode(Int.self, forKey: .signal))
        case .notStarted: .notStarted(reason: try fields.decode(String.self, forKey: .reason))
        case .left: .left
        case .noReport: .noReport
        case .wentOn: .wentOn
        case .paused: .paused
        case .givenBack: .givenBack
        case .badReport: .badReport(reason: try fields.decode(String.self, forKey: .reason))
        case .setupFailed: .setupFailed(reason: try fields.decode(String.self, forKey: .reason))
        case .crashedLeaving: .crashedLeaving(reason: try fields.decode(String.self, forKey: .reason))
        }
    }

    /// Writes one line of a letter.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(Message.version, forKey: .version)
        try fields.encode(attempt.token, forKey: .token)
        try fields.encode(attempt.index, forKey: .index)
        try fields.encode(attempt.epoch, forKey: .epoch)
        if attempt.turn > 0 { try fields.encode(attempt.turn, forKey: .turn) }
        try fields.encode(sequence, forKey: .sequence)
        try fields.encode(time, forKey: .time)
        switch body {
        case .started(let place):
            try fields.encode(Kind.started, forKey: .type)
            try place.encode(to: encoder)
        case .report(let resource, let metrics, let nonFinite):
            try fields.encode(Kind.report, forKey: .type)
            try fields.encode(resource, forKey: .resource)
            try fields.encode(metrics, forKey: .metrics)
            if !nonFinite.isEmpty { try fields.encode(nonFinite, forKey: .nonFinite) }
        case .checkpoint(let resource, let home, let bytes):
            try fields.encode(Kind.checkpoint, forKey: .type)
            try fields.encode(resource, forKey: .resource)
            try fields.encodeIfPresent(home, forKey: .home)
            try fields.encodeIfPresent(bytes, forKey: .bytes)
        case .waiting(let secondsLeft):
            try fields.encode(Kind.waiting, forKey: .type)
            try fields.encodeIfPresent(secondsLeft, forKey: .secondsLeft)
        case .idle(let secondsLeft):
            try fields.encode(Kind.idle, forKey: .type)
            try fields.encodeIfPresent(secondsLeft, forKey: .secondsLeft)
        case .ended(let ending, let stderrTail, let used):
            try fields.encode(Kind.ended, forKey: .type)
            try encode(ending, into: &fields)
            if !stderrTail.isEmpty { try fields.encode(stderrTail, forKey: .stderr) }
            try fields.encodeIfPresent(used, forKey: .used)
        }
    }

    private func encode(_ ending: Ending, into fields: inout KeyedEncodingContainer<Key>) throws {
        let word: EndingWord
        switch ending {
        case .finished: word = .finished
        case .left: word = .left
        case .noReport: word = .noReport
        case .wentOn: word = .wentOn
        case .paused: word = .paused
        case .givenBack: word = .givenBack
        case .exited(let code):
            word = .exited
            try fields.encode(code, forKey: .code)
        case .signalled(let number):
            word = .signalled
            try fields.encode(number, forKey: .signal)
        case .notStarted(let reason):
            word = .notStarted
            try fields.encode(reason, forKey: .reason)
        case .badReport(let reason):
            word = .badReport
            try fields.encode(reason, forKey: .reason)
        case .setupFailed(let reason):
            word = .setupFailed
            try fields.encode(reason, forKey: .reason)
        case .crashedLeaving(let reason):
            word = .crashedLeaving
            try fields.encode(reason, forKey: .reason)
        }
        try fields.encode(word, forKey: .ending)
    }
}

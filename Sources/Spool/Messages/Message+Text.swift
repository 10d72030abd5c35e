import Tuning
import Wire

extension Message {
    /// Reads one line of a letter in its usual form; `nil`: use Codable, which also reports what is wrong. The fields
    /// may come in any order.
    package init?(plain line: ArraySlice<UInt8>) {
        let message = JSONScanner.value(of: line) { scanner throws(Unfamiliar) in
            var fields = Fields()
            try scanner.object { scanner, key throws(Unfamiliar) in try fields.read(key, &scanner) }
            return try fields.message()
        }
        guard let message else { return nil }
        self = message
    }

    /// The fields of a line read so far.
    private struct Fields {
        private var version, index, epoch, turn, sequence, array, process, home, resource, bytes: Int?
        private var time, secondsLeft: Double?
        private var token, type, host, ending, stderr: String?
        private var metrics, used: [String: Double]?
        private var nonFinite: [String: String]?

        mutating func read(_ key: JSONScanner.Key, _ scanner: inout JSONScanner) throws(Unfamiliar) {
            if key.is("version") { return try version.set(once: scanner.whole()) }
            if key.is("token") { return try token.set(once: scanner.text()) }
            if key.is("index") { return try index.set(once: scanner.whole()) }
            if key.is("epoch") { return try epoch.set(once: scanner.whole()) }
            if key.is("sequence") { return try sequence.set(once: scanner.whole()) }
            if key.is("time") { return try time.set(once: scanner.real()) }
            if key.is("type") { return try type.set(once: scanner.text()) }
            if key.is("resource") { return try resource.set(once: scanner.whole()) }
            if key.is("metrics") { return try metrics.set(once: scanner.reals()) }
            if key.is("nonFinite") { return try nonFinite.set(once: scanner.texts()) }
            if key.is("array") { return try array.set(once: scanner.whole()) }
            if key.is("turn") { return try turn.set(once: scanner.whole()) }
            if key.is("host") { return try host.set(once: scanner.text()) }
            if key.is("process") { return try process.set(once: scanner.whole()) }
            if key.is("bytes") { return try bytes.set(once: scanner.whole()) }
            if key.is("home") { return try home.set(once: scanner.whole()) }
            if key.is("secondsLeft") { return try secondsLeft.set(once: scanner.real()) }
            if key.is("ending") { return try ending.set(once: scanner.text()) }
            if key.is("used") { return try used.set(once: scanner.reals()) }
            if key.is("stderr") { return try stderr.set(once: scanner.text()) }
            throw Unfamiliar()
        }

        func message() throws(Unfamiliar) -> Message {
            guard version == Message.version, let token = token.flatMap({ ArrayToken($0) }), let index,
                let epoch, let sequence, let time, index >= 0, epoch >= 0, turn ?? 0 >= 0, sequence >= 0
            else { throw Unfamiliar() }
            return Message(
                attempt: Turn(token: token, index: index, epoch: epoch, turn: turn ?? 0),
                sequence: sequence, time: time, body: try body())
        }

        private func body() throws(Unfamiliar) -> Body {
            switch type {
            case "started":
                guard let array = array.flatMap({ UInt32(exactly: $0) }), let host,
                    let process = process.flatMap({ Int32(exactly: $0) })
                else { throw Unfamiliar() }
                return .started(Started(array: array, host: host, process: process, home: home))
            case "report":
                let nonFinite = nonFinite ?? [:]
                guard let metrics, metrics.count + nonFinite.count <= SpoolLimits.metricsPerReport else {
                    throw Unfamiliar()
                }
                return .report(resource: try limitedResource(), metrics: metrics, nonFinite: nonFinite)
            case "checkpoint":
                guard (0...SpoolLimits.checkpointBytes).contains(bytes ?? 0) else { throw Unfamiliar() }
                return .checkpoint(resource: try limitedResource(), home: home, bytes: bytes)
            case "waiting": return .waiting(secondsLeft: secondsLeft)
            case "idle": return .idle(secondsLeft: secondsLeft)
            case "ended":
                let ended: Ending
                switch ending {
                case "finished": ended = .finished
                case "wentOn": ended = .wentOn
                case "paused": ended = .paused
                case "givenBack": ended = .givenBack
                default: throw Unfamiliar()
                }
                return .ended(ended, stderrTail: stderr ?? "", used: used.map { Usage($0) })
            default: throw Unfamiliar()
            }
        }

        private func limitedResource() throws(Unfamiliar) -> Resource {
            guard let resource, (0...SpoolLimits.resource).contains(resource) else { throw Unfamiliar() }
            return Resource(resource)
        }
    }
}

extension Message {
    /// A line of a letter, without its end, in the same form as Codable writes it. Frequent messages are written
    /// without Codable.
    package var line: [UInt8] {
        var writer = JSONWriter()
        return writeHead(to: &writer) ? writeTail(to: writer) : SpoolJSON.encode(self)
    }

    /// Writes the fields up to the index; keys are sorted.
    ///
    /// - Returns: whether this code writes messages of that kind.
    private func writeHead(to writer: inout JSONWriter) -> Bool {
        writer.raw("{")
        switch body {
        case .started(let place) where place.resume != nil: return false
        case .started(let place):
            writer.raw(#""array":"#)
            writer.write(Int(place.array))
            writer.raw(",")
        case .ended(let ending, stderrTail: "", used: _):
            switch ending {
            case .finished: writer.raw(#""ending":"finished","#)
            case .wentOn: writer.raw(#""ending":"wentOn","#)
            case .paused: writer.raw(#""ending":"paused","#)
            case .givenBack: writer.raw(#""ending":"givenBack","#)
            default: return false
            }
        case .ended: return false
        case .checkpoint(_, _, let bytes?):
            writer.raw(#""bytes":"#)
            writer.write(bytes)
            writer.raw(",")
        case .report, .checkpoint, .waiting, .idle: break
        }
        writer.raw(#""epoch":"#)
        writer.write(attempt.epoch)
        if let home { writer.raw(#","home":"#); writer.write(home) }
        if case .started(let place) = body { writer.raw(#","host":"#); writer.write(place.host) }
        writer.raw(#","index":"#)
        writer.write(attempt.index)
        return true
    }

    /// Writes the fields after the index.
    private func writeTail(to head: JSONWriter) -> [UInt8] {
        var writer = head
        switch body {
        case .started(let place):
            writer.raw(#","process":"#)
            writer.write(Int(place.process))
        case .report(let resource, let metrics, let nonFinite):
            writer.raw(#","metrics":"#)
            writer.write(metrics)
            if !nonFinite.isEmpty { writer.raw(#","nonFinite":"#); writer.write(nonFinite) }
            writer.raw(#","resource":"#)
            writer.write(resource.units)
        case .checkpoint(let resource, _, _):
            writer.raw(#","resource":"#)
            writer.write(resource.units)
        case .waiting(let secondsLeft?), .idle(let secondsLeft?):
            writer.raw(#","secondsLeft":"#)
            writer.write(secondsLeft)
        case .waiting, .idle, .ended: break
        }
        writer.raw(#","sequence":"#)
        writer.write(sequence)
        writer.raw(#","time":"#)
        writer.write(time)
        writer.raw(#","token":"#)
        writer.write(attempt.token.digits)
        if attempt.turn > 0 { writer.raw(#","turn":"#); writer.write(attempt.turn) }
        writer.raw(#","type":"#)
        writer.write(kind)
        if case .ended(_, _, let used?) = body { writer.raw(#","used":"#); writer.write(used.values) }
        writer.raw(#","version":1}"#)
        return writer.bytes
    }

    private var home: Int? {
        switch body {
        case .started(let place): place.home
        case .checkpoint(_, let home, _): home
        case .report, .waiting, .idle, .ended: nil
        }
    }

    private var kind: String {
        switch body {
        case .started: "started"
        case .report: "report"
        case .checkpoint: "checkpoint"
        case .waiting: "waiting"
        case .idle: "idle"
        case .ended: "ended"
        }
    }
}

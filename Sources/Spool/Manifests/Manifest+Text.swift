import Tuning
import Wire

extension Manifest {
    /// The manifest as JSON, in the same form as Codable writes it. Its entries, perhaps thousands, are written without
    /// Codable.
    var text: [UInt8] {
        var head = self
        head.entries = []
        let frame = SpoolJSON.encode(head)
        let mark = Array(#""entries":[]"#.utf8)
        // The mark cannot occur inside a string, where its quotes would have backslashes.
        guard let place = frame.firstRange(of: mark) else { return SpoolJSON.encode(self) }
        var writer = JSONWriter(capacity: frame.count + 160 * entries.count)
        writer.raw(frame[..<(place.upperBound - 1)])
        for (number, entry) in entries.enumerated() {
            if number > 0 { writer.raw(",") }
            entry.write(to: &writer)
        }
        writer.raw(frame[(place.upperBound - 1)...])
        return writer.bytes
    }
}

extension Manifest {
    /// Reads a manifest in its usual form; `nil`: use Codable, which also reports what is wrong.
    package init?(plain text: [UInt8]) {
        let manifest = JSONScanner.value(of: text[...]) { scanner throws(Unfamiliar) in
            var fields = Fields()
            try scanner.object { scanner, key throws(Unfamiliar) in try fields.read(key, &scanner) }
            return try fields.manifest()
        }
        guard let manifest else { return nil }
        self = manifest
    }

    /// The fields of a manifest read so far.
    private struct Fields {
        private var version, saveEvery, layout: Int?
        private var packs: Bool?
        private var study, token, metric, workingDirectory: String?
        private var command: CommandTemplate?
        private var stay: Stay?
        private var otherMetrics: [String]?
        private var entries: [Entry]?

        mutating func read(_ key: JSONScanner.Key, _ scanner: inout JSONScanner) throws(Unfamiliar) {
            if key.is("version") { return try version.set(once: scanner.whole()) }
            if key.is("study") { return try study.set(once: scanner.text()) }
            if key.is("token") { return try token.set(once: scanner.text()) }
            if key.is("metric") { return try metric.set(once: scanner.text()) }
            if key.is("otherMetrics") {
                var names: [String] = []
                try scanner.array { scanner throws(Unfamiliar) in names.append(try scanner.text()) }
                return try otherMetrics.set(once: names)
            }
            if key.is("command") { return try command.set(once: CommandTemplate(&scanner)) }
            if key.is("workingDirectory") { return try workingDirectory.set(once: scanner.text()) }
            if key.is("stay") { return try stay.set(once: Stay(&scanner)) }
            if key.is("saveEvery") { return try saveEvery.set(once: scanner.whole()) }
            if key.is("layout") { return try layout.set(once: scanner.whole()) }
            if key.is("packs") { return try packs.set(once: scanner.boolean()) }
            guard key.is("entries") else { throw Unfamiliar() }
            var all: [Entry] = []
            try scanner.array { scanner throws(Unfamiliar) in all.append(try Entry(&scanner)) }
            try entries.set(once: all)
        }

        func manifest() throws(Unfamiliar) -> Manifest {
            guard version == Manifest.version, let study, let token = token.flatMap({ ArrayToken($0) }),
                let metric, let command, let workingDirectory, let entries
            else { throw Unfamiliar() }
            return Manifest(
                study: study, token: token, metric: metric, otherMetrics: otherMetrics, command: command,
                workingDirectory: workingDirectory, stay: stay, saveEvery: saveEvery, layout: layout,
                packs: packs, entries: entries)
        }
    }
}

extension Manifest.Stay {
    fileprivate init(_ scanner: inout JSONScanner) throws(Unfamiliar) {
        var (reuse, seconds): (Bool?, Int?) = (nil, nil)
        try scanner.object { scanner, key throws(Unfamiliar) in
            if key.is("reuse") { return try reuse.set(once: scanner.boolean()) }
            if key.is("seconds") { return try seconds.set(once: scanner.whole()) }
            throw Unfamiliar()
        }
        guard let reuse, let seconds else { throw Unfamiliar() }
        self.init(reuse: reuse, seconds: seconds)
    }
}

extension CommandTemplate {
    fileprivate init(_ scanner: inout JSONScanner) throws(Unfamiliar) {
        var elements: [Element] = []
        try scanner.array { scanner throws(Unfamiliar) in
            guard scanner.next() == UInt8(ascii: "[") else {
                return elements.append(.argument(try Argument(text: &scanner)))
            }
            var group: [Argument] = []
            try scanner.array { scanner throws(Unfamiliar) in group.append(try Argument(text: &scanner)) }
            elements.append(.group(group))
        }
        do throws(CommandTemplateError) { try self.init(elements) } catch { throw Unfamiliar() }
    }
}

extension CommandTemplate.Argument {
    fileprivate init(text scanner: inout JSONScanner) throws(Unfamiliar) {
        let text = try scanner.text()
        do throws(CommandTemplateError) { try self.init(text) } catch { throw Unfamiliar() }
    }
}

extension Manifest.Entry {
    fileprivate init(_ scanner: inout JSONScanner) throws(Unfamiliar) {
        var (index, task, trial, rung, from, to): (Int?, Int?, Int?, Int?, Int?, Int?)
        var configuration: Configuration?
        var resume: String?
        var mayWait: Bool?
        var replicate: Int?
        try scanner.object { scanner, key throws(Unfamiliar) in
            if key.is("index") { return try index.set(once: scanner.whole()) }
            if key.is("task") { return try task.set(once: scanner.whole()) }
            if key.is("trial") { return try trial.set(once: scanner.whole()) }
            if key.is("rung") { return try rung.set(once: scanner.whole()) }
            if key.is("from") { return try from.set(once: scanner.whole()) }
            if key.is("to") { return try to.set(once: scanner.whole()) }
            if key.is("configuration") { return try configuration.set(once: scanner.configuration()) }
            if key.is("resume") { return try resume.set(once: scanner.text()) }
            if key.is("mayWait") { return try mayWait.set(once: scanner.boolean()) }
            if key.is("replicate") { return try replicate.set(once: scanner.whole()) }
            throw Unfamiliar()
        }
        guard let index, let trial, let rung, let configuration, let from, let to else {
            throw Unfamiliar()
        }
        self.init(
            index: index, task: task, trial: TrialID(trial), rung: rung, configuration: configuration,
            from: Resource(from), to: Resource(to), resume: resume, mayWait: mayWait,
            replicate: replicate)
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.raw(#"{"configuration":"#)
        writer.write(configuration)
        writer.raw(#","from":"#)
        writer.write(from.units)
        writer.raw(#","index":"#)
        writer.write(index)
        if let mayWait { writer.raw(mayWait ? #","mayWait":true"# : #","mayWait":false"#) }
        if let replicate {
            writer.raw(#","replicate":"#)
            writer.write(replicate)
        }
        if let resume {
            writer.raw(#","resume":"#)
            writer.write(resume)
        }
        writer.raw(#","rung":"#)
        writer.write(rung)
        if let task {
            writer.raw(#","task":"#)
            writer.write(task)
        }
        writer.raw(#","to":"#)
        writer.write(to.units)
        writer.raw(#","trial":"#)
        writer.write(trial.number)
        writer.raw("}")
    }
}

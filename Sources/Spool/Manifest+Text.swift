import JSONText
import Tuning

extension Manifest {
    /// The manifest as JSON, as Codable writes it: its entries, of which there may be thousands, without Codable.
    var text: [UInt8] {
        var head = self
        head.entries = []
        let frame = SpoolJSON.encode(head)
        let mark = Array(#""entries":[]"#.utf8)
        // Within a text this cannot stand: its quotes would have backslashes before them.
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

extension Manifest.Entry {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.raw(#"{"configuration":"#)
        writer.write(configuration)
        writer.raw(#","from":"#)
        writer.write(from.units)
        writer.raw(#","index":"#)
        writer.write(index)
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

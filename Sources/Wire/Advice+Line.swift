import Tuning

extension Advice: LineValue {
    static func read(_ scanner: inout JSONScanner) throws(Unfamiliar) -> Advice {
        try scanner.word { values, name throws(Unfamiliar) in
            if name.is("begin") { return .begin }
            if name.is("goOn") { return .goOn(try values.take(), rung: try values.take()) }
            if name.is("rest") { return .rest }
            if name.is("alone") { return .alone }
            throw Unfamiliar()
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .begin: writer.name("begin")
        case .goOn(let trial, let rung): writer.line("goOn", trial, rung)
        case .rest: writer.name("rest")
        case .alone: writer.name("alone")
        }
    }
}

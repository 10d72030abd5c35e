import Tuning
package import Wire

extension JSONWriter {
    /// Writes an intent for the outbox.
    ///
    /// - Returns: whether this code writes intents of that kind; if not, nothing is written, and Codable writes it.
    package mutating func write(_ intent: Intent) -> Bool {
        switch intent {
        case .submit(let token):
            raw(#"{"submit":{"token":"#)
            write(token.digits)
        case .removeCheckpoint(let path):
            raw(#"{"removeCheckpoint":{"path":"#)
            write(path)
        case .answer(let turn, let answer):
            raw(#"{"answer":{"_0":"#)
            write(turn)
            raw(#","_1":"#)
            write(answer)
        case .take(let assignment, let turn):
            raw(#"{"take":{"_0":"#)
            write(assignment.number)
            raw(#","for":"#)
            write(turn)
        case .cancel: return false
        }
        raw("}}")
        return true
    }

    private mutating func write(_ turn: Turn) {
        raw(#"{"epoch":"#)
        write(turn.epoch)
        raw(#","index":"#)
        write(turn.index)
        raw(#","token":"#)
        write(turn.token.digits)
        raw(#","turn":"#)
        write(turn.turn)
        raw("}")
    }

    private mutating func write(_ answer: Intent.Answer) {
        switch answer {
        case .goOn: raw(#"{"goOn":{}}"#)
        case .next: raw(#"{"next":{}}"#)
        case .leave: raw(#"{"leave":{}}"#)
        case .release(save: true): raw(#"{"release":{"save":true}}"#)
        case .release(save: false): raw(#"{"release":{"save":false}}"#)
        }
    }
}

extension Intent {
    /// Reads an intent that `JSONWriter` has written; `nil`: use Codable.
    package init?(plain text: UnsafeBufferPointer<UInt8>) {
        let value = JSONScanner.value(of: text) { scanner throws(Unfamiliar) in try scanner.intent() }
        guard let value else { return nil }
        self = value
    }
}

extension JSONScanner {
    fileprivate mutating func intent() throws(Unfamiliar) -> Intent {
        let intent: Intent
        if skips(#"{"submit":{"token":"#) {
            intent = .submit(token: try token())
        } else if skips(#"{"removeCheckpoint":{"path":"#) {
            intent = .removeCheckpoint(path: try text())
        } else if skips(#"{"answer":{"_0":"#) {
            let turn = try turn()
            try skip(#","_1":"#)
            intent = .answer(turn, try answer())
        } else {
            try skip(#"{"take":{"_0":"#)
            let assignment = AssignmentID(try whole())
            try skip(#","for":"#)
            intent = .take(assignment, for: try turn())
        }
        try skip("}}")
        return intent
    }

    private mutating func token() throws(Unfamiliar) -> ArrayToken {
        guard let token = ArrayToken(try text()) else { throw Unfamiliar() }
        return token
    }

    private mutating func turn() throws(Unfamiliar) -> Turn {
        try skip(#"{"epoch":"#)
        let epoch = try whole()
        try skip(#","index":"#)
        let index = try whole()
        try skip(#","token":"#)
        let token = try token()
        try skip(#","turn":"#)
        let turn = try whole()
        try skip("}")
        return Turn(token: token, index: index, epoch: epoch, turn: turn)
    }

    private mutating func answer() throws(Unfamiliar) -> Intent.Answer {
        if skips(#"{"goOn":{}}"#) { return .goOn }
        if skips(#"{"next":{}}"#) { return .next }
        if skips(#"{"leave":{}}"#) { return .leave }
        if skips(#"{"release":{"save":true}}"#) { return .release(save: true) }
        try skip(#"{"release":{"save":false}}"#)
        return .release(save: false)
    }
}

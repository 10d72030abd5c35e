package import Spool
package import Tuning

/// Publishes the messages of one start of a task: numbers them, gathers them into letters, and tries again while the
/// disk or the inbox is full.
package struct Courier {
    /// Puts messages into the inbox.
    package typealias Put = ([Message]) throws(SpoolError) -> Void

    private let put: Put
    private let time: any TimeSource
    private let patience: Duration
    /// The messages of the next letter.
    private var news: [Message] = []
    /// The number of the next message by attempt, for the current attempt and those after it.
    private var sequences: [Turn: Int] = [:]
    private var lastLetter: Duration?

    /// A courier that keeps trying to publish for `patience`.
    package init(
        patience: Duration = WorkerLimits.publishWait, time: any TimeSource = SystemTime(),
        put: @escaping Put
    ) {
        self.patience = patience
        self.time = time
        self.put = put
    }

    /// Whether some messages are not published yet.
    package var hasNews: Bool { !news.isEmpty }

    /// Whether enough time has passed since the last letter to send another.
    package var isDue: Bool {
        lastLetter.map { time.now - $0 >= WorkerLimits.letterInterval } ?? true
    }

    /// An attempt begins. Earlier turns send no more messages.
    package mutating func begin(_ attempt: Turn) {
        sequences = sequences.filter { $0.key.turn >= attempt.turn }
    }

    /// Adds an attempt's messages to the next letter.
    package mutating func add(_ bodies: [Message.Body], of attempt: Turn) {
        for body in bodies {
            let sequence = sequences[attempt, default: 0]
            sequences[attempt] = sequence + 1
            news.append(Message(attempt: attempt, sequence: sequence, time: time.wallTime, body: body))
        }
    }

    /// Publishes all messages, in order, in as few letters as the limits allow.
    ///
    /// - Throws: `WorkerError.unpublished` if publishing fails for `patience`, or waiting cannot help.
    package mutating func send(note: (String) -> Void) async throws(WorkerError) {
        do throws(SpoolError) {
            try await sendLetters(note)
        } catch {
            throw .unpublished("\(error); the reports stay in the attempt's directory")
        }
    }

    private mutating func sendLetters(_ note: (String) -> Void) async throws(SpoolError) {
        var (letter, bytes) = ([Message](), 0)
        for message in news {
            let size = message.line.count + 1
            if bytes + size > SpoolLimits.letterBytes || letter.count == SpoolLimits.messagesPerLetter {
                try await publish(letter, note)
                (letter, bytes) = ([], 0)
            }
            letter.append(message)
            bytes += size
        }
        try await publish(letter, note)
        news = []
    }

    private mutating func publish(_ letter: [Message], _ note: (String) -> Void) async throws(SpoolError) {
        guard !letter.isEmpty else { return }
        try await Patience(limit: patience, time: time).attempt(note) { () throws(SpoolError) in
            try put(letter)
        }
        lastLetter = time.now
    }
}

package import Spool

/// Publishes an attempt's news: numbers the messages, and tries again while the disk or the inbox is full.
package struct Courier {
    /// Puts messages into the inbox.
    package typealias Put = ([Message]) throws(SpoolError) -> Void

    private let attempt: SpoolAttempt
    private let put: Put
    private let time: any TimeSource
    private let patience: Duration
    private var sequence = 0

    /// A courier for an attempt, which tries for `patience` to publish.
    package init(
        attempt: SpoolAttempt, patience: Duration = WorkerLimits.publishWait,
        time: any TimeSource = SystemTime(), put: @escaping Put
    ) {
        self.attempt = attempt
        self.patience = patience
        self.time = time
        self.put = put
    }

    /// Publishes news, in order, in as few letters as their limit allows.
    ///
    /// - Throws: `SpoolError` when it did not succeed for `patience`, or cannot.
    package mutating func send(_ bodies: [Message.Body], note: (String) -> Void) async throws(SpoolError) {
        var letter: [Message] = []
        var bytes = 0
        for body in bodies {
            let message = Message(attempt: attempt, sequence: sequence, time: time.wallTime, body: body)
            sequence += 1
            let size = SpoolJSON.encode(message).count + 1
            if bytes + size > SpoolLimits.letterBytes || letter.count == SpoolLimits.messagesPerLetter {
                try await publish(letter, note)
                (letter, bytes) = ([], 0)
            }
            letter.append(message)
            bytes += size
        }
        try await publish(letter, note)
    }

    private func publish(_ letter: [Message], _ note: (String) -> Void) async throws(SpoolError) {
        guard !letter.isEmpty else { return }
        try await Patience(limit: patience, time: time).attempt(note) { () throws(SpoolError) in
            try put(letter)
        }
    }
}

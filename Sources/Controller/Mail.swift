import Spool
import Tuning

/// What one transaction takes out of the inbox.
extension Controller {
    /// The letters in the inbox.
    struct Mail {
        /// News, by attempt and number: an order that does not depend on arrival.
        var letters: [(letter: Inbox.Letter, messages: [Message])] = []
        /// Requests of the user to cancel.
        var cancels: [Inbox.Letter] = []
        /// Why a letter cannot be read at this moment; `nil`: all could be.
        var unreadable: String?
    }

    /// Reads the next letters, as many as go into one transaction, and takes them out of those to be read.
    mutating func sortedMail(_ letters: inout ArraySlice<Inbox.Letter>) throws -> Mail {
        var mail = Mail()
        var (room, messageRoom) = (
            ControllerLimits.lettersPerTransaction, ControllerLimits.messagesPerTransaction
        )
        var mostMessages = ControllerLimits.messagesOfALetter
        var waiting: Set<String> = []
        while room > 0, messageRoom > 0, !letters.isEmpty {
            let next = letters.prefix(min(room, max(1, messageRoom / mostMessages)))
            letters.removeFirst(next.count)
            room -= next.count
            for (letter, content) in zip(next, inbox.read(next)) {
                switch content {
                case .success(.messages(let messages)):
                    mail.letters.append((letter, messages))
                    messageRoom -= messages.count
                    mostMessages = max(mostMessages, messages.count)
                case .success(.cancel): mail.cancels.append(letter)
                case .failure(.malformed(_, let reason)): setAside(letter, reason)
                case .failure(.file(let failure)) where failure.isAbsent: continue
                case .failure(let error):
                    mail.unreadable = error.description
                    waiting.insert(Inbox.start(of: letter))
                }
            }
        }
        // What comes after a letter that cannot be read waits for it, and is not taken for all there is.
        if !waiting.isEmpty { mail.letters.removeAll { waiting.contains(Inbox.start(of: $0.letter)) } }
        mail.letters.sort { left, right in
            let (first, second) = (left.messages[0], right.messages[0])
            let (one, other) = (first.attempt, second.attempt)
            return (one.index, one.token, one.epoch, one.turn, first.sequence)
                < (other.index, other.token, other.epoch, other.turn, second.sequence)
        }
        return mail
    }
}

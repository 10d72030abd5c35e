import Foundation
import Logging
import Synchronization

/// Lines drawn at the end of the terminal, which stay there when messages are printed above them.
final class TerminalScreen: Sendable {
    /// The terminal of standard error.
    static let shared = TerminalScreen {
        FileHandle.standardError.write(Data($0.utf8))
    } size: {
        .current(of: STDERR_FILENO)
    }

    private let drawn = Mutex<[String]>([])
    private let write: @Sendable (String) -> Void
    private let size: @Sendable () -> ScreenFrame.Size

    /// A terminal that is written and measured by these functions.
    init(write: @escaping @Sendable (String) -> Void, size: @escaping @Sendable () -> ScreenFrame.Size) {
        (self.write, self.size) = (write, size)
    }

    /// Draws lines in place of those drawn before.
    func draw(_ lines: [String]) {
        drawn.withLock { drawn in
            let frame = ScreenFrame(size: size())
            let next = frame.fitted(lines)
            write(frame.erasing(drawn) + TerminalScreen.text(of: next))
            drawn = next
        }
    }

    /// Prints a message above the drawn lines.
    func say(_ text: String) {
        drawn.withLock { drawn in
            let frame = ScreenFrame(size: size())
            let next = frame.fitted(drawn)
            write(frame.erasing(drawn) + "\(text)\n" + TerminalScreen.text(of: next))
            drawn = next
        }
    }

    /// Leaves the drawn lines where they are: further messages go below them.
    func leave() { drawn.withLock { $0 = [] } }

    private static func text(of lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}

/// Logs warnings and errors above the live screen.
struct ScreenLogHandler: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        TerminalScreen.shared.say(
            "\(Numbers.moment(Date.now.timeIntervalSince1970)) \(event.level): \(event.message)")
    }
}

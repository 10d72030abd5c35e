import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A terminal that hands on each key at once and shows a screen of its own, until it is left as it was.
final class RawTerminal: Sendable {
    /// A key.
    enum Key: Equatable {
        case up, down, pageUp, pageDown, tab
        case letter(Character)
    }

    private let before: termios
    private let isRaw = Mutex(false)

    /// Takes over standard input and output.
    ///
    /// - Returns: `nil` where they are no terminal.
    init?() {
        var found = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &found) == 0
        else {
            return nil
        }
        before = found
        enter()
    }

    /// Begins, or goes on after another program had the terminal.
    func enter() {
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        write("\u{1B}[?1049h\u{1B}[?25l")
        isRaw.withLock { $0 = true }
    }

    /// Leaves the terminal as it was found.
    func leave() {
        isRaw.withLock { isRaw in
            guard isRaw else { return }
            isRaw = false
            write("\u{1B}[?25h\u{1B}[?1049l")
            var before = before
            tcsetattr(STDIN_FILENO, TCSANOW, &before)
        }
    }

    /// Shows lines from the top; the selected one inverted, which terminals without colours can do too.
    func show(_ lines: [String], selected: Int?) {
        var text = "\u{1B}[H"
        for (index, line) in lines.enumerated() {
            text += index == selected ? "\u{1B}[7m\(line)\u{1B}[0m" : line
            text += "\u{1B}[K" + (index + 1 < lines.count ? "\r\n" : "")
        }
        write(text + "\u{1B}[J")
    }

    /// The next key; `nil`: there was none in this time.
    func key(milliseconds: Int32) -> Key? {
        var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, milliseconds) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else { return .letter("q") }
        return RawTerminal.key(Array(bytes[..<count]))
    }

    /// The key that a terminal sends as these bytes; `nil`: one that nobody asked for.
    static func key(_ bytes: [UInt8]) -> Key? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "\u{1B}[A", "\u{1B}OA", "k": .up
        case "\u{1B}[B", "\u{1B}OB", "j": .down
        case "\u{1B}[5~": .pageUp
        case "\u{1B}[6~", " ": .pageDown
        case "\t": .tab
        case let text:
            text.count == 1 && !text.hasPrefix("\u{1B}") ? text.first.map { Key.letter($0) } : nil
        }
    }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

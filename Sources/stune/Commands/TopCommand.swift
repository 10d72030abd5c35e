import ArgumentParser
import Foundation
import Spool
import Store
import Tuning
import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `stune top`: a study in a terminal, live.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a study in a terminal: its ladder, its tasks, and a trial's curve.",
        discussion: """
            Keys: up and down select, Tab goes from tasks to trials, l prints the selected trial's output, s all about \
            it, c cancels the study (and asks first), q quits. Slurm is not asked: what is shown is what the \
            controller knows.

            Example: stune top digits.stune
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Option(name: [.customShort("i"), .customLong("iterate")], help: "Look again after so many seconds.")
    var iterate = 2.0

    func validate() throws {
        if !(0.1...3_600).contains(iterate) {
            throw ValidationError("--iterate takes seconds from 0.1 to 3600")
        }
    }

    func run() async throws {
        let name = try OpenStudy(directory).path
        guard let terminal = RawTerminal() else {
            throw complaint(
                "this is no terminal; 'stune status \(Shell.quoted(name))' prints the same", code: 2)
        }
        defer { terminal.leave() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let watch = Task {
            for await _ in signals {
                terminal.leave()
                Foundation.exit(130)
            }
        }
        defer { watch.cancel() }
        var session = TopSession(path: name, iterate: iterate)
        while try session.step(terminal) {}
    }
}

/// What somebody looks at in `stune top`.
struct TopSession {
    let path: String
    let iterate: Double
    private var list = TopView.List.tasks
    private var selected = 0
    private var message = ""
    private var isAsking = false
    private var content: TopScreen.Content?
    /// The study at the last look: its curves belong to the rows that are shown.
    private var study: OpenStudy?
    private var looked = Date.distantPast

    init(path: String, iterate: Double) { (self.path, self.iterate) = (path, iterate) }

    /// Shows what there is, and does what the next key asks for.
    ///
    /// - Returns: whether it goes on.
    mutating func step(_ terminal: RawTerminal) throws -> Bool {
        if content == nil || Date.now.timeIntervalSince(looked) >= iterate { try look() }
        if let content {
            let screen = TopScreen(size: .current(of: STDOUT_FILENO), hasBlocks: TopSession.hasBlocks)
            let (lines, mark) = screen.lines(content)
            terminal.show(lines, selected: mark)
        }
        guard let key = terminal.key(milliseconds: 250) else { return true }
        if isAsking {
            isAsking = false
            message = ""
            if key == .letter("y") { run(terminal, ["cancel", path]) }
            content?.message = message
            return true
        }
        return try act(on: key, terminal)
    }

    private mutating func act(on key: RawTerminal.Key, _ terminal: RawTerminal) throws -> Bool {
        let count = content?.view.rows.count ?? 0
        let page = max(1, ScreenFrame.Size.current(of: STDOUT_FILENO).rows / 2)
        switch key {
        case .up: selected -= 1
        case .down: selected += 1
        case .pageUp: selected -= page
        case .pageDown: selected += page
        case .tab:
            list = list == .tasks ? .trials : .tasks
            selected = 0
            try look()
        case .letter("q"): return false
        case .letter("l"): trial.map { run(terminal, ["logs", path, $0.description]) }
        case .letter("s"): trial.map { run(terminal, ["show", path, $0.description]) }
        case .letter("c"):
            isAsking = true
            content?.message = "cancel the study and all its tasks? y: yes, any other key: no"
            return true
        case .letter: return true
        }
        selected = max(0, min(selected, count - 1))
        try chooseCurve()
        return true
    }

    private var trial: TrialID? {
        guard let rows = content?.view.rows, rows.indices.contains(selected) else { return nil }
        return rows[selected].trial
    }

    private mutating func look() throws {
        looked = .now
        let study = try OpenStudy(path)
        self.study = study
        let view = try study.snapshot.read { reader in
            try TopView(study, reader, list, now: Date.now.timeIntervalSince1970)
        }
        // The selection stays with its trial while rows come and go.
        if let trial, let place = view.rows.firstIndex(where: { $0.trial == trial }) { selected = place }
        selected = max(0, min(selected, view.rows.count - 1))
        content = TopScreen.Content(
            view: view, list: list, selected: selected, curve: [], metric: study.metric,
            message: isAsking ? content?.message ?? "" : message)
        try chooseCurve()
    }

    private mutating func chooseCurve() throws {
        content?.selected = selected
        guard let trial, let study else {
            content?.curve = []
            return
        }
        content?.curve = try study.snapshot.read { try $0.curve(of: trial) }
    }

    /// Gives the terminal to another command of stune, page by page where there is a pager. It shows escapes as text.
    private mutating func run(_ terminal: RawTerminal, _ arguments: [String]) {
        terminal.leave()
        defer { terminal.enter() }
        let stune = Shell.quoted(Installation.own.path(of: .stune) ?? "stune")
        let line =
            "\(stune) \(Shell.line(arguments)) 2>&1 | { command -v less >/dev/null && less || cat -v; }"
        // Foundation's Process would put it into a group of its own, which may not read the terminal.
        if system(line) == -1 { message = "cannot start a shell: \(String(cString: strerror(errno)))" }
    }

    /// Whether the terminal says that it draws UTF-8.
    private static var hasBlocks: Bool {
        let environment = ProcessInfo.processInfo.environment
        let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
        return locale.lowercased().contains("utf")
    }
}

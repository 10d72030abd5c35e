import ArgumentParser
import Clusters
import Foundation
import Spool
import Store
import Tuning

/// `stune status`: what runs, and the state of the study.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show a study's tasks as squeue does, its ladder and its best trial.",
        discussion: """
            Without DIR: the tasks of all your studies in the queue. With -h or -o only the rows are printed, \
            for scripts.

            Format letters are squeue's: %i id, %j name, %T state, %t its letters, %M time, %l limit, %N nodes, \
            %r reason, %R nodes or reason, %u user, %P partition; ours are %{trial} %{rung} %{resource} \
            %{metric} %{token}. '%.10M' is ten wide from the right, '%-10M' or '%10M' from the left.

            Examples:
              stune status digits.stune
              stune status digits.stune -t R,PD -o "%i %{trial} %T"
              stune status digits.stune -i 5
            """)

    @Argument(help: "The study's directory (default: all your studies in the queue).")
    var directory: String?

    @Flag(name: [.customShort("h"), .customLong("noheader")], help: "No header, and rows only.")
    var noHeader = false

    @Option(
        name: [.customShort("o"), .customLong("format")],
        help: "The format of a row, as squeue's -o (default: '\(StatusFormat.standard)').")
    var format: String?

    @Option(
        name: [.customShort("t"), .customLong("states")],
        help:
            "Only these states, by name or letters, separated by commas; 'all' shows trials out of the queue too."
    )
    var states: String?

    @Option(name: [.customShort("i"), .customLong("iterate")], help: "Repeat every so many seconds.")
    var iterate: Double?

    @Flag(help: "Repeat every 2 seconds.")
    var watch = false

    @Flag(help: "Print everything as JSON.")
    var json = false

    func validate() throws {
        if let iterate, !(0.1...86_400).contains(iterate) {
            throw ValidationError("--iterate takes seconds from 0.1 to 86400")
        }
        do throws(StatusFormat.Invalid) {
            _ = try StatusFormat(format ?? StatusFormat.standard)
        } catch {
            throw ValidationError("--format: \(error.why)")
        }
    }

    func run() async throws {
        let interval = iterate ?? (watch ? 2 : nil)
        while true {
            let isOver = try await show(clearing: interval != nil)
            guard let interval, !isOver else { return }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    /// Prints once.
    ///
    /// - Returns: whether there is nothing left to wait for.
    private func show(clearing: Bool) async throws -> Bool {
        let tasks = try await QueueView.tasks(for: directory)
        let paths = directory.map { [$0] } ?? Set(tasks.map(\.studyDirectory)).sorted()
        var isOver = true
        var text: [String] = []
        var documents: [StatusDocument] = []
        for path in paths {
            let view: StatusView
            do {
                view = try await StatusView(path, tasks, states)
            } catch let code as ExitCode {
                // The reason was printed; if there are several studies in the queue, show the others.
                guard directory == nil else { throw code }
                continue
            }
            isOver = isOver && view.outcome != nil
            if json {
                documents.append(StatusDocument(view))
            } else {
                text += try lines(of: view, title: directory == nil)
            }
        }
        if json {
            print(
                try documents.count == 1 && directory != nil
                    ? StoreJSON.text(documents[0]) : StoreJSON.text(documents))
        } else {
            if paths.isEmpty && !noHeader { text.append("no study of yours is in the queue") }
            if clearing && isatty(STDOUT_FILENO) == 1 { print("\u{1B}[H\u{1B}[2J", terminator: "") }
            if !text.isEmpty { print(text.joined(separator: "\n")) }
        }
        return isOver
    }

    private func lines(of view: StatusView, title: Bool) throws -> [String] {
        let format = try StatusFormat(self.format ?? StatusFormat.standard)
        let rows = view.rows.map(format.line)
        let isForScripts = noHeader || self.format != nil
        if isForScripts { return (noHeader ? [] : [format.header]) + rows }
        let heading = title ? ["study '\(Table.printable(view.name))' in \(view.path)"] : []
        return heading + [format.header] + rows + [""] + view.summary + (title ? [""] : [])
    }
}

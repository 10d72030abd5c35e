import Foundation
import Spool
import Store
import Subprocess
import SystemPackage

/// Runs the command that notifies people.
struct NotifyCommand: Sendable {
    /// How many bytes of its last output to keep.
    private static let words = 4 << 10

    /// The program and its arguments.
    let command: [String]
    let directory: String
    /// How long it may take.
    let limit: Duration

    /// Runs the command to its end or its time limit.
    ///
    /// - Returns: what went wrong; `nil` if nothing did.
    func run(_ news: News) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await start(news) }
            group.addTask {
                // The command has ended, so nothing waits for this.
                do { try await Task.sleep(for: limit) } catch { return nil }
                return "it was killed after \(limit.components.seconds) s"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func start(_ news: News) async -> String? {
        let variables = news.environment.map {
            (Environment.Key(stringLiteral: $0.key), Optional($0.value))
        }
        do {
            let facts = try NotifyCommand.pipe(holding: try StoreJSON.text(news) + "\n")
            defer { try? facts.close() }
            let result = try await Subprocess.run(
                command[0].contains("/") ? .path(FilePath(program)) : .name(command[0]),
                arguments: Arguments(Array(command.dropFirst())),
                environment: .inherit.updating(Dictionary(variables) { first, _ in first }),
                workingDirectory: FilePath(directory),
                input: .fileDescriptor(
                    FileDescriptor(rawValue: facts.fileDescriptor), closeAfterSpawningProcess: false),
                output: .discarded,
                error: .string(limit: NotifyCommand.words))
            guard !result.terminationStatus.isSuccess else { return nil }
            let words = result.standardError.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
            return "it ended with \(result.terminationStatus)\(words.isEmpty ? "" : ": \(words)")"
        } catch is CancellationError {
            return nil
        } catch {
            return "it cannot be run: \(error)"
        }
    }

    /// A pipe that holds the whole input, so that a command that ends without reading it breaks nothing.
    private static func pipe(holding text: String) throws -> FileHandle {
        let pipe = Pipe()
        // Less than any pipe accepts at once.
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8.prefix(mostFacts)))
        try pipe.fileHandleForWriting.close()
        return pipe.fileHandleForReading
    }

    /// The greatest size of the facts as JSON in bytes. Linux gives a pipe 64 KiB, or 4 KiB if a user has thousands.
    private static let mostFacts = 4 << 10

    /// The program's path; a relative one begins in the study file's directory.
    private var program: String { command[0].hasPrefix("/") ? command[0] : "\(directory)/\(command[0])" }
}

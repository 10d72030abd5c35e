import Subprocess
import SystemPackage

/// What a command printed.
package struct CommandOutput: Hashable, Sendable {
    /// Its exit code; the negative number of a signal that ended it.
    package var code: Int
    /// Standard output and standard error.
    package var output, errors: String

    /// An output from its parts.
    package init(code: Int, output: String, errors: String) {
        (self.code, self.output, self.errors) = (code, output, errors)
    }

    /// The lines of standard output that are not empty.
    package var lines: [String] { output.split(whereSeparator: \.isNewline).map(String.init) }
}

/// Runs commands with a time limit.
package struct CommandLook: Sendable {
    /// More than the longest answer: a large site's partitions and associations.
    private static let outputBytes = 16 << 20

    /// How many seconds a command may take.
    package var seconds: Int

    /// Runs commands with this many seconds each.
    package init(seconds: Int) { self.seconds = seconds }

    /// The output of a command; `.failed` with its error text if its exit code is not 0.
    package func text(_ program: String, _ arguments: String...) async -> Answer<String> {
        switch await run(program, arguments) {
        case .found(let output) where output.code == 0: return .found(output.output)
        case .found(let output):
            let words = output.errors.split(whereSeparator: \.isNewline).joined(separator: ": ")
            return .failed(words.isEmpty ? "\(program) ended with exit code \(output.code)" : words)
        case .failed(let words): return .failed(words)
        case .late(let seconds): return .late(seconds)
        case .absent: return .absent
        }
    }

    /// Runs a command to its end, whatever its exit code.
    package func run(
        _ program: String, _ arguments: [String], directory: String? = nil
    ) async -> Answer<CommandOutput> {
        let answer: Answer<CommandOutput?> = await Look.within(seconds: seconds) {
            do {
                let result = try await Subprocess.run(
                    program.contains("/") ? .path(FilePath(program)) : .name(program),
                    arguments: Arguments(arguments), workingDirectory: directory.map { FilePath($0) },
                    input: .none, output: .string(limit: CommandLook.outputBytes),
                    error: .string(limit: 1 << 20))
                let code =
                    switch result.terminationStatus {
                    case .exited(let code): Int(code)
                    case .signaled(let signal): -Int(signal)
                    }
                return CommandOutput(
                    code: code, output: result.standardOutput, errors: result.standardError)
            } catch let error as SubprocessError where error.code == .executableNotFound {
                return nil
            }
        }
        switch answer {
        case .found(let output?): return .found(output)
        case .found(nil): return .absent
        case .failed(let words): return .failed(words)
        case .late(let seconds): return .late(seconds)
        case .absent: return .absent
        }
    }
}

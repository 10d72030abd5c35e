import ArgumentParser
import Foundation
import StudyFile

/// Prints a message to standard error.
func say(_ text: String) {
    TerminalScreen.shared.say("stune: \(text)")
}

/// Prints to standard error why a command failed.
///
/// - Returns: what to throw, so that the process ends with this exit code.
func complaint(_ text: String, code: Int32) -> ExitCode {
    say(text)
    return ExitCode(code)
}

/// Prints to standard error what is wrong with a file, one line for each mistake in the format of compilers.
///
/// - Returns: what to throw, so that the process ends with code 2.
func complaint(about mistakes: [Mistake]) -> ExitCode {
    let lines = mistakes.map(\.description).joined(separator: "\n")
    FileHandle.standardError.write(Data("\(lines)\n".utf8))
    return ExitCode(2)
}

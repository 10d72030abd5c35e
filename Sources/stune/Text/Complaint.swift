import ArgumentParser
import Foundation
import StudyFile

/// Says something on standard error.
func say(_ text: String) {
    TerminalScreen.shared.say("stune: \(text)")
}

/// Says on standard error why a command did not do what was asked.
///
/// - Returns: what to throw, so that the process ends with this exit code.
func complaint(_ text: String, code: Int32) -> ExitCode {
    say(text)
    return ExitCode(code)
}

/// Says on standard error what is wrong with a file, a line for each mistake as compilers print it.
///
/// - Returns: what to throw, so that the process ends with 2.
func complaint(about mistakes: [Mistake]) -> ExitCode {
    let lines = mistakes.map(\.description).joined(separator: "\n")
    FileHandle.standardError.write(Data("\(lines)\n".utf8))
    return ExitCode(2)
}

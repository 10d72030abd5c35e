import ArgumentParser
import Foundation

/// Says something on standard error.
func say(_ text: String) {
    FileHandle.standardError.write(Data("stune: \(text)\n".utf8))
}

/// Says on standard error why a command did not do what was asked.
///
/// - Returns: what to throw, so that the process ends with this exit code.
func complaint(_ text: String, code: Int32) -> ExitCode {
    say(text)
    return ExitCode(code)
}

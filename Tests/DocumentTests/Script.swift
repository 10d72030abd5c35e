import Foundation

/// Runs the commands and programs of a page.
enum Script {
    /// A new directory for a test.
    static func place() throws -> URL {
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit code, and the text of both outputs.
    static func run(
        _ program: String, _ arguments: [String], in directory: URL = CodeBlock.root,
        _ environment: [String: String] = [:]
    ) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// The words of the commands in a line, separated by `;`, `&&`, `||` and `|`, without quotes, redirections and
    /// variable assignments. Enough for the pages.
    static func simpleCommands(_ line: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var quote: Character?
        func end() {
            if let word { commands[commands.count - 1].append(word) }
            word = nil
        }
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                (quote, word) = (character, word ?? "")
            } else if character == " " {
                end()
            } else if ";|&".contains(character) {
                end()
                if commands.last?.isEmpty == false { commands.append([]) }
            } else {
                word = (word ?? "") + String(character)
            }
        }
        end()
        return commands.map { words in
            let unset = words.drop { word in
                ["if", "then", "do", "else"].contains(word)
                    || word.firstIndex(of: "=").map {
                        word[..<$0].allSatisfy { $0.isUppercase || $0 == "_" }
                    } == true
            }
            return Array(unset.prefix { $0 != ">" && $0 != ">>" })
        }.filter { !$0.isEmpty }
    }
}

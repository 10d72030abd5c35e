import Foundation

/// The files of this repository, found from where this file was compiled.
enum Repository {
    static let root: String = {
        let components = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return components.dropLast(3).joined(separator: "/")
    }()

    /// Every file, as a path relative to the root, without built, cached and hidden ones.
    static let files: [String] = list(under: "").sorted()

    /// The Swift files of these directories, read and split into tokens.
    static let swift: [SwiftSource] = files.filter { path in
        path.hasSuffix(".swift") && ["Sources/", "Tests/", "Benchmarks/"].contains(where: path.hasPrefix)
    }.compactMap { path in contents(of: path).map { SwiftSource(path: path, bytes: [UInt8]($0)) } }

    /// The bytes of a file, by its path relative to the root.
    static func contents(of path: String) -> Data? {
        FileManager.default.contents(atPath: "\(root)/\(path)")
    }

    /// The text of a file, by its path relative to the root.
    static func text(of path: String) -> String? {
        contents(of: path).flatMap { String(data: $0, encoding: .utf8) }
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    /// The names of the directories in a directory.
    static func directories(in path: String) -> [String] {
        entries(of: path).filter { isDirectory("\(path)/\($0)") }.sorted()
    }

    private static let leftOut: Set<String> = [
        ".git", ".venv", "__pycache__", "Package.resolved", "build", "dist",
    ]

    private static func list(under path: String) -> [String] {
        entries(of: path).flatMap { name -> [String] in
            if leftOut.contains(name) || name.hasPrefix(".build") || name.hasSuffix(".egg-info") {
                return []
            }
            let entry = path.isEmpty ? name : "\(path)/\(name)"
            return isDirectory(entry) ? list(under: entry) : [entry]
        }
    }

    private static func entries(of path: String) -> [String] {
        // A directory that cannot be listed would leave its files unchecked, so report it.
        do {
            return try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")
        } catch {
            preconditionFailure("\(root)/\(path): \(error)")
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var answer: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &answer)
            && answer.boolValue
    }
}

/// A violation of a rule: its place, and how to correct it.
struct Finding: Hashable, CustomStringConvertible {
    /// The path relative to the root.
    var file: String
    /// Counted from 1.
    var line: Int
    /// What is wrong, and how to correct it.
    var message: String

    var description: String { "\(file):\(line): \(message)" }
}

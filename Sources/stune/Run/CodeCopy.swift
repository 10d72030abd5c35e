import Foundation
import Spool
import Tuning

/// The copies of a study's code, if `code` says that trials run a copy: `code/0`, `code/1` and so on in the study's
/// directory. Tasks that were submitted with an earlier copy keep it, so none is removed.
///
/// A copy has the code's files. Whatever else lies beside the study file, such as data, is a link to where it is, so that
/// relative paths lead to it.
struct CodeCopy {
    /// The number of the copy, from 0.
    let number: Int
    /// The copy's directory, in which commands start.
    let path: String
    /// Which code was copied.
    let code: CommandCode

    /// The newest copy that is whole; `nil`: there is none.
    static func newest(in study: StudyDirectory) throws -> CodeCopy? {
        guard try study.files.exists(study.code) else { return nil }
        let numbers = try study.files.list(study.code).compactMap { Int($0) }.sorted()
        guard let number = numbers.last else { return nil }
        let bytes = try study.files.read(fact(number, study), limit: SpoolLimits.codeBytes)
        return CodeCopy(
            number: number, path: directory(number, study),
            code: try JSONDecoder().decode(CommandCode.self, from: Data(bytes)))
    }

    /// Copies the code once more.
    ///
    /// - Throws: a sentence if the code cannot be copied as a whole, `FileError`.
    static func make(_ look: CodeLook, in study: StudyDirectory) async throws -> CodeCopy {
        let code = await look.look()
        guard !code.digest.isEmpty else { throw Refused(why: code.why ?? "the files are not known") }
        let names = try CodeLook.paths(of: look.command, listed: look.listed, look.home)
        let tree = try tree(of: names, look.home)
        let number = try newest(in: study).map { $0.number + 1 } ?? 0
        let (target, staging) = (directory(number, study), "\(study.code)/.new")
        // What a controller that died has left behind.
        try study.files.removeTree(staging)
        try study.files.createDirectory(staging)
        var left = CodeLook.mostFiles
        try fill(staging, from: look.home, "", tree, without: study.path, &left)
        try study.files.publish(Array(try JSONEncoder().encode(code)), at: fact(number, study))
        try study.files.move(staging, to: target)
        return CodeCopy(number: number, path: target, code: code)
    }

    private static func directory(_ number: Int, _ study: StudyDirectory) -> String {
        "\(study.code)/\(number)"
    }

    private static func fact(_ number: Int, _ study: StudyDirectory) -> String {
        "\(study.code)/\(number).json"
    }

    // MARK: The tree

    /// What to copy: files, and the directories that they are in.
    private struct Tree {
        var files: Set<String> = []
        var directories: Set<String> = []
    }

    /// The files as paths below the study file's directory.
    private static func tree(of names: [String], _ home: String) throws -> Tree {
        var tree = Tree()
        for name in names {
            // As the command writes it: a link would be copied under its own name.
            let path = URL(filePath: name.hasPrefix("/") ? name : "\(home)/\(name)").standardized.path
            guard path.hasPrefix("\(home)/") else {
                throw Refused(why: "'\(name)' does not lie below '\(home)'")
            }
            guard !name.hasPrefix("/") else {
                throw Refused(
                    why: "'\(name)' is an absolute path, which leads past a copy; write "
                        + "\"{stune.home}/\(path.dropFirst(home.utf8.count + 1))\"")
            }
            let relative = String(path.dropFirst(home.utf8.count + 1))
            tree.files.insert(relative)
            var above = relative.split(separator: "/").dropLast()
            while !above.isEmpty {
                tree.directories.insert(above.joined(separator: "/"))
                above = above.dropLast()
            }
        }
        return tree
    }

    /// Fills a directory of the copy: with copies of the code, and with links to everything else.
    private static func fill(
        _ target: String, from home: String, _ part: String, _ tree: Tree, without study: String,
        _ left: inout Int
    ) throws {
        let files = Files.system
        for name in try files.list("\(home)/\(part)", hidden: true) where name != "__pycache__" {
            let relative = part.isEmpty ? name : "\(part)/\(name)"
            let (source, place) = ("\(home)/\(relative)", "\(target)/\(relative)")
            left -= 1
            guard left >= 0 else {
                throw Refused(
                    why:
                        "there are more than \(CodeLook.mostFiles) files beside the study file; give it a directory of "
                        + "its own")
            }
            if tree.directories.contains(relative) {
                try files.createDirectory(place)
                try fill(target, from: home, relative, tree, without: study, &left)
            } else if tree.files.contains(relative) {
                try Files.copyTree(Files.absolute(source), to: place)
            } else if Files.absolute(source) != study {
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: source)
            }
        }
        try files.sync(directory: part.isEmpty ? target : "\(target)/\(part)")
    }

    /// Why the code is not copied.
    struct Refused: Error, CustomStringConvertible {
        let why: String
        var description: String { "the code cannot be copied: \(why)" }
    }
}

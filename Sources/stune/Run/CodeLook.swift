import Archive
import Digests
import Doctor
import Foundation
import Spool
import StudyFile
import Tuning

/// Looks at the code of a study's command: the commit that its work tree is at, and the digests of its files. It never
/// holds up a start for long, and never fails: what cannot be told is left out.
struct CodeLook {
    /// A file with more bytes is data, not code, unless `code` includes it.
    static let bytesOfArgument = 4 << 20
    /// How many bytes are read at most.
    static let bytes = 256 << 20
    /// How many files are looked at, at most.
    static let mostFiles = 10_000
    /// How many files are recorded each by itself.
    static let recordedFiles = 200

    /// The study's command.
    let command: CommandTemplate
    /// What `code` includes.
    let listed: [String]
    /// The study file's directory, which relative paths begin in.
    let home: String
    /// How many seconds each of the two looks may take; they are made at the same time.
    var seconds = 5

    /// Which code the command is now.
    func look() async -> CommandCode {
        let (command, listed, home) = (command, listed, home)
        async let work = CodeLook.workTree(home, seconds)
        let files = await Look.blocking(seconds: seconds) {
            try CodeLook.digests(CodeLook.paths(of: command, listed: listed, home), home)
        }
        let tree = await work
        var (code, whys) = (CommandCode(digest: "", files: [:], count: 0), [tree.why].compactMap(\.self))
        switch files {
        case .found(let list):
            code.count = list.digests.count
            code.digest = SHA256(of: Array(list.text.utf8)).hex
            if code.count <= CodeLook.recordedFiles { code.files = list.digests }
        case .failed(let why): whys.append(why)
        case .late(let seconds): whys.append("the files were not read within \(seconds) s")
        case .absent: break
        }
        (code.commit, code.isDirty) = (tree.commit, tree.isDirty)
        code.why = whys.isEmpty ? nil : whys.joined(separator: "; ")
        return code
    }

    // MARK: The work tree

    private struct WorkTree {
        var commit: String?
        var isDirty: Bool?
        var why: String?
    }

    /// The commit of the work tree that a directory is in. No git, and no work tree, is nothing to tell.
    private static func workTree(_ directory: String, _ seconds: Int) async -> WorkTree {
        let look = CommandLook(seconds: seconds)
        func git(_ arguments: String...) async -> Answer<CommandOutput> {
            // It writes nothing, not even to refresh its index. Options for that are newer than some sites' git.
            await look.run("env", ["GIT_OPTIONAL_LOCKS=0", "git"] + arguments, directory: directory)
        }
        async let commit = git("rev-parse", "--verify", "HEAD")
        // The study's own directory may be within the work tree, and is not tracked.
        async let changes = git("status", "--porcelain", "--untracked-files=no")
        var tree = WorkTree()
        switch await commit {
        case .found(let output) where output.code == 0: tree.commit = output.lines.first
        case .late(let seconds): tree.why = "git did not answer within \(seconds) s"
        case .found, .failed, .absent: break
        }
        guard tree.commit != nil else {
            _ = await changes
            return tree
        }
        switch await changes {
        case .found(let output) where output.code == 0: tree.isDirty = !output.lines.isEmpty
        case .late(let seconds): tree.why = "git did not say within \(seconds) s what has changed"
        case .found, .failed, .absent: break
        }
        return tree
    }

    // MARK: Files

    /// The files that belong to the code, as the study names them, but without `{stune.home}/`: the arguments of the
    /// command that are files, and what is listed. A program that is found by PATH, or lies elsewhere, is not the study's
    /// code.
    static func paths(of command: CommandTemplate, listed: [String], _ home: String) throws -> [String] {
        var paths: Set<String> = []
        for (index, element) in command.elements.enumerated() {
            guard case .argument(let argument) = element, let (name, isInHome) = fixed(argument) else {
                continue
            }
            guard !name.isEmpty, !name.utf8.contains(0), index > 0 || isInHome || name.contains("/"),
                index > 0 || !name.hasPrefix("/") || name.hasPrefix("\(home)/"),
                let target = status(name, home), target.bytes <= bytesOfArgument
            else { continue }
            paths.insert(name)
        }
        for name in listed { try add(name, home, to: &paths) }
        return paths.sorted()
    }

    /// An argument's text if it is the same for all trials, without the study file's directory at its start.
    private static func fixed(_ argument: CommandTemplate.Argument) -> (name: String, isInHome: Bool)? {
        guard argument.placeholders.allSatisfy({ $0 == .fact(.home) }) else { return nil }
        let text = argument.render { _ in "." }
        let isInHome = !argument.placeholders.isEmpty && text.hasPrefix("./")
        return (isInHome ? String(text.dropFirst(2)) : text, isInHome)
    }

    /// Adds a file, or all files of a directory but hidden ones and what interpreters keep there.
    private static func add(_ name: String, _ home: String, to paths: inout Set<String>) throws {
        let path = absolute(name, home)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Unreadable(why: "code.include: there is no '\(name)' in '\(home)'")
        }
        guard isDirectory.boolValue else { return paths.formUnion([name]) }
        // A study's own directory is not code, even if it lies among it.
        guard !FileManager.default.fileExists(atPath: StudyDirectory(path).manifests) else { return }
        for entry in try FileManager.default.contentsOfDirectory(atPath: path)
        where !entry.hasPrefix(".") && entry != "__pycache__" {
            // A link may lead back to where it is.
            if try Files.system.status("\(path)/\(entry)")?.kind == .link { continue }
            try add(name.hasSuffix("/") ? "\(name)\(entry)" : "\(name)/\(entry)", home, to: &paths)
            guard paths.count <= mostFiles else {
                throw Unreadable(why: "code.include: '\(name)' has more than \(mostFiles) files")
            }
        }
    }

    /// The digests of files, by the paths that the study names them by.
    static func digests(_ paths: [String], _ home: String) throws -> DigestList {
        var (list, left) = (DigestList(), bytes)
        for name in paths {
            guard let target = status(name, home) else {
                throw Unreadable(why: "'\(name)' is no file that can be read")
            }
            left -= target.bytes
            guard left >= 0 else { throw Unreadable(why: "the files have more than \(bytes >> 20) MiB") }
            var sum = SHA256()
            var offset = 0
            while true {
                let piece = try Files.system.read(target.path, from: offset, count: 1 << 20)
                if piece.isEmpty { break }
                sum.add(piece)
                offset += piece.count
            }
            list.digests[name] = sum.hex
        }
        return list
    }

    /// Where a regular file is, following links, and how many bytes it has; `nil`: there is none.
    private static func status(_ name: String, _ home: String) -> (path: String, bytes: Int)? {
        let path = Files.absolute(absolute(name, home))
        guard let found = try? Files.system.status(path), found.kind == .file else { return nil }
        return (path, found.bytes)
    }

    private static func absolute(_ name: String, _ home: String) -> String {
        name.hasPrefix("/") ? name : "\(home)/\(name)"
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let why: String
        var description: String { why }
    }
}

/// Output and reports of finished commands and tasks: many small files in a few large ones, so that a study with many
/// trials does not use up its user's inodes.
///
/// A worker packs the files of a finished command into one, and the controller merges these packs into larger ones. A
/// pack never changes: it is published whole, and its sources are removed afterwards. So a crash at any moment leaves
/// duplicates at worst, and readers skip those.
package struct OutputPacks: Sendable {
    /// The directories below `outputs`: packs of one command or array each, packs of many, and files too large to pack.
    static let directories = ["new", "packs", "large"]
    /// What a worker packs for a process. Answers and the request to leave are not packed.
    private static let outputs = ["stdout", "stderr", "reports.jsonl"]
    /// Files that nobody needs after the process.
    private static let transients: Set<String> = ["answers.jsonl", "leave"]

    private let study: StudyDirectory
    private var files: any FileSystem { study.files }

    /// The packs of a study.
    package init(_ study: StudyDirectory) { self.study = study }

    private var new: String { "\(study.outputs)/new" }
    private var packs: String { "\(study.outputs)/packs" }

    /// The name of a process's pack, from the path of its outputs: `17.9f0c4a5be1d27c36.17.0`.
    static func name(ofProcess path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count == 4 ? "\(parts[2]).\(parts[3])" : parts.last.map(String.init) ?? path
    }

    // MARK: Packing

    /// Packs the output and reports of a process and removes its directory. Its command is over, and all its messages
    /// are published. Calling it again is harmless: what was packed before is not packed again.
    ///
    /// - Parameters:
    ///   - path: the directory that the process reads and writes in, relative to the study directory.
    ///   - checkpoints: the directories where its attempts publish checkpoints, relative to the study directory; empty
    ///     ones are removed, too.
    package func pack(process path: String, checkpoints: [String]) throws(FileError) {
        let (directory, name) = ("\(study.path)/\(path)", OutputPacks.name(ofProcess: path))
        var sections: [OutputPack.Section] = []
        for file in OutputPacks.outputs {
            let source = "\(directory)/\(file)"
            guard let found = try files.status(source), found.kind == .file, found.bytes > 0 else {
                continue
            }
            if found.bytes > SpoolLimits.packedFileBytes {
                try files.move(source, to: "\(study.outputs)/large/\(name).\(file)")
            } else {
                let bytes = try files.read(source, limit: SpoolLimits.packBytes)
                sections.append(OutputPack.Section(path: "\(path)/\(file)", bytes: bytes))
            }
        }
        if !sections.isEmpty { try publish(sections, as: name) }
        for checkpoint in checkpoints { removeIfEmpty("\(study.path)/\(checkpoint)") }
        do throws(FileError) {
            for file in try files.list(directory, hidden: true)
            where OutputPacks.outputs.contains(file) || OutputPacks.transients.contains(file)
                || file.hasPrefix(".tmp.")
            {
                try files.remove("\(directory)/\(file)")
            }
        } catch  where !error.isAbsent { throw error } catch {}
        // Files that the command itself wrote there stay.
        removeIfEmpty(directory)
    }

    /// Publishes the files of a process, unless a pack has all of them already: a worker may be killed after packing
    /// and before removing the files.
    private func publish(_ sections: [OutputPack.Section], as name: String) throws(FileError) {
        let pack = OutputPack(sections)
        if try files.publishExclusively(pack.text, at: "\(new)/\(name)") { return }
        do throws(SpoolError) {
            let standing = try OutputPack.read("\(new)/\(name)", on: files)
            if sections.allSatisfy(standing.sections.contains) { return }
        } catch {
            if case .file(let failure) = error, failure.mayPass { throw failure }
        }
        _ = try files.publishExclusively(pack.text, at: "\(new)/\(name)~\(OutputPacks.unique)")
    }

    /// Packs the files of a process whose worker was killed. Its task is over.
    ///
    /// - Parameter name: its name below `live`.
    package func pack(leftBy name: String) throws(FileError) {
        let trial = name.split(separator: ".").first.flatMap { Int($0) } ?? 0
        try pack(
            process: "live/\(name)",
            checkpoints: ["trials/\(trial / SpoolLimits.trialsPerDirectory)/\(name)"])
    }

    /// Packs what finished tasks of an array printed outside any attempt.
    ///
    /// - Parameters:
    ///   - job: the cluster's number of the array.
    ///   - names: their names below `logs`.
    package func pack(logs names: [String], of job: UInt32) throws(FileError) {
        var sections: [OutputPack.Section] = []
        var bytes = 0
        for name in names {
            let source = "\(study.logs)/\(name)"
            guard let found = try files.status(source), found.kind == .file else { continue }
            if found.bytes > SpoolLimits.packedFileBytes {
                try files.move(source, to: "\(study.outputs)/large/logs.\(name)")
                continue
            }
            let content = try files.read(source, limit: SpoolLimits.packBytes)
            sections.append(OutputPack.Section(path: "logs/\(name)", bytes: content))
            bytes += content.count
            if bytes > SpoolLimits.packBytes / 4 {
                try publish(sections, prefix: "logs.\(job)")
                (sections, bytes) = ([], 0)
            }
        }
        try publish(sections, prefix: "logs.\(job)")
    }

    private func publish(_ sections: [OutputPack.Section], prefix: String) throws(FileError) {
        guard !sections.isEmpty else { return }
        let printed = sections.filter { !$0.bytes.isEmpty }
        if !printed.isEmpty {
            try files.publish(OutputPack(printed).text, at: "\(new)/\(prefix).\(OutputPacks.unique)")
        }
        for section in sections { try files.remove("\(study.path)/\(section.path)") }
    }

    /// Removes an empty directory. One that is not empty, or cannot be removed, does no harm.
    package func removeIfEmpty(_ directory: String) {
        do throws(FileError) { try files.removeDirectory(directory) } catch {}
    }

    /// Random digits for a unique name.
    private static var unique: String { String(UInt64.random(in: .min ... .max), radix: 16) }

    // MARK: Folding

    /// Merges small packs into larger ones if that is worth it. Only the controller calls this. Two controllers make
    /// packs with different names.
    ///
    /// - Parameter all: merge even a few packs.
    /// - Returns: how many packs were merged, 0 or more.
    package func fold(all: Bool) throws(FileError) -> Int {
        var folded = 0
        var names = try files.list(new)[...]
        while names.count >= (all ? 1 : SpoolLimits.packsWorthFolding) {
            let count = try fold(&names, in: new)
            if count == 0 { break }
            folded += count
        }
        return try folded + mergePacks()
    }

    /// Merges packs of one size class, if there are many, into one of the next.
    private func mergePacks() throws(FileError) -> Int {
        var sizes: [Int: [String]] = [:]
        for name in try files.list(packs) {
            guard let bytes = try files.status("\(packs)/\(name)")?.bytes,
                bytes < SpoolLimits.packBytes / 2
            else { continue }
            // Size classes are powers of eight.
            sizes[(Int.bitWidth - max(bytes, 64 << 10).leadingZeroBitCount) / 3, default: []].append(name)
        }
        var folded = 0
        for names in sizes.values where names.count >= SpoolLimits.packsOfOneSize {
            var rest = names[...]
            folded += try fold(&rest, in: packs)
        }
        return folded
    }

    /// Makes one pack of the first packs, as many as it may hold, and removes those.
    ///
    /// - Returns: how many packs it merged.
    private func fold(_ names: inout ArraySlice<String>, in directory: String) throws(FileError) -> Int {
        var (sections, sources, bytes) = ([OutputPack.Section](), [String](), 0)
        while let name = names.first, bytes < SpoolLimits.packBytes / 2 {
            let path = "\(directory)/\(name)"
            names.removeFirst()
            do throws(SpoolError) {
                let pack = try OutputPack.read(path, on: files)
                sections += pack.sections
                bytes += pack.bytes
                sources.append(path)
            } catch {
                switch error {
                // Another controller has merged this pack.
                case .file(let failure) where failure.isAbsent: continue
                case .file(let failure) where failure.mayPass: throw failure
                // A file that is not a pack must not stop the others.
                default: try files.move(path, to: "\(study.quarantine)/pack.\(name)")
                }
            }
        }
        guard !sources.isEmpty else { return 0 }
        let path = "\(packs)/\(OutputPacks.unique)"
        try files.publish(OutputPack(sections.withoutRepetitions()).text, at: path)
        for source in sources { try files.remove(source) }
        return sources.count
    }

    /// Removes temporary files of writers that were killed. Nobody may be writing meanwhile.
    package func removeTemporaries() throws(FileError) {
        for directory in OutputPacks.directories {
            for name in try files.list("\(study.outputs)/\(directory)", hidden: true)
            where name.hasPrefix(".tmp.") { try files.remove("\(study.outputs)/\(directory)/\(name)") }
        }
    }

    // MARK: Reading

    /// The paths of all packed files, relative to the study directory.
    package func paths() throws(SpoolError) -> Set<String> {
        var paths: Set<String> = []
        do throws(FileError) {
            for directory in [new, packs] {
                for name in try files.list(directory) {
                    paths.formUnion(try lengths(in: "\(directory)/\(name)")?.files.map(\.path) ?? [])
                }
            }
        } catch {
            guard error.isAbsent, try isMissing else { throw .file(error) }
        }
        return paths
    }

    /// A part of a file.
    package struct Place: Hashable, Sendable {
        /// The file's absolute path.
        package var file: String
        /// Where it begins, in bytes.
        package var offset: Int
        /// How many bytes it has.
        package var bytes: Int

        /// A place from its parts.
        package init(file: String, offset: Int, bytes: Int) {
            (self.file, self.offset, self.bytes) = (file, offset, bytes)
        }
    }

    /// Where the packs hold the content of a file, in reading order; empty if no pack has it.
    ///
    /// - Parameter path: the file's path relative to the study directory.
    package func places(of path: String) throws(SpoolError) -> [Place] {
        var tries = 1
        while true {
            do throws(SpoolError) {
                return try withoutRepetitions(look(for: path))
            } catch {
                // The pack was merged in the meantime.
                guard case .file(let failure) = error, failure.isAbsent, tries < 5 else { throw error }
                tries += 1
            }
        }
    }

    /// The content of a packed file; `nil` if no pack has it.
    ///
    /// - Parameter path: as for `places`.
    package func contents(of path: String) throws(SpoolError) -> [UInt8]? {
        let places = try places(of: path)
        guard !places.isEmpty else { return nil }
        var contents: [UInt8] = []
        for place in places { contents += try bytes(of: place) }
        return contents
    }

    /// The bytes of a part of a file.
    package func bytes(of place: Place) throws(SpoolError) -> [UInt8] {
        do throws(FileError) {
            return try files.read(place.file, from: place.offset, count: place.bytes)
        } catch {
            throw .file(error)
        }
    }

    private func look(for path: String) throws(SpoolError) -> [Place] {
        let parts = path.split(separator: "/")
        guard let leaf = parts.last else { return [] }
        let isLog = parts.first == "logs"
        let name = OutputPacks.name(ofProcess: parts.dropLast().joined(separator: "/"))
        var found: [Place] = []
        do throws(FileError) {
            let large = "\(study.outputs)/large/\(isLog ? "logs" : name).\(leaf)"
            if let status = try files.status(large) {
                found.append(Place(file: large, offset: 0, bytes: status.bytes))
            }
            // In this order, so that a pack merged meanwhile is found in one of them.
            for pack in try files.list(new).filter({
                isLog ? $0.hasPrefix("logs.") : $0 == name || $0.hasPrefix("\(name)~")
            }) {
                found += try places(of: path, in: "\(new)/\(pack)")
            }
            for pack in try files.list(packs) { found += try places(of: path, in: "\(packs)/\(pack)") }
        } catch {
            // A study of an earlier version has none.
            guard error.isAbsent, try isMissing else { throw .file(error) }
        }
        return found
    }

    private var isMissing: Bool {
        get throws(SpoolError) {
            do throws(FileError) { return try !files.exists(packs) } catch { throw .file(error) }
        }
    }

    private func places(of path: String, in pack: String) throws(FileError) -> [Place] {
        guard let (lengths, start) = try lengths(in: pack) else { return [] }
        var (offset, found) = (start, [Place]())
        for (name, bytes) in lengths {
            if name == path { found.append(Place(file: pack, offset: offset, bytes: bytes)) }
            offset += bytes
        }
        return found
    }

    /// The first line of a pack; `nil` if it is not a pack.
    private func lengths(
        in pack: String
    ) throws(FileError) -> (files: [(path: String, bytes: Int)], start: Int)? {
        var (count, head) = (64 << 10, [UInt8]())
        repeat {
            head = try files.read(pack, from: 0, count: count)
            if head.contains(UInt8(ascii: "\n")) || head.count < count { break }
            count *= 8
        } while count <= SpoolLimits.packBytes
        return OutputPack.lengths(in: head)
    }

    /// Removes places with the same bytes as an earlier one: a pack may exist beside one that it was merged into.
    private func withoutRepetitions(_ places: [Place]) throws(SpoolError) -> [Place] {
        guard places.count > 1 else { return places }
        var kept: [(place: Place, bytes: [UInt8])] = []
        for place in places {
            let bytes = try bytes(of: place)
            if !kept.contains(where: { $0.bytes == bytes }) { kept.append((place, bytes)) }
        }
        return kept.map(\.place)
    }
}

extension [OutputPack.Section] {
    /// Removes sections with the same path and bytes as an earlier one.
    fileprivate func withoutRepetitions() -> [OutputPack.Section] {
        var seen: Set<OutputPack.Section> = []
        return filter { seen.insert($0).inserted }
    }
}

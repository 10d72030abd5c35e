import Spool
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory that a trial's command starts in, and the files that are written there.
struct TrialDirectory: Sendable {
    private let manifest: Manifest
    private let entry: Manifest.Entry
    private let study: StudyDirectory

    init(_ entry: Manifest.Entry, of manifest: Manifest, in study: StudyDirectory) {
        (self.entry, self.manifest, self.study) = (entry, manifest, study)
    }

    /// The absolute path.
    var path: String {
        manifest.workspace == nil
            ? manifest.workingDirectory
            : "\(study.path)/\(StudyDirectory.workspace(of: entry.trial, replicate: entry.replicate))"
    }

    /// The values of the attempt's placeholders.
    var facts: CommandTemplate.Facts {
        CommandTemplate.Facts(
            study: manifest.study, trial: entry.trial, from: entry.from, to: entry.to,
            resume: entry.resume.map { "\(study.path)/\($0)" }, directory: path,
            home: manifest.workingDirectory, replicate: entry.replicate ?? 0)
    }

    /// Makes the directory and its files; waits while the disk is full.
    ///
    /// - Returns: why the command cannot start, as a sentence; `nil` if it can.
    func prepare(_ note: (String) -> Void) async throws(WorkerError) -> String? {
        guard let workspace = manifest.workspace else { return nil }
        let facts = facts
        do throws(SpoolError) {
            return try await Patience(time: SystemTime()).attempt(note) { () throws(SpoolError) in
                do throws(FileError) {
                    try Files.system.createDirectory(path)
                    for file in workspace.files {
                        if let trouble = try make(file, facts) { return trouble }
                    }
                    return nil
                } catch {
                    throw .file(error)
                }
            }
        } catch {
            throw .directory(error.description)
        }
    }

    /// - Returns: why the file cannot be made, as a sentence; `nil` if it was.
    private func make(
        _ file: Workspace.InputFile, _ facts: CommandTemplate.Facts
    ) throws(FileError) -> String? {
        let target = "\(path)/\(file.name)"
        let source = file.path(in: manifest.workingDirectory)
        let parent = Files.parent(of: target)
        if parent != path { try Files.system.createDirectory(parent) }
        switch file.kind {
        case .text: return try render(Array(file.source.utf8), to: target, file, mode: 0o600, facts)
        case .template:
            do throws(FileError) {
                // The user's path may be a link.
                let bytes = try Files.system.read(Files.absolute(source), limit: SpoolLimits.templateBytes)
                let mode: UInt32 = access(source, X_OK) == 0 ? 0o700 : 0o600
                return try render(bytes, to: target, file, mode: mode, facts)
            } catch {
                guard !error.mayPass else { throw error }
                return "the template of '\(file.name)' cannot be read: \(error)"
            }
        case .copy:
            guard try Files.system.status(target) == nil else { return nil }
            let staging = "\(parent)/.tmp.\(Host.processID)"
            do throws(FileError) {
                try Files.copyTree(Files.absolute(source), to: staging)
            } catch {
                try? Files.system.removeTree(staging)
                guard !error.mayPass else { throw error }
                return "'\(source)' cannot be copied to '\(file.name)': \(error)"
            }
            try Files.system.move(staging, to: target)
        case .link:
            guard try Files.system.status(target) == nil else { return nil }
            guard symlink(source, target) == 0 || errno == EEXIST else { throw FileError("link", target) }
        }
        return nil
    }

    private func render(
        _ bytes: [UInt8], to target: String, _ file: Workspace.InputFile, mode: UInt32,
        _ facts: CommandTemplate.Facts
    ) throws(FileError) -> String? {
        let text: [UInt8]
        do throws(TextTemplate.Invalid) {
            let template = try TextTemplate(bytes)
            for (placeholder, line, _) in template.placeholders {
                guard case .parameter(let name) = placeholder, entry.configuration[name] == nil else {
                    continue
                }
                return
                    "line \(line) of the template of '\(file.name)': '{\(name)}' names no parameter of the trial"
            }
            text = template.render(configuration: entry.configuration, facts: facts)
        } catch {
            return "line \(error.line) of the template of '\(file.name)': \(error.problem); \(error.fix)"
        }
        try Files.system.publish(text, at: target, mode: mode)
        return nil
    }
}

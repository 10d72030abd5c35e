import Spool
import Tuning

/// The server's true content, read without a node's caches and errors.
private struct ServerTruth: FileSystem {
    let server: FileServer

    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) { throw refusal(path) }
    func rename(_ path: String, to target: String) throws(FileError) { throw refusal(path) }
    func link(_ path: String, to target: String) throws(FileError) { throw refusal(path) }
    func unlink(_ path: String) throws(FileError) { throw refusal(path) }
    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) { throw refusal(path) }
    func removeDirectory(_ path: String) throws(FileError) { throw refusal(path) }
    func sync(directory: String) throws(FileError) { throw refusal(directory) }

    /// Reading only.
    private func refusal(_ path: String) -> FileError {
        FileError("write", path, detail: "it is only read")
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let entry = server.entry(path), let inode = server.inodes[entry.inode] else {
            throw FileError("open", path, code: 2)
        }
        return inode.bytes
    }

    func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        guard let names = server.names(in: path) else { throw FileError("list", path, code: 2) }
        return names.filter { hidden || !$0.hasPrefix(".") }.sorted()
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        guard let entry = server.entry(path), let inode = server.inodes[entry.inode] else { return nil }
        return FileStatus(
            kind: inode.kind, identity: FileIdentity(device: 1, inode: UInt64(entry.inode)), owner: 0,
            mode: 0o700, links: inode.links, bytes: inode.bytes.count)
    }

    func links(_ path: String) throws(FileError) -> Int? { try status(path)?.links }
}

extension FileServer {
    /// The printed content of a file, wherever it is now; `nil` if it is lost.
    func printed(_ path: String) -> [UInt8]? {
        let study = StudyDirectory(Scenario.directory, on: ServerTruth(server: self))
        if let packed = try? OutputPacks(study).contents(of: path) { return packed }
        return try? study.files.read("\(study.path)/\(path)", limit: .max)
    }
}

extension SimulatedTask {
    /// The command of an attempt prints a line.
    ///
    /// - Returns: the path of its directory, relative to the study directory; `nil` if it could not be written.
    func printed(by attempt: Turn, _ trial: TrialID) -> String? {
        let path = study.outputs(of: attempt, trial)
        do throws(FileError) {
            try study.files.createDirectory("\(study.path)/\(path)")
            try study.files.publish(Array("\(attempt)\n".utf8), at: "\(study.path)/\(path)/stdout")
        } catch {
            note("\(error)")
            return nil
        }
        world.ledger.printed["\(path)/stdout"] = "\(attempt)\n"
        return path
    }

    /// Packs the output of finished commands, as the real worker does.
    func pack(_ outputs: inout [String]) {
        for path in outputs {
            do throws(FileError) {
                try OutputPacks(study).pack(process: path, checkpoints: [])
            } catch {
                note("\(error)")
            }
        }
        outputs = []
    }
}

import Simulated
import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The server of the shared file system: the truth about names and contents.
final class FileServer: @unchecked Sendable {
    struct Inode {
        var kind: FileStatus.Kind
        var bytes: [UInt8]
        var links: Int
    }

    struct Entry {
        var inode: Int
        /// The process that created the name, and when others see it.
        var maker: String
        var visibleAt: Duration
    }

    private(set) var inodes: [Int: Inode] = [:]
    private var entries: [String: Entry] = [:]
    private var children: [String: Set<String>] = ["": []]
    /// Removed names, and until when others still list them.
    private var ghosts: [String: [String: (maker: String, until: Duration)]] = [:]
    private var nextInode = 1
    /// Whether there is space.
    var isFull = false

    func entry(_ path: String) -> Entry? { entries[path] }
    func names(in directory: String) -> Set<String>? { children[directory] }

    /// Names removed from a directory that a node still lists because it did not remove them itself.
    func ghosts(in directory: String, for process: String, at now: Duration) -> [String] {
        guard let names = ghosts[directory] else { return [] }
        return names.filter { $0.value.until > now && $0.value.maker != process }.map(\.key)
    }

    func add(
        _ path: String, kind: FileStatus.Kind, bytes: [UInt8] = [], by maker: String, visibleAt: Duration
    ) {
        inodes[nextInode] = Inode(kind: kind, bytes: bytes, links: 0)
        if kind == .directory { children[path] = [] }
        name(path, nextInode, by: maker, visibleAt: visibleAt)
        nextInode += 1
    }

    func name(_ path: String, _ inode: Int, by maker: String, visibleAt: Duration) {
        inodes[inode]?.links += 1
        entries[path] = Entry(inode: inode, maker: maker, visibleAt: visibleAt)
        ghosts[Files.parent(of: path)]?[FileServer.last(path)] = nil
        children[Files.parent(of: path), default: []].insert(FileServer.last(path))
    }

    func remove(_ path: String, by maker: String = "", ghostUntil: Duration? = nil) {
        guard let entry = entries.removeValue(forKey: path) else { return }
        inodes[entry.inode]?.links -= 1
        if inodes[entry.inode]?.links == 0 { inodes[entry.inode] = nil }
        children[path] = nil
        children[Files.parent(of: path)]?.remove(FileServer.last(path))
        guard let ghostUntil else { return }
        ghosts[Files.parent(of: path), default: [:]][FileServer.last(path)] = (maker, ghostUntil)
    }

    /// Moves a file, or a directory with all that it contains.
    func move(_ path: String, to target: String, by maker: String, visibleAt: Duration) {
        guard let entry = entries[path] else { return }
        let below = (children[path] ?? []).sorted()
        inodes[entry.inode]?.links += 1
        remove(path)
        if entries[target] != nil { remove(target) }
        inodes[entry.inode]?.links -= 1
        name(target, entry.inode, by: maker, visibleAt: visibleAt)
        guard inodes[entry.inode]?.kind == .directory else { return }
        children[target] = []
        for child in below {
            move("\(path)/\(child)", to: "\(target)/\(child)", by: maker, visibleAt: visibleAt)
        }
    }

    /// The last part of a path.
    static func last(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}

/// The shared file system as one process sees it: through the caches of its node, with the errors of a network
/// filesystem.
///
/// Names created on another node may be invisible to `read`, `list` and `status` for a while; names removed on another
/// node may still be listed. Changes are decided by the server, at once.
struct SimulatedFiles: FileSystem {
    let server: FileServer
    let process: SimulatedProcess
    let world: World

    /// The error code for operations of a dead process: waiting cannot help.
    static let gone = ENOLINK

    /// Error codes that pass: of a disk, a quota, a server that is away, a stale handle, an expired ticket, and an
    /// unknown one.
    private static let passing = [
        EIO, EDQUOT, ETIMEDOUT, ENOTCONN, ESHUTDOWN, EHOSTDOWN, ESTALE, EACCES, EPERM, EINTR, EAGAIN,
        EREMOTEIO,
    ]

    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        try begin("create", path)
        guard !server.isFull else { throw FileError("create", path, code: ENOSPC) }
        guard server.entry(path) == nil else { throw FileError("create", path, code: EEXIST) }
        guard server.names(in: Files.parent(of: path)) != nil else {
            throw FileError("create", path, code: ENOENT)
        }
        server.add(path, kind: .file, bytes: bytes, by: process.name, visibleAt: visibility(path))
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try begin("open", path)
        guard let entry = visible(path) else { throw FileError("open", path, code: ENOENT) }
        guard let inode = server.inodes[entry.inode] else { throw FileError("open", path, code: ESTALE) }
        if inode.kind == .link { throw FileError("open", path, code: ELOOP) }
        guard inode.kind == .file else { throw FileError("read", path, detail: "it is not a regular file") }
        guard inode.bytes.count <= limit else {
            throw FileError("read", path, detail: "it is larger than \(limit)")
        }
        if world.mutation == .lettersRemovedWhenRead, path.contains("/inbox/") { server.remove(path) }
        return inode.bytes
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        try begin("rename", target)
        guard server.entry(path) != nil else { throw FileError("rename", target, code: ENOENT) }
        var visibleAt = visibility(target)
        if target.contains("/manifests/") { mutateManifest(path, &visibleAt) }
        server.move(path, to: target, by: process.name, visibleAt: visibleAt)
        world.note("\(process.name) publishes \(target), visible at \(visibleAt.seconds)")
        if world.strikes(.renameLies) { throw FileError("rename", target, code: ENOENT) }
    }

    func link(_ path: String, to target: String) throws(FileError) {
        try begin("link", target)
        guard let entry = server.entry(path) else { throw FileError("link", target, code: ENOENT) }
        if world.mutation == .claimsDoNotExclude, target.contains("/claims/") {
            return server.name(target, entry.inode, by: process.name, visibleAt: visibility(target))
        }
        let excludes = world.mutation != .answersDoNotExclude || !target.contains("/directives/")
        guard server.entry(target) == nil || !excludes else {
            throw FileError("link", target, code: EEXIST)
        }
        server.name(target, entry.inode, by: process.name, visibleAt: visibility(target))
        world.ledger.linked(target, by: process.name)
        if world.strikes(.linkLies) {
            throw FileError("link", target, code: world.below(2) == 0 ? EEXIST : EIO)
        }
    }

    func unlink(_ path: String) throws(FileError) {
        try begin("remove", path)
        guard server.entry(path) != nil else { throw FileError("remove", path, code: ENOENT) }
        world.ledger.removed(path, server, world)
        world.note("\(process.name) removes \(path)")
        let until = world.strikes(.staleListing) ? world.time.now + world.seconds(1, 60) : nil
        server.remove(path, by: process.name, ghostUntil: until)
    }

    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        try begin("create directory", path)
        guard server.entry(path) == nil else { throw FileError("create directory", path, code: EEXIST) }
        guard !server.isFull else { throw FileError("create directory", path, code: ENOSPC) }
        guard server.names(in: Files.parent(of: path)) != nil else {
            throw FileError("create directory", path, code: ENOENT)
        }
        server.add(path, kind: .directory, by: process.name, visibleAt: .zero)
    }

    func removeDirectory(_ path: String) throws(FileError) {
        try begin("remove directory", path)
        guard let names = server.names(in: path) else {
            throw FileError("remove directory", path, code: ENOENT)
        }
        guard names.isEmpty else { throw FileError("remove directory", path, code: ENOTEMPTY) }
        world.ledger.removed(path, server, world)
        server.remove(path)
    }

    func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        try begin("list", path)
        guard let names = server.names(in: path) else { throw FileError("list", path, code: ENOENT) }
        let seen = names.filter {
            (hidden || !$0.hasPrefix(".")) && visible("\(path)/\($0)") != nil
        }
        return (seen + server.ghosts(in: path, for: process.name, at: world.time.now)).sorted()
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        try begin("stat", path)
        guard let entry = visible(path), let inode = server.inodes[entry.inode] else { return nil }
        return FileStatus(
            kind: inode.kind, identity: FileIdentity(device: 1, inode: UInt64(entry.inode)),
            owner: geteuid(), mode: 0o700, links: inode.links, bytes: inode.bytes.count)
    }

    func links(_ path: String) throws(FileError) -> Int? {
        try begin("open", path)
        if world.mutation == .leaseNeverLost, path.contains("/lease/"), process.name.hasPrefix("controller")
        {
            return 1
        }
        guard let entry = server.entry(path) else { return nil }
        return server.inodes[entry.inode]?.links
    }

    func sync(directory: String) throws(FileError) { try begin("sync", directory) }

    private func mutateManifest(_ path: String, _ visibleAt: inout Duration) {
        if world.mutation == .manifestAfterSubmit { visibleAt = world.time.now + .seconds(100) }
        guard world.mutation == .checkpointsRemovedEarly, let entry = server.entry(path),
            let bytes = server.inodes[entry.inode]?.bytes,
            let manifest = try? SpoolJSON.decode(Manifest.self, from: bytes)
        else { return }
        for resume in manifest.entries.compactMap(\.resume) {
            server.remove("\(Scenario.directory)/\(resume)")
        }
    }

    // MARK: What may happen to any operation

    private func begin(_ operation: String, _ path: String) throws(FileError) {
        process.step()
        if process.isDead { throw FileError(operation, path, code: SimulatedFiles.gone) }
        guard world.strikes(.transientError) else { return }
        let code = SimulatedFiles.passing[world.below(SimulatedFiles.passing.count)]
        world.note("\(process.name) has the error \(code) at: \(operation) \(path)")
        throw FileError(operation, path, code: code)
    }

    private func visibility(_ path: String) -> Duration {
        // The study's directories are old when it starts.
        world.strikes(.invisible) ? world.time.now + world.seconds(0.5, 60) : .zero
    }

    private func visible(_ path: String) -> FileServer.Entry? {
        guard let entry = server.entry(path) else { return nil }
        return entry.maker == process.name || entry.visibleAt <= world.time.now ? entry : nil
    }
}

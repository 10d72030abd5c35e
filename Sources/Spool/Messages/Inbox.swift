import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The inbox, similar to a maildir: workers put letters in, the controller takes them out.
///
/// A letter is written under `tmp/`, synced, and renamed into `new/`. The controller lists `new/`, takes the letters
/// into the store in one transaction, and only then removes them. A letter that is read again is known by the numbers
/// of its messages.
package struct Inbox: Sendable {
    /// The study.
    private let study: StudyDirectory

    /// The inbox of a study.
    package init(_ study: StudyDirectory) { self.study = study }

    /// A letter in the inbox.
    package struct Letter: Hashable, Sendable {
        /// Its path.
        package var path: String
    }

    /// The content of a letter.
    package enum Content: Hashable, Sendable {
        /// Messages of an attempt, in the order of their numbers.
        case messages([Message])
        /// The user asks for the study to be cancelled.
        case cancel
        /// The user asks for something else.
        case request(Request)
    }

    /// Puts messages of one attempt into the inbox as one letter.
    ///
    /// - Throws: `SpoolError.inboxFull` if no controller takes letters out, `.file` if the file system refuses.
    package func put(_ messages: [Message]) throws(SpoolError) {
        guard let first = messages.first else { return }
        let shard = first.attempt.index % SpoolLimits.inboxShards
        let lines = messages.map { $0.line + [UInt8(ascii: "\n")] }
        try put(Array(lines.joined()), name: "\(first.attempt).\(first.sequence)", shard: shard)
    }

    /// Asks the controller to cancel the study.
    package func putCancel() throws(SpoolError) {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        try put(Array("{\"version\":1,\"type\":\"cancel\"}\n".utf8), name: "cancel.\(random)", shard: 0)
    }

    /// Asks the controller for something.
    ///
    /// - Throws: `SpoolError.malformed` where the request does not fit into a letter.
    package func put(_ request: Request) throws(SpoolError) {
        let bytes = SpoolJSON.encode(request) + [UInt8(ascii: "\n")]
        guard bytes.count <= SpoolLimits.letterBytes else {
            throw .malformed(
                path: study.inbox, reason: "the request has \(bytes.count) bytes, more than a letter holds")
        }
        // Requests are in one shard, and read in the order of their names.
        let moment = Int(Host.wallTime() * 1_000_000)
        try put(bytes, name: "request.\(moment).\(request.id)", shard: 0)
    }

    private func put(_ bytes: [UInt8], name: String, shard: Int) throws(SpoolError) {
        let directory = "\(study.inbox)/\(shard)"
        let waiting: Int
        do throws(FileError) {
            // A directory's size shows its number of entries only roughly, so letters are counted. Listing costs no
            // more than the write that follows.
            waiting = try study.files.list("\(directory)/new").count
        } catch {
            throw .file(error)
        }
        guard waiting < SpoolLimits.lettersPerShard else {
            throw .inboxFull(path: "\(directory)/new", letters: waiting)
        }
        do throws(FileError) {
            try study.files.publish(bytes, at: "\(directory)/new/\(name)", staging: "\(directory)/tmp")
        } catch {
            throw .file(error)
        }
    }

    /// The directories that letters arrive in.
    package var directories: [String] { (0..<SpoolLimits.inboxShards).map { "\(study.inbox)/\($0)/new" } }

    /// The letters in the inbox, at most `limit`, in an order that does not depend on their arrival.
    package func letters(limit: Int) throws(FileError) -> [Letter] {
        var found: [Letter] = []
        for directory in directories {
            let names = Inbox.inOrder(try names(in: directory))
            for name in names.prefix(limit - found.count) {
                found.append(Letter(path: "\(directory)/\(name)"))
            }
            if found.count >= limit { break }
        }
        return found
    }

    /// The names in a directory that are text. Files with other names are renamed.
    private func names(in directory: String) throws(FileError) -> [String] {
        let names = try study.files.list(directory)
        guard names.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) else { return names }
        if let files = study.files as? SystemFiles {
            try files.renameUnreadable(in: directory, limit: SpoolLimits.oddNames)
        }
        return names.filter { !$0.unicodeScalars.contains("\u{FFFD}") }
    }

    /// The common prefix of the names of letters from the same start of a lane.
    package static func start(of letter: Letter) -> String {
        String(Substring(start(letter.path.split(separator: "/").last.map(String.init) ?? letter.path)))
    }

    /// Sorts names in the order of their messages: `9f0c….17.0.9` before `9f0c….17.0.10`, and both before turn 1, which
    /// is `9f0c….17.0.1.0`. Otherwise a limit could admit a letter that must wait and hold back its predecessors.
    private static func inOrder(_ names: [String]) -> [String] {
        var ordered = names
        var first = 0
        while first < names.count {
            let start = Inbox.start(names[first])
            var end = first + 1
            while end < names.count, names[end].utf8.starts(with: start) { end += 1 }
            if end - first > 1 {
                let run = names[first..<end].map {
                    (place: Inbox.place($0.utf8.dropFirst(start.count)), name: $0)
                }
                ordered.replaceSubrange(
                    first..<end, with: run.sorted { $0.place < $1.place }.map(\.name))
            }
            first = end
        }
        return ordered
    }

    /// The common prefix of the names of letters from one start of a task: token, index and epoch, each with its dot.
    private static func start(_ name: String) -> Substring.UTF8View {
        var dots = 0
        return name[...].utf8.prefix { byte in
            defer { if byte == UInt8(ascii: ".") { dots += 1 } }
            return dots < 3
        }
    }

    /// The turn and number at the end of a name. Anything that is not a number gets an arbitrary place.
    private static func place(_ end: Substring.UTF8View) -> (turn: Int, number: Int) {
        var (turn, number) = (0, 0)
        for byte in end {
            if byte == UInt8(ascii: ".") {
                (turn, number) = (number, 0)
            } else {
                number = number &* 10 &+ Int(byte) &- Int(UInt8(ascii: "0"))
            }
        }
        return (turn, number)
    }

    /// Reads letters.
    ///
    /// - Returns: for each its content, or an error: `SpoolError.malformed` if it is not a letter (then `quarantine`
    ///   it), `.file` if the file system refuses.
    package func read(_ letters: some Collection<Letter>) -> [Result<Content, SpoolError>] {
        study.files.each(of: letters.map(\.path)) { path in
            Result { () throws(SpoolError) in try read(Letter(path: path)) }
        }
    }

    private func read(_ letter: Letter) throws(SpoolError) -> Content {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try study.files.readOwn(letter.path, limit: SpoolLimits.letterBytes)
        } catch {
            // The file breaks a rule (too large, a link, a pipe, a socket). Trying again cannot help.
            throw error.mayPass || error.isAbsent
                ? .file(error) : .malformed(path: letter.path, reason: error.description)
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard !lines.isEmpty, lines.count <= SpoolLimits.messagesPerLetter else {
            throw .malformed(path: letter.path, reason: "it has \(lines.count) lines")
        }
        let plain = lines.compactMap { Message(plain: $0) }
        if plain.count == lines.count { return .messages(plain) }
        do {
            switch (try? SpoolJSON.decode(Command.self, from: Array(lines[0])))?.type {
            case "cancel": return .cancel
            case "request": return .request(try SpoolJSON.decode(Request.self, from: Array(lines[0])))
            default: break
            }
            return .messages(try lines.map { try SpoolJSON.decode(Message.self, from: Array($0)) })
        } catch {
            throw .malformed(path: letter.path, reason: SpoolJSON.reason(error))
        }
    }

    /// Removes letters that are in the store.
    ///
    /// - Returns: the letters that could not be removed.
    package func remove(_ letters: [Letter]) -> [(letter: Letter, error: FileError)] {
        let files = study.files
        let removed = files.each(of: letters.map(\.path)) { path -> FileError? in
            do throws(FileError) {
                try files.remove(path)
                return nil
            } catch {
                return error
            }
        }
        return zip(letters, removed).compactMap { letter, error in error.map { (letter, $0) } }
    }

    /// Moves an unreadable letter out of the way.
    ///
    /// - Parameter reason: is written beside it; `nil` to write nothing and move it with less care.
    package func quarantine(_ letter: Letter, reason: String?) throws(FileError) {
        var name = Inbox.fitting(letter.path.split(separator: "/").last.map(String.init) ?? "letter")
        do throws(FileError) {
            try move(letter, as: name, reason)
        } catch  where [ENOTEMPTY, EEXIST, EISDIR, ENOTDIR].contains(error.code) {
            // Another file has this name.
            name = Inbox.fitting(name, isTaken: true)
            try move(letter, as: name, reason)
        }
    }

    private func move(_ letter: Letter, as name: String, _ reason: String?) throws(FileError) {
        let target = "\(study.quarantine)/\(name)"
        if let reason { try study.files.publish(Array("\(reason)\n".utf8), at: "\(target).reason") }
        do throws(FileError) {
            try study.files.rename(letter.path, to: target)
        } catch  where error.isAbsent {
            // It was moved before: by us with a lost reply, or the listing is out of date.
            return
        }
        if reason != nil { try study.files.sync(directory: study.quarantine) }
    }

    /// A name short enough for a suffix: file systems allow 255 bytes.
    private static func fitting(_ name: String, isTaken: Bool = false) -> String {
        guard isTaken || name.utf8.count > SpoolLimits.quarantineNameBytes else { return name }
        var short = ""
        for character in name where short.utf8.count < SpoolLimits.quarantineNameBytes - 20 {
            short.append(character)
        }
        return "\(short).\(String(UInt64.random(in: .min ... .max), radix: 16))"
    }

    /// A user's command in a letter.
    private struct Command: Decodable {
        var type: String
    }
}

import Store
import Tuning

/// Which code a study's trials ran with: each code that controllers have found, since when.
struct CodeHistory {
    /// The codes, oldest first; none of a study that an earlier version of stune ran.
    let rows: [StoreReader.CodeRow]

    /// The history of a study.
    init(_ reader: StoreReader) throws { rows = try reader.codes() }

    /// The history of these.
    init(_ rows: [StoreReader.CodeRow]) { self.rows = rows }

    /// The code that an attempt ran with whose start was taken in at a time, in seconds since 1970; `nil`: that is not
    /// known.
    func code(at time: Double?) -> CommandCode? {
        time.flatMap { time in rows.last { $0.time <= time }?.code }
    }

    /// The moments at which the code was other than before.
    private var changes: [(before: CommandCode, after: StoreReader.CodeRow)] {
        zip(rows, rows.dropFirst()).filter { $1.code.differs(from: $0.code) }.map { ($0.code, $1) }
    }

    /// A sentence that says that the code has changed within the study; `nil`: it has not, as far as is known.
    var sentence: String? {
        guard let last = changes.last else { return nil }
        let count = changes.count
        return "WARNING: the code has changed \(count == 1 ? "" : "\(count) times, the last time ")on "
            + "\(Numbers.moment(last.after.time)): "
            + "\(CodeHistory.words(from: last.before, to: last.after.code)); 'stune show' says which code an attempt "
            + "ran with"
    }

    /// What differs between two codes.
    static func words(from before: CommandCode, to after: CommandCode) -> String {
        var words: [String] = []
        if let old = before.commit, let new = after.commit, old != new {
            words.append("commit \(old.prefix(12)) → \(new.prefix(12))")
        }
        let names = Set(before.files.keys).union(after.files.keys).sorted().filter {
            before.files[$0] != after.files[$0]
        }
        if before.digest != after.digest {
            let most = 5
            let list = names.prefix(most).joined(separator: ", ")
            let more = names.count > most ? " and \(names.count - most) more" : ""
            words.append(names.isEmpty ? "other files" : list + more)
        }
        return Table.printable(words.joined(separator: "; "))
    }
}

extension CommandCode {
    /// The code in a few words: `commit 1a2b3c4d5e6f with changes, files 9f0c4a5be1d2`.
    var words: String {
        var words: [String] = []
        if let commit {
            words.append("commit \(commit.prefix(12))\(isDirty == true ? " with changes" : "")")
        }
        if count > 0 { words.append("files \(digest.prefix(12))") }
        return words.isEmpty ? "not known" : words.joined(separator: ", ")
    }
}

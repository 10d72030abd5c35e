/// Which code a study's command is: what a controller has found at its start.
public struct CommandCode: Hashable, Codable, Sendable {
    /// The commit of the work tree that the study file is in, in hexadecimal digits; `nil`: there is none, or it is not
    /// known.
    public var commit: String?
    /// Whether files of the work tree differ from the commit; `nil`: that is not known.
    public var isDirty: Bool?
    /// The SHA-256 of the list of the command's files with their digests, in hexadecimal digits.
    public var digest: String
    /// The SHA-256 of each file, by its path as the study names it; empty if there are very many.
    public var files: [String: String]
    /// How many files there are; 0 or more.
    public var count: Int
    /// Why something is not known; `nil`: nothing is left to say.
    public var why: String?

    /// A fact from its parts.
    public init(
        commit: String? = nil, isDirty: Bool? = nil, digest: String, files: [String: String], count: Int,
        why: String? = nil
    ) {
        (self.commit, self.isDirty, self.digest) = (commit, isDirty, digest)
        (self.files, self.count, self.why) = (files, count, why)
    }

    /// Whether it is other code than before: another commit, or other files. Where one of the two commits is not known,
    /// the files alone tell.
    public func differs(from earlier: CommandCode) -> Bool {
        if digest != earlier.digest { return true }
        guard let commit, let before = earlier.commit else { return false }
        return commit != before
    }
}

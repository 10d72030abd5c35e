/// The digests of an archive's files, as `sha256sum -c` reads them: a line for each, `DIGEST  PATH`.
package struct DigestList: Hashable, Sendable {
    /// The digests in hexadecimal digits, by path.
    package var digests: [String: String] = [:]

    /// An empty list.
    package init() {}

    /// The text, ordered by path. As sha256sum does it, a path with a line break or a backslash is spelt out, and its
    /// line begins with a backslash.
    package var text: String {
        digests.sorted { $0.key < $1.key }.map { path, digest in
            let spelt = path.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            return (spelt == path ? "" : "\\") + "\(digest)  \(spelt)\n"
        }.joined()
    }

    /// The list in a text; `nil` if it is none.
    package init?(_ text: String) {
        for line in text.split(separator: "\n") {
            let isSpelt = line.hasPrefix("\\")
            let rest = line.dropFirst(isSpelt ? 1 : 0)
            let (digest, path) = (rest.prefix(64), rest.dropFirst(66))
            guard digest.utf8.count == 64, rest.dropFirst(64).hasPrefix("  "), !path.isEmpty else {
                return nil
            }
            digests[isSpelt ? DigestList.meant(path) : String(path)] = String(digest)
        }
    }

    private static func meant(_ spelt: Substring) -> String {
        var (text, isAfterBackslash) = ("", false)
        for character in spelt {
            if isAfterBackslash {
                text.append(character == "n" ? "\n" : character)
                isAfterBackslash = false
            } else if character == "\\" {
                isAfterBackslash = true
            } else {
                text.append(character)
            }
        }
        return text
    }
}

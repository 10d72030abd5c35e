/// Rules for the tokens of one Swift file.
enum CodeRules {
    static let longestFile = 400
    static let longestFunction = 60

    /// Words that say nothing about what a type or file is for.
    static let bannedWords: Set<String> = [
        "Basic", "Basics", "Common", "Helper", "Helpers", "Manager", "Managers", "Util", "Utilities",
        "Utility",
        "Utils",
    ]

    // MARK: Length

    static func fileLength(_ source: SwiftSource) -> [Finding] {
        guard source.lineCount > longestFile else { return [] }
        return [
            Finding(
                file: source.path, line: longestFile + 1,
                message: "the file has \(source.lineCount) lines, at most \(longestFile) are fine; "
                    + "move what can stand alone to a file named after it")
        ]
    }

    static func functionLength(_ source: SwiftSource) -> [Finding] {
        Declarations.bodies(in: source).compactMap { body in
            let length = body.lastLine - body.firstLine + 1
            guard length > longestFunction else { return nil }
            return Finding(
                file: source.path, line: body.firstLine,
                message: "\(body.name) has \(length) lines, at most \(longestFunction) are fine; "
                    + "give its steps names of their own")
        }
    }

    // MARK: Names

    static func names(_ source: SwiftSource) -> [Finding] {
        let kinds: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        var findings = source.path.split(separator: "/").compactMap { part -> Finding? in
            let name = String(part.split(separator: ".").first ?? part)
            return bannedWord(in: name).map {
                Finding(file: source.path, line: 1, message: vague(name, $0))
            }
        }
        let tokens = source.tokens
        for index in tokens.indices.dropLast()
        where tokens[index].kind == .word && kinds.contains(tokens[index].text)
            && tokens[index + 1].kind == .word
        {
            let name = tokens[index + 1]
            if let word = bannedWord(in: name.text) {
                findings.append(
                    Finding(file: source.path, line: name.line, message: vague(name.text, word)))
            }
        }
        return findings
    }

    private static func vague(_ name: String, _ word: String) -> String {
        "the name \(name) has the word \(word), which hides what it is for; name it after what it does"
    }

    /// The banned word among the words of a camel-case name.
    static func bannedWord(in name: String) -> String? {
        var words: [String] = []
        var previous: Character = "_"
        for character in name {
            if words.isEmpty || character.isUppercase && !previous.isUppercase || previous == "_" {
                words.append("")
            }
            words[words.count - 1].append(character)
            previous = character
        }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.first(where: bannedWords.contains)
    }

    // MARK: Constructs

    static func constructs(_ source: SwiftSource) -> [Finding] {
        var findings: [Finding] = []
        let tokens = source.tokens
        for index in tokens.indices {
            let next = index + 1 < tokens.count ? tokens[index + 1] : nil
            let previous = index > 0 ? tokens[index - 1] : nil
            if let message = complaint(of: tokens[index], after: previous, before: next) {
                findings.append(Finding(file: source.path, line: tokens[index].line, message: message))
            }
        }
        return findings
    }

    private static func complaint(of token: Token, after previous: Token?, before next: Token?) -> String? {
        switch (token.kind, token.text) {
        case (.word, "Any"), (.word, "AnyObject"):
            return
                "\(token.text) hides the type; use a concrete type, a generic one, or `any` with a protocol"
        case (.word, "fatalError") where next?.isSign("(") == true:
            return
                "fatalError ends the process without a word to the user; throw an error that says what to do"
        case (.sign, "!") where token.isAdjacent:
            return exclamation(after: previous, before: next)
        default: return nil
        }
    }

    /// A `!` directly after an expression: a forced try, cast or unwrap, unless it begins `!=`.
    private static func exclamation(after previous: Token?, before next: Token?) -> String? {
        guard let previous else { return nil }
        if next?.isSign("=") == true, next?.isAdjacent == true { return nil }
        if previous.isWord("try") { return "try! crashes on an error; use try, and let the caller know" }
        if previous.isWord("as") { return "as! crashes on another type; use as? and handle nil" }
        let endsValue =
            previous.kind == .word || previous.kind == .quotedWord || previous.kind == .literal
            || previous.kind == .sign && [")", "]", "}"].contains(previous.text)
        return endsValue ? "a forced unwrap crashes on nil; use guard let, or #require in a test" : nil
    }

    // MARK: Documentation

    static func documentation(_ source: SwiftSource) -> [Finding] {
        Declarations.exported(in: source).compactMap { declaration in
            // Attributes may be between the comment and the declaration.
            var line = declaration.line
            while let attribute = declaration.attributeLines.last(where: { $0 == line - 1 }) {
                line = attribute
            }
            guard !source.documentation.contains(line - 1) else { return nil }
            return Finding(
                file: source.path, line: declaration.line,
                message: "\(declaration.name) is visible to other targets and has no documentation; "
                    + "say in /// what it is: units, range, errors")
        }
    }
}

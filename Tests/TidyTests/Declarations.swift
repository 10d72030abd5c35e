/// The declarations in a Swift file, as far as the rules need them.
enum Declarations {
    /// A declaration with a body in braces.
    struct Body: Equatable {
        var name: String
        var firstLine: Int
        var lastLine: Int
    }

    /// A declaration that is `package`, `public` or `open`.
    struct Exported: Equatable {
        var name: String
        var line: Int
        /// The lines that begin with an attribute.
        var attributeLines: [Int]
    }

    private static let keywords: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "struct", "class", "enum", "actor", "protocol",
        "typealias", "associatedtype", "case", "extension", "import", "macro", "operator",
    ]
    private static let openers: Set<String> = ["(", "[", "{"]
    private static let closers: Set<String> = [")", "]", "}"]

    // MARK: Bodies

    /// Functions, initializers, subscripts and computed properties with their bodies.
    static func bodies(in source: SwiftSource) -> [Body] {
        let tokens = source.tokens
        return tokens.indices.compactMap { index in
            guard begins(at: index, in: tokens), let open = openingBrace(after: index, in: tokens) else {
                return nil
            }
            return Body(
                name: name(at: index, in: tokens), firstLine: tokens[index].line,
                lastLine: tokens[closing(of: open, in: tokens)].line)
        }
    }

    private static func begins(at index: Int, in tokens: [Token]) -> Bool {
        guard tokens[index].kind == .word else { return false }
        let previous = index > 0 ? tokens[index - 1] : nil
        if previous?.isSign(".") == true { return false }
        switch tokens[index].text {
        case "func", "deinit": return true
        case "init", "subscript":
            let next = index + 1 < tokens.count ? tokens[index + 1] : nil
            return next.map { $0.kind == .sign && ["(", "<", "?"].contains($0.text) } ?? false
        case "var":
            let conditions: Set<String> = ["if", "while", "guard", "case", "for"]
            return previous.map { !conditions.contains($0.text) && !$0.isSign(",") } ?? true
        default: return false
        }
    }

    /// The brace that opens the body of the declaration at `index`; `nil` if it has none, as in a protocol or a stored
    /// property.
    private static func openingBrace(after index: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for position in tokens.indices[(index + 1)...] {
            let token = tokens[position]
            if depth == 0 {
                if token.isSign("{") { return position }
                if token.isSign("}") || token.isSign(";")
                    || token.isSign("@") && token.line > tokens[index].line
                {
                    return nil
                }
                let isNext = token.kind == .word && keywords.contains(token.text) && position > index + 1
                if isNext, !tokens[position - 1].isSign(".") { return nil }
            }
            if token.kind == .sign, openers.contains(token.text) { depth += 1 }
            if token.kind == .sign, closers.contains(token.text) {
                depth -= 1
                if depth < 0 { return nil }
            }
        }
        return nil
    }

    /// The brace that closes the one at `open`.
    private static func closing(of open: Int, in tokens: [Token]) -> Int {
        var depth = 0
        for position in tokens.indices[open...] {
            if tokens[position].isSign("{") { depth += 1 }
            if tokens[position].isSign("}") {
                depth -= 1
                if depth == 0 { return position }
            }
        }
        return tokens.count - 1
    }

    private static func name(at index: Int, in tokens: [Token]) -> String {
        let keyword = tokens[index].text
        guard keyword == "func" || keyword == "var" || keyword == "let", index + 1 < tokens.count else {
            return keyword
        }
        return tokens[index + 1].text
    }

    // MARK: Access

    /// The declarations visible to other targets. Extensions and imports are not declarations.
    static func exported(in source: SwiftSource) -> [Exported] {
        let tokens = source.tokens
        let access: Set<String> = ["package", "public", "open"]
        let attributeLines = tokens.indices.filter { index in
            tokens[index].isSign("@") && (index == 0 || tokens[index - 1].line < tokens[index].line)
        }.map { tokens[$0].line }
        return tokens.indices.compactMap { index in
            guard tokens[index].kind == .word, access.contains(tokens[index].text),
                index == 0 || !tokens[index - 1].isSign("."),
                let keyword = keyword(after: index, in: tokens)
            else { return nil }
            if ["extension", "import"].contains(tokens[keyword].text) { return nil }
            return Exported(
                name: exportedName(at: keyword, in: tokens), line: tokens[index].line,
                attributeLines: attributeLines)
        }
    }

    /// The keyword of the modifier at `index`; modifiers and attributes may be in between.
    private static func keyword(after index: Int, in tokens: [Token]) -> Int? {
        let modifiers: Set<String> = [
            "static", "final", "mutating", "nonmutating", "private", "fileprivate", "internal", "package",
            "public",
            "nonisolated", "indirect", "lazy", "weak", "unowned", "override", "required", "convenience",
            "prefix",
            "postfix", "infix", "borrowing", "consuming", "distributed", "dynamic", "optional", "isolated",
        ]
        var position = index + 1
        while position < tokens.count {
            let token = tokens[position]
            if token.isSign("(") {
                // Only `private(set)` and the like; `package(set)` itself is not a declaration.
                guard position > index + 1 else { return nil }
                position += 3
            } else if token.isSign("@") {
                position += 2
            } else if token.kind == .word, token.text == "class", position + 1 < tokens.count,
                keywords.contains(tokens[position + 1].text)
            {
                position += 1
            } else if token.kind == .word, keywords.contains(token.text) {
                return position
            } else if token.kind == .word, modifiers.contains(token.text) {
                position += 1
            } else {
                return nil
            }
        }
        return nil
    }

    private static func exportedName(at keyword: Int, in tokens: [Token]) -> String {
        let unnamed: Set<String> = ["init", "deinit", "subscript"]
        guard !unnamed.contains(tokens[keyword].text), keyword + 1 < tokens.count else {
            return tokens[keyword].text
        }
        return "\(tokens[keyword].text) \(tokens[keyword + 1].text)"
    }
}

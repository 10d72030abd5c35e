import Spool

/// Reads `container`.
struct ContainerReader {
    /// The container; `nil` when it has mistakes.
    static func read(_ cursor: Cursor, _ batch: BatchOptions?) -> Container? {
        guard let fields = SectionCursor(cursor, as: .container) else { return nil }
        let image = fields["image"].flatMap { text($0, example: "train.sif") }
        let runtime = fields["runtime"].flatMap { cursor in
            cursor.word(Container.Runtime.allCases.map(\.rawValue)).flatMap(Container.Runtime.init)
        }
        let binds = fields["binds"].map { list($0, example: "[/scratch, \"/data:/data:ro\"]", bind) } ?? []
        let nv = fields["nv"].map { $0.flag() } ?? false
        let options = fields["options"].map { list($0, example: "[--cleanenv]") { _ in true } } ?? []
        guard let image, let runtime, let binds, let nv, let options else { return nil }
        if image.hasPrefix("-") {
            fields["image"]?.mistake(
                "'\(shown(image))' would be taken for an option", fix: "write a path or a name")
            return nil
        }
        let container = Container(
            image: image, runtime: runtime, binds: binds, nv: nv, options: options,
            variables: (batch?.environment.keys).map { $0.sorted() } ?? [])
        checkImage(container, fields["image"])
        return container
    }

    private static func text(_ cursor: Cursor, example: String) -> String? {
        guard let text = cursor.text(example: example) else { return nil }
        guard !text.isEmpty, text.utf8.count <= StudyFileLimits.argumentBytes,
            !text.unicodeScalars.contains(where: isUnprintable)
        else {
            cursor.mistake(
                "it is empty, too long, or holds a control character", fix: "write text such as \(example)")
            return nil
        }
        return text
    }

    private static func list(
        _ cursor: Cursor, example: String, _ isFine: (Cursor) -> Bool
    ) -> [String]? {
        guard let items = cursor.list(example: example) else { return nil }
        guard items.count <= StudyFileLimits.containerItems else {
            cursor.mistake(
                "there are \(items.count), more than \(StudyFileLimits.containerItems)",
                fix: "bind a directory above them")
            return nil
        }
        let texts = items.map { isFine($0) ? text($0, example: example) : nil }
        return texts.contains { $0 == nil } ? nil : texts.compactMap(\.self)
    }

    /// `OUTSIDE`, `OUTSIDE:INSIDE` or `OUTSIDE:INSIDE:OPTIONS`, with absolute paths.
    private static func bind(_ cursor: Cursor) -> Bool {
        guard let text = cursor.text(example: "/scratch") else { return false }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isFine =
            parts.count <= 3 && parts.prefix(2).allSatisfy { $0.hasPrefix("/") }
            && parts.allSatisfy { !$0.isEmpty && !$0.contains(",") }
        if !isFine {
            cursor.mistake(
                "'\(shown(text))' is no bind",
                fix:
                    "write OUTSIDE, OUTSIDE:INSIDE or OUTSIDE:INSIDE:ro, with absolute paths without commas"
            )
        }
        return isFine
    }

    private static func checkImage(_ container: Container, _ cursor: Cursor?) {
        guard let file = container.imageFile, let cursor, let look = cursor.findings.look else { return }
        if case .absent = look(file) {
            // What runs on the compute nodes may be theirs alone.
            cursor.note("there is no '\(shown(file))' on this machine; compute nodes need it")
        }
    }
}

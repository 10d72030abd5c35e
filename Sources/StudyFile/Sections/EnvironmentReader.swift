/// Reads the environment variables of a task: `environment`, and sbatch's `export`.
enum EnvironmentReader {
    /// A mapping of names to values.
    static func mapping(_ cursor: Cursor?) -> [String: String] {
        guard let cursor, let entries = cursor.names(example: "{OMP_NUM_THREADS: 4}") else { return [:] }
        checkCount(entries.count, cursor)
        var variables: [String: String] = [:]
        for entry in entries {
            guard let value = entry.cursor.text(example: "'\(shown(entry.name)): \"value\"'") else {
                continue
            }
            if check(entry.name, value, at: entry.place, entry.cursor) { variables[entry.name] = value }
        }
        return variables
    }

    /// sbatch's `--export`, in the forms that a task of stune supports: `ALL`, and `ALL,NAME=value,…`.
    static func export(_ cursor: Cursor?) -> [String: String] {
        guard let cursor, let text = cursor.text(example: "ALL") else { return [:] }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        guard items.first?.uppercased() == "ALL" else {
            cursor.mistake(
                "the worker needs the controller's environment, so '\(shown(text))' cannot hold",
                fix:
                    "begin with ALL, such as ALL,NAME=value; undo unwanted variables in 'setup', for example with 'module purge'"
            )
            return [:]
        }
        checkCount(items.count, cursor)
        var variables: [String: String] = [:]
        for item in items.dropFirst() {
            guard let equals = item.firstIndex(of: "=") else {
                cursor.mistake(
                    "'\(shown(String(item)))' has no value, and ALL exports what has one already",
                    fix: "write NAME=value, or remove it")
                continue
            }
            let name = String(item[..<equals])
            let value = String(item[item.index(after: equals)...])
            if check(name, value, at: cursor.value.place, cursor) { variables[name] = value }
        }
        return variables
    }

    private static func checkCount(_ count: Int, _ cursor: Cursor) {
        if count > StudyFileLimits.environmentVariables {
            cursor.mistake(
                "there are \(count) variables, more than \(StudyFileLimits.environmentVariables)",
                fix: "set them in a file that a line of 'setup' reads")
        }
    }

    private static func check(_ name: String, _ value: String, at place: TextPosition, _ cursor: Cursor)
        -> Bool
    {
        func refuse(_ problem: String, fix: String) -> Bool {
            cursor.findings.mistake(at: place, cursor.path, problem, fix: fix)
            return false
        }
        guard isVariableName(name) else {
            return refuse(
                "'\(shown(name))' is not a valid name of an environment variable",
                fix: "use letters, digits and '_', and no digit at the front")
        }
        guard !name.hasPrefix("STUNE_") else {
            return refuse(
                "the worker sets '\(shown(name))' itself", fix: "remove it, or give it another name")
        }
        guard !value.utf8.contains(0), value.utf8.count <= StudyFileLimits.slurmTextBytes else {
            return refuse(
                "the value holds a zero byte or has more than \(StudyFileLimits.slurmTextBytes) bytes",
                fix: "put it into a file")
        }
        return true
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

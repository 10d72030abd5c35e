/// A fact about a site, an account or an installation, and its consequences for a study.
package struct Finding: Hashable, Sendable {
    /// How important it is.
    package enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
        /// As it should be.
        case ok
        /// Worth knowing.
        case note
        /// A study may run worse, or some settings may not work.
        case warning
        /// A study cannot run until someone acts.
        case problem

        /// Orders from `ok` to `problem`.
        package static func < (left: Level, right: Level) -> Bool {
            let order = allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }
    }

    /// Its subject, such as `slurm.arrays`: stable, for programs.
    package var topic: String
    /// How important it is.
    package var level: Level
    /// The fact, as a sentence.
    package var what: String
    /// What it means for a study; empty if the sentence says so.
    package var meaning: String
    /// What to write, or to do.
    package var advice: [Advice]
    /// Further lines, such as one for each partition.
    package var details: [String]
    /// The facts for programs, by name.
    package var facts: [String: String]

    /// A finding from its parts.
    package init(
        _ topic: String, _ level: Level, _ what: String, meaning: String = "", advice: [Advice] = [],
        details: [String] = [], facts: [String: String] = [:]
    ) {
        self.topic = topic
        self.level = level
        self.what = what
        self.meaning = meaning
        self.advice = advice
        self.details = details
        self.facts = facts
    }

    /// The part of the topic before the point, which groups findings.
    package var group: String { String(topic.prefix { $0 != "." }) }
}

/// What to write, or to do, about a finding.
package enum Advice: Hashable, Sendable {
    /// A default for all studies on this site: a field such as `slurm.partition`, and its value as YAML.
    case setting(String, String)
    /// A line for a study file, if its value depends on the study.
    case study(String)
    /// A command to run.
    case command(String)

    /// The advice as a line to paste.
    package var line: String {
        switch self {
        case .setting(let field, let value):
            let parts = field.split(separator: ".").map(String.init)
            return parts.count == 2 ? "\(parts[0]): {\(parts[1]): \(value)}" : "\(field): \(value)"
        case .study(let line), .command(let line): return line
        }
    }
}

extension [Finding] {
    /// The recommended defaults. Of several for one field, the lowest number, otherwise the first.
    package var settings: [(field: String, value: String)] {
        var all: [(field: String, value: String)] = []
        for case .setting(let field, let value) in flatMap(\.advice) {
            guard let index = all.firstIndex(where: { $0.field == field }) else {
                all.append((field, value))
                continue
            }
            if let new = Int(value), let old = Int(all[index].value), new < old { all[index].value = value }
        }
        return all
    }

    /// Whether a study cannot run until someone acts.
    package var hasProblem: Bool { contains { $0.level == .problem } }
}

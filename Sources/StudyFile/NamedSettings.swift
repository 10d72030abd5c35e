import Tuning

/// Which settings a study file names. For settings that it leaves to stune or to files of defaults, a study keeps the
/// values that it began with; but for one that the file named when the study was run last, and names no longer.
package struct NamedSettings: Hashable, Sendable {
    /// The fields by path, such as `parallel` and `slurm.time`; `nil`: all except `others` are named.
    private let paths: Set<String>?
    private let others: Set<String>
    /// Whether the searcher is left to stune: the file names none, or `auto`.
    package let hasAutoSearcher: Bool

    /// All settings except these, by path.
    package init(allBut others: Set<String> = []) {
        (paths, self.others) = (nil, others)
        hasAutoSearcher = others.contains("searcher.type")
    }

    init(in root: YAMLValue) {
        var paths: Set<String> = []
        for entry in root.entries {
            paths.insert(entry.key)
            for field in entry.value.entries {
                paths.insert("\(entry.key).\(field.key.replacing("-", with: "_"))")
            }
        }
        (self.paths, others) = (paths, [])
        let searcher = root.entries.first { $0.key == "searcher" }
        let type = searcher?.value.entries.first { $0.key == "type" }?.value.content
        if case .scalar(let word)? = type {
            hasAutoSearcher = word.text == Section.autoSearcher.name
        } else {
            hasAutoSearcher = true
        }
    }

    /// Those of a file that was read before; `nil`: it is no YAML any more.
    package init?(text: String) {
        guard let root = Document.read(text, Findings(file: "")) else { return nil }
        self.init(in: root)
    }

    /// What either of two files names.
    ///
    /// - Parameter last: those of the file as it was when the study was run last; `nil`: that is not known.
    package func joined(with last: NamedSettings?) -> NamedSettings {
        guard let more = last?.paths else { return self }
        return NamedSettings(
            paths: paths?.union(more), others: others.subtracting(more), hasAutoSearcher: hasAutoSearcher)
    }

    private init(paths: Set<String>?, others: Set<String>, hasAutoSearcher: Bool) {
        (self.paths, self.others, self.hasAutoSearcher) = (paths, others, hasAutoSearcher)
    }

    /// Whether a field is named, by its path, such as `parallel` or `slurm.time`.
    package func has(_ path: String) -> Bool {
        paths?.contains(path) ?? !others.contains(path)
    }
}

extension StudySpec {
    /// Takes settings that the file does not name from a study that began before.
    ///
    /// - Returns: what was kept, one sentence each.
    package mutating func keep(from begun: StudySpec, unless named: NamedSettings) -> [String] {
        var kept: [String] = []
        if !named.has("execution.mode"), execution.mode != begun.execution.mode {
            execution.mode = begun.execution.mode
            kept.append("the study goes on in mode '\(begun.execution.mode)', in which it was begun")
        }
        if !named.has("searcher.type"), plan.searcher != begun.plan.searcher,
            AutoSearcher.mayHaveChosen(begun.plan.searcher),
            begun.plan.searcher.seed == plan.searcher.seed
        {
            plan.searcher = begun.plan.searcher
            kept.append(
                "the study goes on with the searcher that it was begun with: \(plan.searcher.words)")
        }
        let (own, other) = (plan.scheduler, begun.plan.scheduler)
        if !named.has("scheduler.rungs"), own != other, own.onPaperRungs == other {
            plan.scheduler = other
            let levels = other.levels.map(\.description).joined(separator: ", ")
            kept.append("the study goes on with the rungs that it was begun with: \(levels)")
        } else if own != other, own.comparingNewestResults == other {
            plan.scheduler = other
            kept.append("the population goes on comparing newest results, as when the study was begun")
        }
        for field in KeptField.all where !named.has(field.path) {
            let before = self
            field.copy(begun, &self)
            if self != before {
                kept.append("the study goes on with the '\(field.path)' that it was begun with")
            }
        }
        return kept
    }
}

/// A field that files of defaults may set. A study that has begun keeps its value, even if they change.
private struct KeptField: Sendable {
    /// The field's path in the study file.
    let path: String
    /// Copies it from one study to another.
    let copy: @Sendable (StudySpec, inout StudySpec) -> Void

    private static func field<Value>(
        _ path: String, _ key: any WritableKeyPath<StudySpec, Value> & Sendable
    ) -> KeptField {
        KeptField(path: path) { $1[keyPath: key] = $0[keyPath: key] }
    }

    static let all: [KeptField] =
        [
            field("parallel", \.plan.parallel), field("max_retries", \.plan.maxRetries),
            field("max_failures", \.plan.maxFailures), field("checkpoints.quota", \.plan.quota),
            field("settle_seconds", \.settleSeconds),
            field("execution.linger_seconds", \.execution.lingerSeconds),
        ]
        + SiteOptions.names.map { name in
            KeptField(path: "slurm.\(name)") { SiteOptions.copy(name, $0.batch, &$1.batch) }
        }
}

extension SchedulerPlan {
    /// The same population for a study whose log does not say at which resource members are compared.
    fileprivate var comparingNewestResults: SchedulerPlan {
        guard case .pbt(var plan) = self else { return self }
        plan.comparison = .newest
        return .pbt(plan)
    }

    /// The same scheduler on the rungs of a study whose log does not say where its rungs are.
    fileprivate var onPaperRungs: SchedulerPlan {
        func paper(_ plan: ASHAPlan) -> ASHAPlan {
            var plan = plan
            plan.spacing = nil
            return plan
        }
        switch self {
        case .asha(let plan): return .asha(paper(plan))
        case .ashaStopping(let plan): return .ashaStopping(paper(plan))
        case .pasha(let plan): return .pasha(paper(plan))
        case .asyncHyperband(var plan):
            plan.asha = paper(plan.asha)
            return .asyncHyperband(plan)
        case .successiveHalving(var plan):
            plan.ladder = paper(plan.ladder)
            return .successiveHalving(plan)
        case .hyperband, .medianStopping, .pbt, .external, .none: return self
        }
    }
}

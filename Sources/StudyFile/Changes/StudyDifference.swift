package import Tuning

/// What differs between two descriptions of a study, part by part.
package struct StudyDifference: Sendable {
    /// A part that differs.
    package struct Item: Hashable, Sendable {
        /// The field's path in the study file, as `slurm.time`.
        package let path: String
        /// The field at the top of the file.
        package let field: StudyField
        /// The values before and after, for people; empty where they are too long to be shown.
        package let before, after: String

        /// `trials: 16 → 48`, or `command: changed`.
        package var words: String {
            before == after ? "\(path): changed" : "\(path): \(before) → \(after)"
        }
    }

    /// The parts that differ, in the order of the file.
    package let items: [Item]
    /// Whether anything differs beside them.
    package let hasUnknown: Bool

    /// Compares two descriptions of a study.
    package init(from old: StudySpec, to new: StudySpec) {
        var items: [Item] = []
        var rest = old
        for part in SpecPart.all {
            let before = rest
            part.copy(new, &rest)
            guard rest != before else { continue }
            items.append(
                Item(path: part.path, field: part.field, before: part.words(old), after: part.words(new)))
        }
        self.items = items
        hasUnknown = rest != new
    }

    /// The paths of the parts that differ, each once.
    package var paths: [String] { items.map(\.path).uniqued() }

    /// The fields at the top of the file that differ, each once, in the order of the file.
    package var fields: [StudyField] { items.map(\.field).uniqued() }

    /// Whether nothing differs.
    package var isEmpty: Bool { items.isEmpty && !hasUnknown }

    /// Why the change cannot be made, a sentence for each field that is in its way; none: nothing is.
    package func refusals(_ moment: StudyField.Moment) -> [String] {
        let refused = fields.compactMap { field -> String? in
            guard case .refused(let why, let wayOut) = field.meaning(moment) else { return nil }
            return "\(field.rawValue) cannot change: \(why); \(wayOut.replacing("`", with: "'"))"
        }
        return hasUnknown
            ? refused + [
                "what differs is not known to this version of stune; begin another study with 'stune fork'"
            ]
            : refused
    }

    /// What the change is for the core.
    ///
    /// - Parameter plan: the plan that holds before it.
    package static func change(of plan: Plan, to spec: StudySpec, _ fields: [StudyField]) -> Change {
        let deciding: Set<StudyField> = [
            .trials, .parallel, .maxRetries, .maxFailures, .scheduler, .searcher, .parameters,
            .forbidden, .constraints, .points,
        ]
        return Change(
            from: plan, to: spec.plan, others: fields.filter { !deciding.contains($0) }.map(\.rawValue))
    }
}

extension StudySpec {
    /// Takes over the parts at these paths, as `trials` and `slurm.time`, from another description.
    package mutating func take(_ paths: Set<String>, from other: StudySpec) {
        for part in SpecPart.all where paths.contains(part.path) { part.copy(other, &self) }
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, in order.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

import Tuning

/// Which settings a study file names, of those that a study keeps from its beginning where the file leaves them to stune.
package struct NamedSettings: Hashable, Sendable {
    /// Whether it says how tasks are used: `execution.mode`.
    package var mode: Bool
    /// Whether it says where the rungs lie: `scheduler.rungs`.
    package var rungs: Bool

    /// The settings that a file names; by default all of them.
    package init(mode: Bool = true, rungs: Bool = true) { (self.mode, self.rungs) = (mode, rungs) }

    init(in root: YAMLValue) {
        self.init(
            mode: root["execution"]?["mode"] != nil, rungs: root["scheduler"]?["rungs"] != nil)
    }
}

extension StudySpec {
    /// Keeps from a study that was begun before what the file leaves to stune.
    ///
    /// - Returns: what was kept, a sentence for each.
    package mutating func keep(from begun: StudySpec, unless named: NamedSettings) -> [String] {
        var kept: [String] = []
        if !named.mode, execution.mode != begun.execution.mode {
            execution.mode = begun.execution.mode
            kept.append("the study goes on in mode '\(begun.execution.mode)', in which it was begun")
        }
        let (own, other) = (plan.scheduler, begun.plan.scheduler)
        if !named.rungs, own != other, own.onPaperRungs == other {
            plan.scheduler = other
            let levels = other.levels.map(\.description).joined(separator: ", ")
            kept.append("the study goes on with the rungs that it was begun with: \(levels)")
        } else if own != other, own.comparingNewestResults == other {
            plan.scheduler = other
            kept.append("the population goes on comparing newest results, as when the study was begun")
        }
        return kept
    }
}

extension SchedulerPlan {
    /// The same population in a study whose log does not say at which resource its members are compared.
    fileprivate var comparingNewestResults: SchedulerPlan {
        guard case .pbt(var plan) = self else { return self }
        plan.comparison = .newest
        return .pbt(plan)
    }

    /// The same scheduler on the rungs of a study whose log does not say where its rungs lie.
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
        case .hyperband, .medianStopping, .pbt, .none: return self
        }
    }
}

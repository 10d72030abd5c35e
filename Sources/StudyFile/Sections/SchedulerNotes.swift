import Tuning

/// Notes on a scheduler together with the rest of its study: settings that are valid but may not be intended.
struct SchedulerNotes {
    let plan: Plan
    let execution: Execution
    let fields: SectionCursor

    /// Notes what there is to say.
    func tell() {
        switch plan.scheduler {
        case .asha(let asha):
            tell(asha.reductionFactor)
            tell(climbing: asha.reductionFactor)
        case .pasha(let asha): tell(asha.reductionFactor)
        case .asyncHyperband(let hyperband): tell(hyperband.asha.reductionFactor)
        case .successiveHalving(let halving):
            tell(halving.ladder.reductionFactor)
            tell(
                bracket: min(halving.configurations ?? plan.trials, plan.trials),
                halving.ladder.reductionFactor)
        case .hyperband(let hyperband): tell(hyperband)
        case .medianStopping, .ashaStopping: tellMode()
        case .pbt(let pbt):
            tell(pbt)
            tellMode()
        case .external, .none: break
        }
    }

    private func tell(_ factor: Int) {
        guard plan.trials < factor, plan.scheduler.levels.count > 1 else { return }
        fields["trials"]?.note(
            "with fewer trials than the reduction factor, \(factor), none is ever promoted")
    }

    /// How far the best of a few trials is likely to get: each rung promotes one in `factor` while it has enough.
    private func tell(climbing factor: Int) {
        let levels = plan.scheduler.levels
        var (left, level, needed) = (plan.trials / factor, 0, factor)
        guard left > 0 else { return }
        while left > 0, level + 1 < levels.count { (left, level) = (left / factor, level + 1) }
        guard level + 1 < levels.count else { return }
        for _ in 1..<(levels.count - 1) {
            needed = needed.multipliedReportingOverflow(by: factor).partialValue
        }
        fields["trials"]?.note(
            "with \(plan.trials) trials hardly any gets beyond resource \(levels[level]): one in \(factor) is promoted from "
                + "each rung, so that resource \(levels[levels.count - 1]) takes about \(needed) trials")
    }

    /// How far the best trial of a bracket of this size gets.
    private func tell(bracket size: Int, _ factor: Int) {
        var (left, level) = (size / factor, 0)
        let levels = plan.scheduler.levels
        while left > 0, level + 1 < levels.count { (left, level) = (left / factor, level + 1) }
        guard level > 0, level + 1 < levels.count else { return }
        fields["trials"]?.note(
            "a bracket of \(size) trials ends at resource \(levels[level]): "
                + "no trial reaches \(levels[levels.count - 1])")
    }

    private func tell(_ hyperband: HyperbandPlan) {
        let count = hyperband.levels.count
        let sizes = (0..<count).map { hyperband.configurations(bracket: count - 1 - $0) }
        let round = sizes.reduce(0, +)
        guard plan.trials % round != 0 else { return }
        let words = sizes.map(String.init).joined(separator: ", ")
        fields["trials"]?.note(
            "the brackets have \(words) trials, \(round) in all: with \(plan.trials) the last one is cut short"
        )
        if plan.trials < sizes[0] { tell(bracket: plan.trials, hyperband.reductionFactor) }
    }

    private func tell(_ pbt: PBTPlan) {
        if pbt.population == plan.trials {
            fields["trials"]?.note("with no more trials than members, no member is ever replaced")
        }
        if plan.parallel < pbt.population {
            fields[fields["parallel"] == nil ? "scheduler" : "parallel"]?.note(
                "the \(pbt.population) members take turns, \(plan.parallel) at a time; with "
                    + "'parallel: \(pbt.population)' they train side by side")
        }
    }

    private func tellMode() {
        let count = plan.scheduler.levels.count
        guard execution.mode == .rung, count > 1 else { return }
        fields["scheduler"]?.note(
            "trials never wait here, but each of the \(count) levels takes its own task; with "
                + "'execution: {mode: continue}' a trial goes on in its process")
    }
}

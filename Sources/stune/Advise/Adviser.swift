import Foundation
import StudyFile
import Tuning

/// One line of advice.
struct AdviceLine: Encodable, Equatable {
    /// The setting, by its path in the study file.
    let field: String
    /// What the study file says, or what follows from it.
    let now: String
    /// What to write; the same as `now` where it is fine.
    let take: String
    /// Why.
    let why: String

    /// Whether there is nothing to change.
    var isFine: Bool { now == take }
}

/// What to write into a study file, from the study's own numbers and what was measured on recorded tables.
struct Adviser {
    private let study: ParsedStudy
    private let plan: Plan
    private let circumstances: Circumstances

    init(_ study: ParsedStudy, _ circumstances: Circumstances) {
        self.study = study
        plan = study.spec.plan
        self.circumstances = circumstances
    }

    /// The advice, in the order in which to read it.
    func advice() -> [AdviceLine] {
        let scheduler = schedulerAdvice()
        let taken = self.scheduler(named: scheduler.take)
        return [scheduler, searcherAdvice(taken), firstRung(taken), trials(taken), mode(), time(taken)]
            .compactMap { $0 }
    }

    // MARK: Strategy

    private var hasRungs: Bool { plan.scheduler.levels.count > 1 }

    /// The results that apply, best first among equals in preference.
    private var evidence: (workers: Int, moment: Double, results: [StrategyEvidence.Result]) {
        StrategyEvidence.results(
            workers: circumstances.workers, trainings: circumstances.trainings)
    }

    private var measured: String {
        let evidence = evidence
        let moment = evidence.moment
        return
            "with \(evidence.workers) workers after \(moment == 0.5 ? "half a training" : Numbers.metric(moment) + (moment == 1 ? " training" : " trainings")), "
            + "on \(StrategyEvidence.tables) recorded tables"
    }

    private func words(_ result: StrategyEvidence.Result) -> String {
        String(format: "%.2f (%.2f…%.2f)", result.ratio, result.low, result.high)
    }

    private func schedulerAdvice() -> AdviceLine {
        let name = plan.scheduler.name
        func keep(_ why: String) -> AdviceLine {
            AdviceLine(field: "scheduler.type", now: name, take: name, why: why)
        }
        if case .pbt = plan.scheduler { return keep("a population finds a schedule; nothing else does") }
        if plan.scheduler.maxResource.units == 1 {
            return keep("trials report once, so there is nothing to stop early")
        }
        let results = evidence.results.filter { isPossible($0.strategy) }
        guard let best = results.min(by: { $0.ratio < $1.ratio }) else {
            return keep("nothing was measured for studies like this one")
        }
        let own = results.first { $0.strategy.scheduler == name }
        if let own, own.low <= best.high {
            return keep(
                "it leaves \(words(own)) times the regret of random search that stops nothing, \(measured); "
                    + (own.strategy == best.strategy
                        ? "nothing leaves less"
                        : "the least is \(words(best)), of \(best.strategy.scheduler)"))
        }
        // Of those that cannot be told from the best, the one that is documented first.
        let take = results.first { $0.low <= best.high } ?? best
        return AdviceLine(
            field: "scheduler.type", now: name, take: take.strategy.scheduler,
            why:
                "it leaves \(words(take)) times the regret of random search that stops nothing, \(measured)"
                + (own.map { "; \(name) leaves \(words($0))" } ?? ""))
    }

    private func isPossible(_ strategy: StrategyEvidence.Strategy) -> Bool {
        plan.objectives.count == 1 || strategy.searcher == "random"
    }

    private func searcherAdvice(_ scheduler: SchedulerPlan) -> AdviceLine {
        let now = study.named.hasAutoSearcher ? "auto" : plan.searcher.name
        func line(_ take: String, _ why: String) -> AdviceLine {
            AdviceLine(field: "searcher.type", now: now, take: take, why: why)
        }
        if let cells = plan.space.cells, cells <= plan.trials {
            return line("grid", "there are only \(cells) configurations, and \(plan.trials) trials")
        }
        if plan.objectives.count > 1 {
            return line(
                now == "grid" || now == "sobol" || now == "optuna" ? now : "random",
                "models learn from one metric; 'optuna' with NSGAIISampler learns from several")
        }
        if scheduler.hasChildren { return line("random", "a population learns by itself") }
        if plan.space.parameters.contains(where: { $0.prior != nil }), scheduler.levels.count > 1 {
            return line(
                "priorband", "the space has priors, and it finds out how much they are worth")
        }
        let rows = evidence.results.filter { $0.strategy.scheduler == scheduler.name }
        let auto = rows.first { $0.strategy.searcher == "auto" }
        let random = rows.first { $0.strategy.searcher == "random" }
        guard let auto, let random else {
            return line(now, "nothing was measured for it with \(scheduler.name)")
        }
        if !["auto", "random", "tpe"].contains(now) {
            return line(
                now,
                "it was not compared; 'auto' leaves \(words(auto)), random search \(words(random)), \(measured)"
            )
        }
        return line(
            auto.ratio <= random.ratio ? "auto" : now,
            "with \(scheduler.name) it leaves \(words(auto)), random search \(words(random)), \(measured)")
    }

    /// The study's scheduler, or one of another name with the same ladder where it has one.
    private func scheduler(named name: String) -> SchedulerPlan {
        if name == plan.scheduler.name { return plan.scheduler }
        let most = plan.scheduler.maxResource
        let ladder = ASHAPlan(
            minResource: Resource(Defaults.minResource), maxResource: most,
            reductionFactor: Defaults.reductionFactor, spacing: .full)
        switch name {
        case "asha": return .asha(ladder)
        case "async_hyperband": return .asyncHyperband(AsyncHyperbandPlan(asha: ladder))
        case "asha_stopping": return .ashaStopping(ladder)
        case "hyperband":
            return .hyperband(
                HyperbandPlan(
                    minResource: ladder.minResource, maxResource: most,
                    reductionFactor: ladder.reductionFactor))
        default: return .none(maxResource: most)
        }
    }

    // MARK: Numbers

    /// A first rung that is over before a program has started costs more than it tells.
    private func firstRung(_ scheduler: SchedulerPlan) -> AdviceLine? {
        guard scheduler.levels.count > 1, let first = scheduler.levels.first else { return nil }
        let seconds = Double(first.units) * circumstances.secondsPerUnit
        guard seconds < Adviser.startSeconds else { return nil }
        let factor = scheduler.reductionFactor ?? Defaults.reductionFactor
        var level = first.units
        // The ladder needs two rungs.
        while Double(level) * circumstances.secondsPerUnit < Adviser.startSeconds,
            level * factor * factor <= scheduler.maxResource.units
        { level *= factor }
        guard level > first.units else { return nil }
        return AdviceLine(
            field: "scheduler.min_resource", now: first.description, take: String(level),
            why:
                "the first rung takes \(Numbers.span(seconds)), less than starting a program; it would take "
                + "\(Numbers.span(Double(level) * circumstances.secondsPerUnit)) to resource \(level)")
    }

    private func trials(_ scheduler: SchedulerPlan) -> AdviceLine? {
        guard var count = circumstances.trials(under: scheduler) else { return nil }
        count = min(count, plan.space.cells ?? count, StudyFileLimits.trials.upperBound)
        let now = plan.trials
        let share = Circumstances.share(of: scheduler)
        let why =
            "in \(Numbers.span(circumstances.seconds)) \(circumstances.workers) workers train about \(count) trials, "
            + "\(Numbers.metric(100 * share, digits: 2)) % of a full training each"
        // A factor of two either way is within what such an estimate is worth.
        let isNear = Double(now) >= Double(count) / 2 && now <= count * 2
        return AdviceLine(field: "trials", now: String(now), take: String(isNear ? now : count), why: why)
    }

    private func mode() -> AdviceLine? {
        let now = study.spec.execution.mode
        guard now == .rung, hasRungs, circumstances.queueWait > 0 else { return nil }
        let share = circumstances.queueWait / circumstances.training
        return AdviceLine(
            field: "execution.mode", now: now.rawValue, take: "auto",
            why:
                "with a task for each rung every promotion waits \(Numbers.span(circumstances.queueWait)) in the queue again, "
                + "\(Numbers.metric(100 * share, digits: 2)) % of a training")
    }

    /// The time limit must be enough for the longest step between two rungs.
    private func time(_ scheduler: SchedulerPlan) -> AdviceLine? {
        guard let minutes = study.spec.batch.timeMinutes else { return nil }
        let levels = scheduler.levels.map(\.units)
        let longest = zip([0] + levels, levels).map { $1 - $0 }.max() ?? 0
        let needed = Double(longest) * circumstances.secondsPerUnit * Adviser.timeMargin
        guard needed > Double(minutes) * 60 else { return nil }
        return AdviceLine(
            field: "slurm.time", now: Numbers.duration(seconds: Int(minutes) * 60),
            take: Numbers.duration(seconds: Int((needed / 60).rounded(.up)) * 60),
            why:
                "the longest step, of \(longest) units, takes \(Numbers.span(needed / Adviser.timeMargin)); a fifth is added"
        )
    }

    /// What a Python program with a framework takes until it trains.
    private static let startSeconds = 10.0
    private static let timeMargin = 1.2
}

extension SearchSpace {
    /// The number of configurations, if all parameters are always active and have finitely many values; `nil` otherwise.
    fileprivate var cells: Int? {
        var count = 1
        for parameter in parameters {
            guard let cells = parameter.domain.cells, parameter.conditions.isEmpty else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: cells)
            if overflow { return nil }
            count = product
        }
        return count
    }
}

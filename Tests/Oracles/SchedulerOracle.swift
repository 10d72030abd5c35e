package import Tuning

/// A scheduler written a second time, as simply as its paper: it sorts and counts all results for each question. It
/// shares no code with the schedulers, which are compared with it.
///
/// Losses are plain numbers; smaller is better, and one that is not finite is infinite.
package protocol SchedulerOracle {
    /// The first rung of a new trial; `nil` if none may start now.
    func entry(_ trial: Int) -> Int?
    /// A new trial starts.
    mutating func admit(_ trial: Int)
    /// No further trial starts.
    mutating func close()
    /// A trial has reported on its way to a rung.
    mutating func observe(_ trial: Int, at resource: Int, loss: Double)
    /// A trial has a result in a rung, infinite if it failed on the way.
    ///
    /// - Returns: whether it is stopped, if the result is finite and the rung is not the top.
    ///
    /// - Parameters:
    ///   - losses: one for each metric; a single infinite one if any of them is infinite.
    ///   - violation: by how much it breaks the study's bounds; 0 if it keeps them, or failed.
    mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool
    /// The trial whose child is to take the place of the one updated last; `nil` for none.
    var successor: Int? { get }
    /// A scheduler outside has answered.
    mutating func advise(_ advice: Advice)
    /// More trials may start after all.
    mutating func reopen()
    /// A child is to take the place of a trial.
    mutating func replace(_ trial: Int)
    /// No child of the successor can start.
    mutating func keep(_ trial: Int, rung k: Int)
    /// A child starts: the first of those that take another's place or, if there is none, instead of a new trial.
    ///
    /// - Returns: its parent.
    mutating func bear(_ child: Int) -> Int?
    /// How many children are to start in another trial's place.
    var unbornCount: Int { get }
    /// Whether all trials of a study take place.
    var needsAllTrials: Bool { get }
    /// A trial was cancelled on its way to a rung.
    mutating func withdraw(_ trial: Int, rung k: Int)
    /// The ladder has so many rungs from now on, the further ones at its top.
    mutating func grow(toRungs count: Int)
    /// The user sends a trial from a rung to the top, past the others.
    mutating func release(_ trial: Int, from k: Int)
    /// A trial that had failed on its way to a rung is on its way there again.
    mutating func retract(_ trial: Int, rung k: Int)
    /// The next to go on, had it not the trials that cannot; `nil` where a new trial should start.
    mutating func getJob(except held: Set<Int>) -> Promoted?
    /// Whether a trial goes on that has just got its result.
    mutating func promote(_ trial: Int, from k: Int) -> Promoted?
}

extension SchedulerOracle {
    /// The lowest rung.
    package func entry(_ trial: Int) -> Int? { 0 }
    /// Nothing follows from it.
    package mutating func admit(_ trial: Int) {}
    /// Nothing follows from it.
    package mutating func close() {}
    /// Nobody outside is asked.
    package mutating func advise(_ advice: Advice) {}
    /// Nothing follows from it.
    package mutating func reopen() {}
    /// No trial yields to another.
    package var successor: Int? { nil }
    /// No trial yields to another.
    package mutating func replace(_ trial: Int) {}
    /// No trial yields to another.
    package mutating func keep(_ trial: Int, rung k: Int) {}
    /// No trial yields to another.
    package mutating func bear(_ child: Int) -> Int? { nil }
    /// No trial yields to another.
    package var unbornCount: Int { 0 }
    /// They do.
    package var needsAllTrials: Bool { true }
    /// No ladder of this rule grows.
    package mutating func grow(toRungs count: Int) {}
    /// This rule sends no trial past the others.
    package mutating func release(_ trial: Int, from k: Int) {}
    /// It counted nowhere.
    package mutating func retract(_ trial: Int, rung k: Int) {}
    /// Nothing follows from it.
    package mutating func withdraw(_ trial: Int, rung k: Int) {}
    /// Nothing follows from it.
    package mutating func observe(_ trial: Int, at resource: Int, loss: Double) {}
    /// A trial has a result, in a study with one metric.
    package mutating func update(_ trial: Int, rung k: Int, loss: Double) -> Bool {
        update(trial, rung: k, losses: [loss])
    }
    /// A trial has a result, in a study without bounds.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double]) -> Bool {
        update(trial, rung: k, losses: losses, violation: 0)
    }
    /// The next trial to promote, if none is held.
    package mutating func getJob() -> Promoted? { getJob(except: []) }
}

/// A promotion in plain numbers, for tables.
package struct Promoted: Hashable, Sendable {
    /// The trial.
    package var trial: Int
    /// The rung that it is promoted to.
    package var rung: Int
    /// n, in the rung below.
    package var results: Int
    /// How many were among the best, such as ⌊n/η⌋; `nil` if it was only not stopped.
    package var kept: Int?
    /// The trial whose child could not take its place.
    package var despite: Int?

    /// A promotion from its parts.
    package init(trial: Int, rung: Int, results: Int, kept: Int?, despite: Int? = nil) {
        self.trial = trial
        self.rung = rung
        self.results = results
        self.kept = kept
        self.despite = despite
    }

    /// From a scheduler's promotion.
    package init(_ promotion: Promotion) {
        self.init(
            trial: promotion.trial.number, rung: promotion.rung, results: promotion.results, kept: nil)
        switch promotion.ground {
        case .amongBest(let kept): self.kept = kept
        case .unstopped: break
        case .insteadOfExploiting(let better): despite = better.number
        case .advised: break
        }
    }

    /// From an assignment in the log; `nil` if it was not promoted.
    package init?(_ work: Assignment) {
        switch work.reason {
        case .promoted(let results, let kept):
            self.init(trial: work.trial.number, rung: work.rung, results: results, kept: kept)
        case .unstopped(let results):
            self.init(trial: work.trial.number, rung: work.rung, results: results, kept: nil)
        case .retained(let results, let despite):
            self.init(
                trial: work.trial.number, rung: work.rung, results: results, kept: nil,
                despite: despite.number)
        case .advised:
            self.init(trial: work.trial.number, rung: work.rung, results: 0, kept: nil)
        case .new, .retry, .continued, .relaunched, .finished, .replicate: return nil
        }
    }
}

/// A result in plain numbers. Sorting puts the best first; if equal, the lower number.
package struct RungResult: Hashable, Comparable, Sendable {
    /// The trial.
    package var trial: Int
    /// Its losses: one for each metric, or one that is infinite.
    package var losses: [Double]
    /// By how much it breaks the study's bounds.
    package var violation: Double
    /// The first of them.
    package var loss: Double { losses[0] }

    /// A result from its parts.
    package init(trial: Int, loss: Double) { self.init(trial: trial, losses: [loss]) }

    /// A result of at least one loss.
    package init(trial: Int, losses: [Double], violation: Double = 0) {
        self.trial = trial
        self.losses = losses
        self.violation = violation
    }

    /// Orders the better first: what keeps the bounds, then what breaks them by less, then what failed.
    package static func < (left: RungResult, right: RungResult) -> Bool {
        if left.loss.isFinite != right.loss.isFinite { return left.loss.isFinite }
        if left.violation != right.violation { return left.violation < right.violation }
        return left.loss == right.loss ? left.trial < right.trial : left.loss < right.loss
    }
}

extension SchedulerPlan {
    /// The oracle of this plan.
    package var oracle: any SchedulerOracle {
        switch self {
        case .asha(let plan): PaperRule(plan, rungCount: levels.count)
        case .asyncHyperband(let plan): BracketsRule(plan, rungCount: levels.count)
        case .ashaStopping(let plan): StoppingRule(plan, rungCount: levels.count)
        case .successiveHalving(let plan):
            HalvingRule(
                [(0, plan.configurations)], eta: plan.ladder.reductionFactor, rungCount: levels.count)
        case .hyperband(let plan): HalvingRule(plan, rungCount: levels.count)
        case .pasha(let plan): ProgressiveRule(plan, levels: levels.map(\.units))
        case .medianStopping(let plan): MedianRule(plan, rungCount: levels.count)
        case .pbt(let plan): PopulationRule(plan)
        case .external(let plan): AdvisedRule(plan)
        case .none: StraightRule()
        }
    }
}

/// The oracle without early stopping: there is no higher rung.
package struct StraightRule: SchedulerOracle {
    /// No trial is stopped.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        false
    }
    /// Nobody goes on.
    package mutating func getJob(except held: Set<Int>) -> Promoted? { nil }
    /// Nobody goes on.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? { nil }
}

package import Tuning

/// A scheduler written anew, as naively as its paper: it sorts and counts all results at each question. It shares
/// no code with the schedulers, which are held against it.
///
/// Losses are bare numbers, the smaller the better; one that is not finite is infinite.
package protocol SchedulerOracle {
    /// The rung that a new trial would lead to first; `nil`: none may start now.
    func entry(_ trial: Int) -> Int?
    /// A new trial starts on its way there.
    mutating func admit(_ trial: Int)
    /// No further trial starts.
    mutating func close()
    /// A trial has reported on its way to a rung.
    mutating func observe(_ trial: Int, at resource: Int, loss: Double)
    /// A trial has a result in a rung, infinite if it failed on the way.
    ///
    /// - Returns: whether it is stopped, if the result is finite and the rung not the top.
    ///
    /// - Parameter losses: one for each metric; infinite alone, if any is.
    mutating func update(_ trial: Int, rung k: Int, losses: [Double]) -> Bool
    /// The trial of which a child is to take the place of the one that was updated last; `nil`: of none.
    var successor: Int? { get }
    /// A child is to take the place of a trial.
    mutating func replace(_ trial: Int)
    /// Nobody can start from the successor.
    mutating func keep(_ trial: Int, rung k: Int)
    /// A child starts: the first of those that take another's place, or where there is none, instead of a new trial.
    ///
    /// - Returns: its parent.
    mutating func bear(_ child: Int) -> Int?
    /// Whether children are to start that take another's place, and how many.
    var unbornCount: Int { get }
    /// Whether all trials of a study take place.
    var needsAllTrials: Bool { get }
    /// A trial was cancelled on its way to a rung.
    mutating func withdraw(_ trial: Int, rung k: Int)
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
    /// Nothing follows from it.
    package mutating func withdraw(_ trial: Int, rung k: Int) {}
    /// Nothing follows from it.
    package mutating func observe(_ trial: Int, at resource: Int, loss: Double) {}
    /// A trial has a result, in a study with one metric.
    package mutating func update(_ trial: Int, rung k: Int, loss: Double) -> Bool {
        update(trial, rung: k, losses: [loss])
    }
    /// The next to go on, where each can.
    package mutating func getJob() -> Promoted? { getJob(except: []) }
}

/// A promotion in bare numbers, as tables hold it.
package struct Promoted: Hashable, Sendable {
    /// The trial.
    package var trial: Int
    /// The rung it goes to.
    package var rung: Int
    /// n, in the rung below.
    package var results: Int
    /// How many were among the best, as ⌊n/η⌋; `nil` where it was only not stopped.
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

    /// A scheduler's own.
    package init(_ promotion: Promotion) {
        self.init(
            trial: promotion.trial.number, rung: promotion.rung, results: promotion.results, kept: nil)
        switch promotion.ground {
        case .amongBest(let kept): self.kept = kept
        case .unstopped: break
        case .insteadOfExploiting(let better): despite = better.number
        }
    }

    /// What the log says of an assignment; `nil`: it was not promoted.
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
        case .new, .retry, .continued, .relaunched: return nil
        }
    }
}

/// A result in bare numbers; sorted, the best comes first, and of equals the lower number.
package struct RungResult: Hashable, Comparable, Sendable {
    /// The trial.
    package var trial: Int
    /// Its losses: one for each metric, or one that is infinite.
    package var losses: [Double]
    /// The first of them.
    package var loss: Double { losses[0] }

    /// A result from its parts.
    package init(trial: Int, loss: Double) { self.init(trial: trial, losses: [loss]) }

    /// A result of at least one loss.
    package init(trial: Int, losses: [Double]) {
        self.trial = trial
        self.losses = losses
    }

    /// Orders the better first.
    package static func < (left: RungResult, right: RungResult) -> Bool {
        left.loss == right.loss ? left.trial < right.trial : left.loss < right.loss
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
        case .none: StraightRule()
        }
    }
}

/// The oracle where nobody is stopped: there is nothing to go on to.
package struct StraightRule: SchedulerOracle {
    /// Nobody is stopped.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double]) -> Bool { false }
    /// Nobody goes on.
    package mutating func getJob(except held: Set<Int>) -> Promoted? { nil }
    /// Nobody goes on.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? { nil }
}

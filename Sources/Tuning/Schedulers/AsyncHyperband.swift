/// Asynchronous Hyperband: ASHA over several brackets (Li et al., arXiv 1810.05934). Bracket s has its own ladder,
/// without the s lowest rungs; a trial is compared only with those of its bracket.
///
/// Deviations from the paper, in addition to those of `ASHA`:
/// - The paper runs one bracket after the other, each with a budget. Here each new trial draws its bracket, in
///   proportion to the number of configurations that Hyperband gives it, so all brackets fill side by side.
/// - Of two possible promotions, the one to the higher rung goes first; on equal rungs, that of the lower bracket.
public struct AsyncHyperband: Scheduler {
    /// The resource of each rung of bracket 0, from the lowest up. Bracket s begins at level s.
    public let levels: [Resource]
    private var brackets: [ASHA]
    private let draw: BracketDraw
    /// The greatest number of trials, and how many of them draw each bracket.
    private var sizes: (trials: Int, brackets: [Int]) = (0, [])

    /// Asynchronous Hyperband with these settings, for this many metrics.
    public init(_ plan: AsyncHyperbandPlan, objectives: Int = 1) {
        levels = plan.asha.rungs
        draw = BracketDraw(plan)
        brackets = plan.weights.indices.map { bracket in
            var asha = plan.asha
            asha.earlyStoppingRate += bracket
            return ASHA(asha, objectives: objectives)
        }
    }

    /// The lowest rung of the bracket that the trial draws.
    public func entry(of trial: TrialID) -> Int? {
        let bracket = draw.bracket(of: trial)
        return brackets[bracket].entry(of: trial).map { $0 + bracket }
    }

    /// A new trial is on its way to the lowest rung of its bracket.
    public mutating func admit(_ trial: TrialID) { brackets[draw.bracket(of: trial)].admit(trial) }

    /// Updates the configuration in its rung of its bracket.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        let bracket = draw.bracket(of: trial)
        return brackets[bracket].record(trial, rung: rung - bracket, loss: loss)
    }

    /// A trial that never reaches a rung does not count among its results.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        let bracket = draw.bracket(of: trial)
        brackets[bracket].withdraw(trial, rung: rung - bracket)
    }

    /// The user sends a trial of a bracket to the top.
    public mutating func release(_ trial: TrialID, from rung: Int) -> Bool {
        let bracket = draw.bracket(of: trial)
        return brackets[bracket].release(trial, from: rung - bracket)
    }

    /// A trial that failed is on its way again, in its bracket.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        let bracket = draw.bracket(of: trial)
        return brackets[bracket].retract(trial, rung: rung - bracket)
    }

    /// From the highest rung down, the first trial that its bracket would promote.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for level in levels.indices.dropLast().reversed() {
            for bracket in brackets.indices where bracket <= level {
                let promotion = brackets[bracket].promote(from: level - bracket, except: isHeld)
                if let promotion { return promotion.raised(by: bracket) }
            }
        }
        return nil
    }

    /// The next trial that its bracket rules out, given how many trials draw that bracket.
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? {
        if sizes.trials != trials {
            sizes = (trials, brackets.map { _ in 0 })
            for number in 0..<trials { sizes.brackets[draw.bracket(of: TrialID(number))] += 1 }
        }
        for (bracket, most) in sizes.brackets.enumerated() {
            if let trial = brackets[bracket].ruleOut(ofAtMost: most) { return trial }
        }
        return nil
    }

    /// Whether the trial's bracket promotes it now.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        let bracket = draw.bracket(of: trial)
        return brackets[bracket].promote(trial, from: rung - bracket)?.raised(by: bracket)
    }
}

/// The bracket that each trial draws: trial n uses stream n of a seed, so its bracket depends on nothing else.
struct BracketDraw: Sendable {
    private let weights: [UInt64]
    private let total: UInt64
    private let seed: UInt64

    init(_ plan: AsyncHyperbandPlan) {
        weights = plan.weights.map { UInt64($0) }
        total = weights.reduce(0, +)
        // "brackets", so that a searcher with the same seed draws other numbers.
        seed = plan.seed ^ 0x6272_6163_6B65_7473
    }

    func bracket(of trial: TrialID) -> Int {
        var random = Random(seed: seed, stream: UInt64(truncatingIfNeeded: trial.number))
        var rest = random.below(total)
        for (bracket, weight) in weights.enumerated() {
            if rest < weight { return bracket }
            rest -= weight
        }
        return 0
    }
}

extension Promotion {
    /// The promotion to a rung this many levels higher: brackets count rungs from their own lowest.
    func raised(by levels: Int) -> Promotion {
        var raised = self
        raised.rung += levels
        return raised
    }
}

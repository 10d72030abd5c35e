import DequeModule

/// A scheduler that takes advice from outside the core.
///
/// The study says what there is to choose from, the shell asks, and the answer is an event.
protocol AdvisedScheduler: Scheduler {
    /// What advice is wanted on, if so many places are free; `nil` for none.
    func choices(places: Int) -> Choices?

    /// All that there is to choose from, whether or not there are places; `nil` for nothing.
    var allChoices: Choices? { get }

    /// Whether it decides by itself, because nobody could be asked.
    var isAlone: Bool { get }

    /// Takes advice. What cannot be followed changes nothing.
    mutating func take(_ advice: Advice)
}

/// A scheduler that runs outside the core, in any language: it says which trial goes on, and how far, or that a new one
/// begins. While it cannot be asked, ASHA decides on the rungs of its own ladder, with all results so far.
///
/// A trial that was sent past a rung of ASHA's ladder counts there as promoted.
public struct ExternalScheduler: AdvisedScheduler {
    /// The resource of each rung, from the lowest up.
    public let levels: [Resource]
    /// What decides alone.
    private var asha: ASHA
    /// For each rung its rung in ASHA's ladder; `nil` for those between.
    private let ashaRungs: [Int?]
    /// The rung that each trial rests in which may go on and was not sent on.
    private var resting: [TrialID: Int] = [:]
    /// The highest rung of ASHA's ladder in which a trial has a result.
    private var recorded: [TrialID: Int] = [:]
    /// How many new trials may begin by its advice.
    private var beginnings = 0
    /// The trials that it sends on and that have not gone yet, in order.
    private var sent: Deque<(trial: TrialID, from: Int, rung: Int)> = []
    private var isResting = false
    private(set) var isAlone = false
    private var isOpen = true

    /// A scheduler that was not asked yet.
    public init(_ plan: ExternalSchedulerPlan) {
        levels = plan.levels
        asha = ASHA(plan.asha)
        ashaRungs = plan.levels.map { plan.asha.rungs.firstIndex(of: $0) }
    }

    // MARK: Advice

    func choices(places: Int) -> Choices? {
        isAlone || isResting || beginnings + sent.count >= places ? nil : allChoices
    }

    var allChoices: Choices? {
        let choices = Choices(mayBegin: isOpen, resting: resting)
        return choices.isEmpty ? nil : choices
    }

    mutating func take(_ advice: Advice) {
        isAlone = advice == .alone
        switch advice {
        case .begin: if isOpen { beginnings += 1 }
        case .goOn(let trial, let rung):
            guard let from = resting[trial], from < rung, levels.indices.contains(rung) else { return }
            resting[trial] = nil
            pass(trial, to: rung)
            sent.append((trial, from, rung))
        case .rest: isResting = true
        case .alone: break
        }
    }

    /// A trial that is sent to a rung has left those of ASHA's ladder below.
    private mutating func pass(_ trial: TrialID, to rung: Int) {
        guard let last = recorded[trial], last + 1 < asha.levels.count,
            asha.levels[last + 1] <= levels[rung]
        else { return }
        _ = asha.release(trial, from: last)
    }

    // MARK: The frame of all schedulers

    /// The lowest rung, if a new trial may begin.
    public func entry(of trial: TrialID) -> Int? {
        if isAlone { return asha.entry(of: trial) }
        return beginnings > 0 ? 0 : nil
    }

    /// A new trial is on its way to the lowest rung.
    public mutating func admit(_ trial: TrialID) {
        beginnings = max(0, beginnings - 1)
        asha.admit(trial)
    }

    /// No further trial begins.
    public mutating func close() {
        (isOpen, beginnings) = (false, 0)
        asha.close()
    }

    /// Trials may begin after all.
    public mutating func reopen() {
        (isOpen, isResting) = (true, false)
        asha.reopen()
    }

    /// A result is news for the program.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        isResting = false
        if let own = ashaRungs[rung] {
            asha.record(trial, rung: own, loss: loss)
            recorded[trial] = own
        }
        if loss.isFinite, rung + 1 < levels.count { resting[trial] = rung }
        return .waits
    }

    /// The user has cancelled a trial.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        isResting = false
        if let own = ashaRungs[rung] { asha.withdraw(trial, rung: own) }
    }

    /// A trial that failed is on its way again.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        isResting = false
        guard let own = ashaRungs[rung] else { return true }
        recorded[trial] = own > 0 ? own - 1 : nil
        return asha.retract(trial, rung: own)
    }

    /// The user sends a trial to the top.
    public mutating func release(_ trial: TrialID, from rung: Int) -> Bool {
        let index = sent.firstIndex { $0.trial == trial }
        if let index { sent.remove(at: index) }
        guard resting.removeValue(forKey: trial) != nil || index != nil else { return false }
        pass(trial, to: levels.count - 1)
        return true
    }

    /// The next trial that was sent on, or that ASHA sends on.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        if let index = sent.firstIndex(where: { !isHeld($0.trial) }) {
            let next = sent.remove(at: index)
            return Promotion(
                trial: next.trial, rung: next.rung, results: 0, ground: .advised(from: next.from))
        }
        guard isAlone else { return nil }
        let resting = resting
        return asha.promote { isHeld($0) || resting[$0] == nil }.flatMap { promotion(alone: $0) }
    }

    /// A trial that has just come to rest goes on at once only if ASHA decides: the program was not asked yet.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        guard isAlone, let own = ashaRungs[rung] else { return nil }
        return asha.promote(trial, from: own).flatMap { promotion(alone: $0) }
    }

    private mutating func promotion(alone promotion: Promotion) -> Promotion? {
        guard let rung = ashaRungs.firstIndex(of: promotion.rung),
            let from = resting.removeValue(forKey: promotion.trial)
        else { return nil }
        return Promotion(
            trial: promotion.trial, rung: rung, results: 0, ground: .advised(from: from))
    }
}

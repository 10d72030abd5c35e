import DequeModule

/// Brackets of synchronous Successive Halving, begun in turn. The next begins when a worker would be idle because all
/// earlier ones have their trials and wait for results (as in HpBandSter).
struct HalvingBrackets: Sendable {
    /// A kind of bracket.
    struct Shape: Hashable, Sendable {
        /// The level of its lowest rung.
        var first: Int
        /// n; `nil` for all that come.
        var size: Int?
    }

    private let shapes: [Shape]
    private let top: Int
    private let reductionFactor: Int
    /// All brackets from the oldest that is not over.
    private var brackets: Deque<HalvingBracket> = []
    /// How many brackets were dropped at the front.
    private var dropped = 0
    /// The trials of dropped brackets that were not promoted, and were not ruled out before.
    private var left: [TrialID] = []
    /// The index of each trial's bracket.
    private var numbers: [TrialID: Int] = [:]

    init(_ shapes: [Shape], top: Int, reductionFactor: Int) {
        self.shapes = shapes
        self.top = top
        self.reductionFactor = reductionFactor
    }

    /// Whether the next trial begins a bracket.
    private var isBracketNeeded: Bool { brackets.last?.isFull ?? true }
    private var nextShape: Shape { shapes[(dropped + brackets.count) % shapes.count] }

    /// The lowest rung of the bracket with free places, or of the next.
    var entry: Int {
        guard let last = brackets.last, !last.isFull else { return nextShape.first }
        return last.first
    }

    mutating func admit(_ trial: TrialID) {
        if isBracketNeeded {
            let shape = nextShape
            brackets.append(
                HalvingBracket(
                    first: shape.first, top: top, size: shape.size, reductionFactor: reductionFactor))
        }
        let last = brackets.count - 1
        brackets[last].admit()
        numbers[trial] = dropped + last
    }

    mutating func close() {
        guard !isBracketNeeded else { return }
        brackets[brackets.count - 1].close()
        dropFinished()
    }

    /// A result at a rung; `nil` if there will be none.
    mutating func record(_ trial: TrialID, rung: Int, loss: Loss?) {
        guard let index = index(of: trial) else { return }
        brackets[index].record(trial, level: rung, loss: loss)
        // One that failed may be tried again.
        if loss == nil || rung == top { numbers[trial] = nil }
        dropFinished()
    }

    /// Takes back the result of a trial that failed, as long as its rung is open.
    ///
    /// - Returns: whether it was.
    mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        index(of: trial).map { brackets[$0].retract(trial, level: rung) } ?? false
    }

    /// The next trial to promote, from the oldest bracket that has one.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for index in brackets.indices {
            if let promotion = brackets[index].promote(except: isHeld) { return promotion }
        }
        return nil
    }

    mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        index(of: trial).flatMap { brackets[$0].promote(trial, level: rung) }
    }

    /// The next trial that its bracket rules out.
    mutating func ruleOut(ofAtMost trials: Int) -> TrialID? {
        if let trial = left.popLast() { return trial }
        for index in brackets.indices {
            if let trial = brackets[index].ruleOut(ofAtMost: trials) { return trial }
        }
        return nil
    }

    private func index(of trial: TrialID) -> Int? {
        guard let number = numbers[trial], number >= dropped else { return nil }
        return number - dropped
    }

    private mutating func dropFinished() {
        while let first = brackets.first, first.isOver {
            brackets.removeFirst()
            dropped += 1
            left += first.dropped
        }
    }
}

/// A scheduler that runs synchronous brackets in turn.
protocol BracketScheduler: Scheduler {
    /// The brackets.
    var brackets: HalvingBrackets { get set }
}

extension BracketScheduler {
    /// The lowest rung of the bracket with free places, or of the next.
    public func entry(of trial: TrialID) -> Int? { brackets.entry }

    /// Adds a new trial to that bracket.
    public mutating func admit(_ trial: TrialID) { brackets.admit(trial) }

    /// The last bracket gets no further trials.
    public mutating func close() { brackets.close() }

    /// Adds a result to its rung, which closes when all are in.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        brackets.record(trial, rung: rung, loss: loss)
        return .waits
    }

    /// The rung need not wait for this trial.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        brackets.record(trial, rung: rung, loss: nil)
    }

    /// A trial that failed is on its way again, unless its rung is closed.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        brackets.retract(trial, rung: rung)
    }

    /// The next trial that a closed rung has kept.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        brackets.promote(except: isHeld)
    }

    /// The next trial that its rung has not kept or cannot keep.
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? { brackets.ruleOut(ofAtMost: trials) }

    /// Whether the result has closed its rung and the rung has kept the trial.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        brackets.promote(trial, from: rung)
    }
}

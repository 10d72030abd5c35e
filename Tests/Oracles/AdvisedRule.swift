package import Tuning

/// The oracle for `ExternalScheduler`: what a program said is done in its order, and nothing else; after it has failed, the
/// paper's rule decides on its own ladder until the program answers again.
package struct AdvisedRule: SchedulerOracle {
    private let levels: [Int]
    private let paperLevels: [Int]
    private var paper: PaperRule
    private var isAlone = false
    private var isClosed = false
    private var beginnings = 0
    private var sent: [(trial: Int, rung: Int)] = []
    /// Where each trial rests that was not sent on.
    private var resting: [Int: Int] = [:]
    /// The last rung of the paper's ladder in which a trial has a result.
    private var last: [Int: Int] = [:]

    /// The rule of a plan.
    package init(_ plan: ExternalSchedulerPlan) {
        levels = plan.levels.map(\.units)
        paperLevels = plan.asha.rungs.map(\.units)
        paper = PaperRule(plan.asha, rungCount: paperLevels.count)
    }

    /// The program has answered, or cannot.
    package mutating func advise(_ advice: Advice) {
        isAlone = false
        switch advice {
        case .alone: isAlone = true
        case .rest: break
        case .begin: if !isClosed { beginnings += 1 }
        case .goOn(let trial, let rung):
            guard let from = resting[trial.number], from < rung, rung < levels.count else { return }
            resting[trial.number] = nil
            leave(trial.number, for: rung)
            sent.append((trial.number, rung))
        }
    }

    private mutating func leave(_ trial: Int, for rung: Int) {
        guard let own = last[trial], own + 1 < paperLevels.count, paperLevels[own + 1] <= levels[rung]
        else { return }
        paper.release(trial, from: own)
    }

    /// The lowest rung, if the program wants a new trial.
    package func entry(_ trial: Int) -> Int? {
        if isClosed { return nil }
        return isAlone ? paper.entry(trial) : beginnings > 0 ? 0 : nil
    }

    /// It is on its way.
    package mutating func admit(_ trial: Int) {
        if beginnings > 0 { beginnings -= 1 }
        paper.admit(trial)
    }

    /// No more begin, whatever the program said.
    package mutating func close() { (isClosed, beginnings) = (true, 0) }

    /// They do again.
    package mutating func reopen() { isClosed = false }

    /// Only the program says how many take place.
    package var needsAllTrials: Bool { false }

    /// A result.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        if let own = paperLevels.firstIndex(of: levels[k]) {
            _ = paper.update(trial, rung: own, losses: losses, violation: violation)
            last[trial] = own
        }
        if losses[0].isFinite, k + 1 < levels.count { resting[trial] = k }
        return false
    }

    /// It is gone.
    package mutating func withdraw(_ trial: Int, rung k: Int) {
        if let own = paperLevels.firstIndex(of: levels[k]) { paper.withdraw(trial, rung: own) }
    }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) {
        guard let own = paperLevels.firstIndex(of: levels[k]) else { return }
        paper.retract(trial, rung: own)
        last[trial] = own > 0 ? own - 1 : nil
    }

    /// The user sends it to the top.
    package mutating func release(_ trial: Int, from k: Int) {
        sent.removeAll { $0.trial == trial }
        resting[trial] = nil
        leave(trial, for: levels.count - 1)
    }

    /// The first that was sent on and may go, or the paper's.
    package mutating func getJob(except held: Set<Int>) -> Promoted? {
        if let index = sent.firstIndex(where: { !held.contains($0.trial) }) {
            let next = sent.remove(at: index)
            return Promoted(trial: next.trial, rung: next.rung, results: 0, kept: nil)
        }
        guard isAlone else { return nil }
        let away = Set(last.keys).subtracting(resting.keys)
        return paper.getJob(except: held.union(away)).flatMap { job($0) }
    }

    /// Only the paper's rule is quick enough.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? {
        guard isAlone, let own = paperLevels.firstIndex(of: levels[k]) else { return nil }
        return paper.promote(trial, from: own).flatMap { job($0) }
    }

    private mutating func job(_ promoted: Promoted) -> Promoted? {
        resting[promoted.trial] = nil
        guard let rung = levels.firstIndex(of: paperLevels[promoted.rung]) else { return nil }
        return Promoted(trial: promoted.trial, rung: rung, results: 0, kept: nil)
    }
}

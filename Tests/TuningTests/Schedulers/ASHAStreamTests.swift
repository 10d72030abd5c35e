import Chance
import Oracles
import Testing
import Tuning

/// The rule of the paper on random streams of reports.
@Suite struct ASHAStreamTests {
    /// How many streams are run, each with its own seed.
    static let streams: UInt64 = 3_000

    @Test func `on random streams every answer is the oracle's`() {
        for seed in Seeds.upTo(Self.streams) {
            var stream = ReportStream(seed: seed)
            var oracle = PaperRule(eta: stream.plan.reductionFactor, rungCount: stream.plan.rungs.count)
            while let step = stream.next() {
                switch step {
                case .result(let trial, let rung, let loss):
                    _ = oracle.update(trial, rung: rung, loss: loss)
                case .asked(let answer):
                    let expected = oracle.getJob()
                    guard answer == expected else {
                        let shown = expected.map { "\($0)" } ?? "nobody"
                        Issue.record(
                            "ASHA promotes \(answer.map { "\($0)" } ?? "nobody"), the paper \(shown)",
                            seed, stream)
                        return
                    }
                }
            }
        }
    }

    @Test func `on random streams each property of the rule holds`() {
        for seed in Seeds.upTo(Self.streams) {
            var stream = ReportStream(seed: seed)
            var checker = PromotionChecker(
                eta: stream.plan.reductionFactor, rungCount: stream.plan.rungs.count)
            while let step = stream.next() { checker.see(step) }
            guard checker.violations.isEmpty else {
                Issue.record(checker.violations.joined(separator: "; "), seed, stream)
                return
            }
        }
    }
}

extension Issue {
    fileprivate static func record(_ what: String, _ seed: UInt64, _ stream: ReportStream) {
        record("\(what) (plan \(stream.plan)); \(Seeds.replay(seed, in: ASHAStreamTests.self))")
    }
}

/// A random history of ASHA: workers ask, and report in any order.
///
/// The seed chooses η, r, R, s, how many results arrive between two questions, and how often losses tie or are not
/// finite.
struct ReportStream {
    enum Step {
        /// A result arrived.
        case result(trial: Int, rung: Int, loss: Double)
        /// A free worker asked, and got this.
        case asked(Promoted?)
    }

    let plan: ASHAPlan
    private var asha: ASHA
    private var dice: Dice
    private var running: [(trial: Int, rung: Int)] = []
    private var trialCount = 0
    private var left: Int
    private let askWeight: Int
    private let distinctLosses: Int
    private let infiniteOneIn: Int

    init(seed: UInt64) {
        var dice = Dice(seed: seed)
        let eta = dice.roll(2...5)
        let r = dice.roll(1...4)
        let s = dice.roll(0...2)
        let lowest = (0..<s).reduce(r) { power, _ in power * eta }
        let top = (0..<dice.roll(0...3)).reduce(lowest) { power, _ in power * eta }
        plan = ASHAPlan(
            minResource: Resource(r), maxResource: Resource(top + dice.roll(0...top / 2)),
            reductionFactor: eta, earlyStoppingRate: s)
        asha = ASHA(plan)
        left = dice.roll(5...90)
        askWeight = dice.roll(1...9)
        distinctLosses = dice.pick([1, 3, 10, 1_000_000])
        infiniteOneIn = dice.pick([2, 8, 1_000_000])
        self.dice = dice
    }

    /// What happens next; `nil` at the end.
    mutating func next() -> Step? {
        guard left > 0 else { return nil }
        left -= 1
        if running.isEmpty || dice.roll(1...10) <= askWeight {
            let promotion = asha.promote().map(Promoted.init)
            if let promotion {
                running.append((promotion.trial, promotion.rung))
            } else {
                running.append((trialCount, 0))
                trialCount += 1
            }
            return .asked(promotion)
        }
        let (trial, rung) = running.remove(at: dice.roll(0...running.count - 1))
        let loss = dice.oneIn(infiniteOneIn) ? .infinity : Double(dice.roll(1...distinctLosses))
        asha.record(TrialID(trial), rung: rung, loss: Loss(value: loss))
        return .result(trial: trial, rung: rung, loss: loss)
    }
}

/// Checks a history against the properties of the rule, by counting alone.
struct PromotionChecker {
    private(set) var violations: [String] = []
    private let eta: Int
    private let rungCount: Int
    private var results: [Int: [(trial: Int, loss: Double)]] = [:]
    private var promoted: [Int: Set<Int>] = [:]

    init(eta: Int, rungCount: Int) {
        self.eta = eta
        self.rungCount = rungCount
    }

    mutating func see(_ step: ReportStream.Step) {
        switch step {
        case .result(let trial, let rung, let loss): results[rung, default: []].append((trial, loss))
        case .asked(.some(let promotion)): check(promotion)
        case .asked(nil): checkNobodyLeft()
        }
    }

    private mutating func check(_ promotion: Promoted) {
        let below = results[promotion.rung - 1, default: []]
        guard let own = below.first(where: { $0.trial == promotion.trial }) else {
            violations.append("\(promotion) has no result in the rung below")
            return
        }
        if better(than: own, in: below) >= below.count / eta {
            violations.append("\(promotion) was not within the best ⌊n/η⌋")
        }
        if promotion.rung >= rungCount { violations.append("\(promotion) goes above the top rung") }
        if !own.loss.isFinite { violations.append("\(promotion) has no finite result") }
        if promotion.results != below.count || promotion.kept != below.count / eta {
            violations.append("\(promotion) counts wrongly: n is \(below.count)")
        }
        if !promoted[promotion.rung - 1, default: []].insert(promotion.trial).inserted {
            violations.append("\(promotion) for the second time")
        }
    }

    /// A worker gets nothing only if in every rung below the top, all of the best are promoted or not finite.
    private mutating func checkNobodyLeft() {
        for rung in 0..<rungCount - 1 {
            let all = results[rung, default: []]
            let left = all.first { own in
                own.loss.isFinite && !promoted[rung, default: []].contains(own.trial)
                    && better(than: own, in: all) < all.count / eta
            }
            if let left { violations.append("\(left) in rung \(rung) could be promoted") }
        }
    }

    private func better(than own: (trial: Int, loss: Double), in all: [(trial: Int, loss: Double)]) -> Int {
        all.count { $0.loss < own.loss || ($0.loss == own.loss && $0.trial < own.trial) }
    }
}

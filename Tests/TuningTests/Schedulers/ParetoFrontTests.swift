import Chance
import Oracles
import Testing

@testable import Tuning

/// Results of several metrics, compared with an oracle that removes one front after the other.
@Suite struct ParetoFrontTests {
    private static func place(
        _ trial: Int, _ losses: [Double], violation: Double = 0
    ) -> RankedResult {
        let loss = Loss(value: losses[0], further: Array(losses.dropFirst()), violation: violation)
        return RankedResult(loss: loss, trial: TrialID(trial))
    }

    /// A random result; some are equal, some are not finite, and some are near the greatest numbers.
    private static func losses(_ dice: inout Dice, metrics: Int, distinct: Int) -> [Double] {
        if dice.oneIn(12) { return [.infinity] }
        return (0..<metrics).map { _ in
            dice.oneIn(40)
                ? dice.pick([-1, 1]) * Double.greatestFiniteMagnitude
                : Double(dice.roll(1...distinct)) / 7
        }
    }

    @Test func `on random sets the order is the oracle's, whenever it is asked for`() {
        for seed in Seeds.upTo(150) {
            var dice = Dice(seed: seed)
            let (metrics, distinct) = (dice.roll(2...4), dice.pick([1, 2, 4, 20, 1_000_000]))
            let (count, hasBounds) = (dice.roll(1...25), dice.pick([1, 2, 10]))
            var numbers = Array(0..<count)
            numbers.shuffle(using: &dice)
            var results: [RungResult] = []
            var fronts = ParetoFronts()
            for number in numbers {
                let losses = Self.losses(&dice, metrics: metrics, distinct: distinct)
                // Without bounds, with some results that break them, or with hardly any that keep them.
                let violation = dice.oneIn(hasBounds) ? 0 : Double(dice.roll(0...3)) / 3
                results.append(RungResult(trial: number, losses: losses, violation: violation))
                if losses[0].isFinite { fronts.add(Self.place(number, losses, violation: violation)) }
                guard results.count == count || dice.oneIn(4) else { continue }
                let order = ParetoRule.ranked(results).filter(\.loss.isFinite).map(\.trial)
                #expect(
                    fronts.ranked.map(\.trial.number) == order,
                    Seeds.replay(seed, in: Self.self))
                #expect(
                    fronts.first.map(\.trial.number) == Array(order.prefix(fronts.first.count)),
                    Seeds.replay(seed, in: Self.self))
            }
            let places = results.map { Self.place($0.trial, $0.losses, violation: $0.violation) }
            if places.contains(where: { !$0.loss.further.isEmpty }) {
                #expect(
                    places.ranked().map(\.trial.number) == ParetoRule.ranked(results).map(\.trial),
                    Seeds.replay(seed, in: Self.self))
            }
        }
    }

    @Test func `of one metric it is the order of losses, of equals that of numbers`() {
        for seed in Seeds.upTo(200) {
            var dice = Dice(seed: seed)
            let places = (0..<dice.roll(1...40)).map { number in
                RankedResult(loss: Loss(value: Double(dice.roll(1...9))), trial: TrialID(number))
            }
            var fronts = ParetoFronts()
            for place in places.shuffled(using: &dice) { fronts.add(place) }
            #expect(fronts.ranked == places.sorted(), Seeds.replay(seed, in: Self.self))
            #expect(places.ranked() == places.sorted(), Seeds.replay(seed, in: Self.self))
        }
    }

    @Test func `the lonely go first, the ends before all, and equals by number`() {
        // (0, 9) and (9, 0) are the ends; of those between, (5, 4) is farther from its neighbours than (1, 8) and (2, 7).
        let front = [[1, 8], [0, 9], [9, 0], [5, 4], [2, 7]].map { $0.map(Double.init) }
        let places = front.enumerated().map { Self.place($0.offset, $0.element) }
        #expect(places.ranked().map(\.trial.number) == [1, 2, 3, 4, 0])
        let equals = [3, 1, 2].map { Self.place($0, [1, 1]) }
        #expect(equals.ranked().map(\.trial.number) == [1, 2, 3])
        let mixed = [Self.place(0, [.infinity, 0]), Self.place(1, [2, 2]), Self.place(2, [1, 1])]
        #expect(mixed.ranked().map(\.trial.number) == [2, 1, 0])
    }

    @Test func `the Pareto set has whom no other dominates, equals too, and nobody who diverged`() {
        let results = [[1, 3], [3, 1], [2, 2], [2, 2], [3, 3], [.nan, 0]].enumerated().map {
            (
                trial: TrialID($0.offset),
                loss: Loss(value: $0.element[0], further: [$0.element[1]])
            )
        }
        #expect(ParetoSet(results).trials == [0, 1, 2, 3].map(TrialID.init))
        #expect(ParetoSet([]).trials.isEmpty)
    }

    @Test func `of complete trials the first in rank keep their checkpoints`() {
        for seed in Seeds.upTo(100) {
            var dice = Dice(seed: seed)
            let count = dice.roll(1...5)
            var best = BestTrials(count: count)
            var kept: [RungResult] = []
            for number in (0..<20).shuffled(using: &dice) {
                let losses = [Double(dice.roll(1...9)), Double(dice.roll(1...9))]
                kept = ParetoRule.ranked(kept + [RungResult(trial: number, losses: losses)])
                let last = kept.count > count ? kept.removeLast() : nil
                let gone = best.add(
                    TrialID(number), Loss(value: losses[0], further: [losses[1]]))
                #expect(gone?.number == last?.trial, Seeds.replay(seed, in: Self.self))
            }
        }
    }

    @Test func `many results are ranked in time, though no one dominates another`() {
        var rung = ParetoRung(reductionFactor: 3)
        let clock = ContinuousClock()
        var promoted = 0
        let time = clock.measure {
            for number in 0..<500 {
                // A permutation of the numbers below 500.
                let value = Double(number * 137 % 500)
                rung.add(TrialID(number), Loss(value: value, further: [-value]))
                if rung.promote(except: { _ in false }) != nil { promoted += 1 }
            }
        }
        #expect(rung.kept == 166)
        #expect(promoted >= 166)
        #expect(time < .seconds(30), "\(time)")
    }
}

import Chance
import Testing
import Tuning

/// Every scheduler, with settings, for the suite that each has to pass.
struct SchedulerUnderTest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var plan: SchedulerPlan
    /// Whether a decision waits for others' results, so that their order of arrival does not matter.
    var waitsForOthers = true
    /// The number of metrics. With equal metrics, a scheduler for several must decide like one for a single metric.
    var objectives = 1

    static let all = [
        SchedulerUnderTest(testDescription: "none", plan: .none(maxResource: Resource(9))),
        asha(1, 27, 3), asha(1, 64, 2), asha(2, 100, 4, s: 1), asha(5, 5, 2), asha(1, 5, 5),
        SchedulerUnderTest(
            testDescription: "asha with a delay", plan: .asha(.of(1, 27, 3, delay: 7))),
        SchedulerUnderTest(
            testDescription: "asha, at most 5 pending", plan: .asha(.of(1, 27, 3, maxPending: 5))),
        SchedulerUnderTest(
            testDescription: "async_hyperband",
            plan: .asyncHyperband(AsyncHyperbandPlan(asha: .of(1, 27, 3), seed: 5))),
        SchedulerUnderTest(
            testDescription: "async_hyperband, two brackets",
            plan: .asyncHyperband(AsyncHyperbandPlan(asha: .of(1, 30, 2), brackets: 2, seed: 6))),
        SchedulerUnderTest(
            testDescription: "asha_stopping", plan: .ashaStopping(.of(1, 27, 3)), waitsForOthers: false),
        SchedulerUnderTest(
            testDescription: "asha_stopping with a delay", plan: .ashaStopping(.of(1, 16, 2, delay: 4)),
            waitsForOthers: false),
        SchedulerUnderTest(
            testDescription: "successive_halving",
            plan: .successiveHalving(SuccessiveHalvingPlan(ladder: .of(1, 9, 3)))),
        SchedulerUnderTest(
            testDescription: "successive_halving of 8",
            plan: .successiveHalving(SuccessiveHalvingPlan(ladder: .of(1, 8, 2), configurations: 8))),
        SchedulerUnderTest(
            testDescription: "hyperband, R 9",
            plan: .hyperband(
                HyperbandPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3))),
        SchedulerUnderTest(
            testDescription: "hyperband, R 20",
            plan: .hyperband(
                HyperbandPlan(minResource: Resource(2), maxResource: Resource(20), reductionFactor: 2))),
        SchedulerUnderTest(
            testDescription: "asha, two metrics", plan: .asha(.of(1, 27, 3)), objectives: 2),
        SchedulerUnderTest(
            testDescription: "asha_stopping, two metrics", plan: .ashaStopping(.of(1, 27, 3)),
            waitsForOthers: false, objectives: 2),
        SchedulerUnderTest(
            testDescription: "async_hyperband, two metrics",
            plan: .asyncHyperband(AsyncHyperbandPlan(asha: .of(1, 27, 3), seed: 5)), objectives: 2),
        SchedulerUnderTest(testDescription: "pasha", plan: .pasha(.of(1, 27, 3))),
        SchedulerUnderTest(testDescription: "pasha, two rungs", plan: .pasha(.of(1, 3, 2))),
        SchedulerUnderTest(
            testDescription: "median_stopping",
            plan: .medianStopping(
                MedianStoppingPlan(
                    minResource: Resource(2), maxResource: Resource(9), interval: 2, minTrials: 3)),
            waitsForOthers: false),
        SchedulerUnderTest(
            testDescription: "pbt, truncation",
            plan: .pbt(PBTPlan(population: 9, maxResource: Resource(9), interval: 2, seed: 3)),
            waitsForOthers: false),
        SchedulerUnderTest(
            testDescription: "pbt, tournament",
            plan: .pbt(
                PBTPlan(
                    population: 10, maxResource: Resource(6), interval: 1, exploit: .tournament,
                    explore: .resample, seed: 4)),
            waitsForOthers: false),
        SchedulerUnderTest(
            testDescription: "pbt by newest results",
            plan: .pbt(
                PBTPlan(
                    population: 9, maxResource: Resource(9), interval: 2, seed: 3, comparison: .newest)),
            waitsForOthers: false),
    ]

    private static func asha(_ r: Int, _ R: Int, _ eta: Int, s: Int = 0) -> SchedulerUnderTest {
        SchedulerUnderTest(
            testDescription: "asha, r \(r), R \(R), η \(eta), s \(s)",
            plan: .asha(
                ASHAPlan(
                    minResource: Resource(r), maxResource: Resource(R), reductionFactor: eta,
                    earlyStoppingRate: s)))
    }

    /// A new scheduler.
    func make() -> any Scheduler { plan.scheduler(objectives: objectives) }
}

extension ASHAPlan {
    static func of(
        _ r: Int, _ R: Int, _ eta: Int, delay: Int? = nil, maxPending: Int? = nil
    ) -> ASHAPlan {
        ASHAPlan(
            minResource: Resource(r), maxResource: Resource(R), reductionFactor: eta, delay: delay,
            maxPending: maxPending)
    }
}

extension SchedulerPlan {
    /// A small plan of any kind.
    static func random(_ dice: inout Dice) -> SchedulerPlan {
        let eta = dice.roll(2...4)
        let r = dice.roll(1...3)
        let top = (0..<dice.roll(0...3)).reduce(r) { power, _ in power * eta }
        var asha = ASHAPlan(
            minResource: Resource(r), maxResource: Resource(top + dice.roll(0...1)), reductionFactor: eta)
        let delay = dice.oneIn(3) ? dice.roll(1...8) : nil
        switch dice.roll(1...15) {
        case 1: return .none(maxResource: Resource(top))
        case 2:
            asha.delay = delay
            return .ashaStopping(asha)
        case 3:
            let size = dice.oneIn(2) ? dice.roll(1...12) : nil
            return .successiveHalving(SuccessiveHalvingPlan(ladder: asha, configurations: size))
        case 4, 5:
            return .hyperband(
                HyperbandPlan(
                    minResource: asha.minResource, maxResource: asha.maxResource, reductionFactor: eta))
        case 13: return .pasha(asha)
        case 14, 15: return .pbt(.random(&dice))
        case 6:
            return .medianStopping(
                MedianStoppingPlan(
                    minResource: Resource(r), maxResource: asha.maxResource, interval: dice.roll(1...9),
                    minTrials: dice.roll(1...4)))
        case 7, 8:
            asha.delay = delay
            return .asyncHyperband(
                AsyncHyperbandPlan(
                    asha: asha, brackets: dice.oneIn(2) ? dice.roll(1...3) : nil,
                    seed: UInt64(dice.roll(0...99))))
        default:
            asha.delay = delay
            asha.maxPending = dice.oneIn(3) ? dice.roll(1...6) : nil
            return .asha(asha)
        }
    }
}

extension PBTPlan {
    /// A small plan of any kind.
    static func random(_ dice: inout Dice) -> PBTPlan {
        PBTPlan(
            population: dice.roll(1...12), maxResource: Resource(dice.roll(1...12)),
            interval: dice.roll(1...5),
            exploit: dice.oneIn(3) ? .tournament : .truncation(percent: dice.pick([1, 20, 50])),
            explore: dice.oneIn(3) ? .resample : .perturb(percent: dice.pick([20, 99])),
            resamplePercent: dice.pick([0, 25, 100]), seed: UInt64(dice.roll(0...99)),
            comparison: dice.oneIn(4) ? .newest : .sameResource)
    }
}

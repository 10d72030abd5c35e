import Testing
import Tuning

/// How the plans of searchers are written in the log.
@Suite struct SearcherPlanTests {
    static let written: [Fixture<SearcherPlan>] = [
        Fixture(
            value: .grid(GridPlan(resolutions: ["lr": 7], resolution: 3)),
            text: #"{"grid":{"_0":{"resolution":3,"resolutions":{"lr":7}}}}"#),
        Fixture(value: .sobol(SobolPlan(seed: 7)), text: #"{"sobol":{"_0":{"scramble":true,"seed":7}}}"#),
        Fixture(
            value: .tpe(TPEPlan(seed: 7, priorWeight: 1, weights: .equal)),
            text: #"{"tpe":{"_0":{"candidates":24,"gamma":0.12,"priorWeight":1,"seed":7,"#
                + #""startupTrials":10}}}"#),
        Fixture(
            value: .tpe(TPEPlan(seed: 7)),
            text: #"{"tpe":{"_0":{"candidates":24,"gamma":0.12,"priorWeight":2,"seed":7,"#
                + #""startupTrials":10,"weights":"rank"}}}"#),
        Fixture(
            value: .tpe(TPEPlan(seed: 7, randomFraction: 0.25, rungResults: 4)),
            text: #"{"tpe":{"_0":{"candidates":24,"gamma":0.12,"priorWeight":2,"randomFraction":0.25,"#
                + #""rungResults":4,"seed":7,"startupTrials":10,"weights":"rank"}}}"#),
        Fixture(
            value: .bohb(BOHBPlan(seed: 7, randomFraction: 0.25)),
            text: #"{"bohb":{"_0":{"bandwidthFactor":3,"minBandwidth":0.001,"randomFraction":0.25,"#
                + #""samples":64,"seed":7,"topPercent":15}}}"#),
        Fixture(
            value: .bohb(BOHBPlan(seed: 7, minPointsInModel: 5, randomFraction: 0.25)),
            text: #"{"bohb":{"_0":{"bandwidthFactor":3,"minBandwidth":0.001,"minPointsInModel":5,"#
                + #""randomFraction":0.25,"samples":64,"seed":7,"topPercent":15}}}"#),
        Fixture(
            value: .evolution(EvolutionPlan(seed: 7)),
            text: #"{"evolution":{"_0":{"population":20,"sample":5,"seed":7}}}"#),
    ]

    @Test(arguments: written)
    func `a plan is read as it was first written, and written so`(fixture: Fixture<SearcherPlan>) throws {
        #expect(try StoredText.value(SearcherPlan.self, from: fixture.text) == fixture.value)
        #expect(try StoredText.of(fixture.value) == fixture.text)
    }

    @Test(arguments: SearcherUnderTest.allCases)
    func `another seed changes the seed alone`(searcher: SearcherUnderTest) {
        let space = RandomSearcherTests.space
        let plan = searcher.plan(space, seed: 7)
        #expect(plan.seeded(9) == searcher.plan(space, seed: 9))
        #expect(plan.seed == (searcher == .grid ? 0 : 7))
    }
}

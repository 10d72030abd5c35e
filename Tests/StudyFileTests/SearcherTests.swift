import StudyFile
import Testing
import Tuning

/// The field `searcher`.
struct SearcherTests {
    /// What `auto` is where trials climb rungs.
    static func auto(_ seed: UInt64) -> TPEPlan {
        TPEPlan(seed: seed, randomFraction: 1 / 3.0, rungResults: 4)
    }

    static let written: [(String, SearcherPlan)] = [
        ("{}", .tpe(Self.auto(0))), ("{seed: 3}", .tpe(Self.auto(3))),
        ("{type: auto, seed: 3}", .tpe(Self.auto(3))), ("{type: random}", .random(seed: 0)),
        ("{type: grid}", .grid(GridPlan(resolution: 5))),
        (
            "{type: grid, resolution: 3, resolutions: {lr: 7, optimizer: 1}}",
            .grid(GridPlan(resolutions: ["lr": 7, "optimizer": 1], resolution: 3))
        ),
        ("{type: sobol, seed: 3}", .sobol(SobolPlan(seed: 3))),
        ("{type: sobol, scramble: false}", .sobol(SobolPlan(seed: 0, scramble: false))),
        ("{type: tpe, seed: 3}", .tpe(TPEPlan(seed: 3))),
        (
            "{type: tpe, startup_trials: 20, gamma: 0.2, candidates: 50, prior_weight: 3, weights: equal, "
                + "random_fraction: 0.25, rung_results: 5}",
            .tpe(
                TPEPlan(
                    seed: 0, startupTrials: 20, gamma: 0.2, candidates: 50, priorWeight: 3, weights: .equal,
                    randomFraction: 0.25, rungResults: 5)
            )
        ),
        ("{type: bohb, seed: 3}", .bohb(BOHBPlan(seed: 3))),
        (
            "{type: bohb, min_points_in_model: 4, top_n_percent: 20, random_fraction: 0, num_samples: 8, "
                + "bandwidth_factor: 1, min_bandwidth: 0.01}",
            .bohb(
                BOHBPlan(
                    seed: 0, minPointsInModel: 4, topPercent: 20, randomFraction: 0, samples: 8,
                    bandwidthFactor: 1, minBandwidth: 0.01))
        ),
        ("{type: priorband, seed: 3}", .priorband(PriorBandPlan(seed: 3))),
        ("{type: evolution, seed: 3}", .evolution(EvolutionPlan(seed: 3))),
        ("{type: evolution, population: 3}", .evolution(EvolutionPlan(seed: 0, population: 3, sample: 3))),
        (
            "{type: evolution, population: 30, sample: 30}",
            .evolution(EvolutionPlan(seed: 0, population: 30, sample: 30))
        ),
    ]

    @Test(arguments: written)
    func `each searcher is read with its settings`(text: String, plan: SearcherPlan) throws {
        #expect(try spec(["searcher": "searcher: \(text)"]).plan.searcher == plan)
    }

    @Test(arguments: [
        (
            "{type: grid, resolution: 2}", "64",
            // lr 2 · hidden 2 · batch size 4 · (sgd with 2 momenta and adam).
            "the grid has 48 points, so there are no more trials"
        ),
        ("{type: grid}", "64", "the grid has 600 points, of which 64 trials try the first"),
        (
            "{type: tpe}", "10",
            "until there are 10 results all configurations are random, and there are 10 trials"
        ),
        (
            "{type: bohb}", "8",
            "until there are 8 results all configurations are random, and there are 8 trials"
        ),
        (
            "{type: evolution}", "20",
            "until there are 20 results all configurations are random, and there are 20 trials"
        ),
    ])
    func `what a searcher makes of the number of trials is noted`(
        searcher: String, trials: String, note: String
    ) throws {
        let notes = try notes([
            "searcher": "searcher: \(searcher)", "trials": "trials: \(trials)", "parallel": "parallel: 2",
            "scheduler": "scheduler: {type: none, max_resource: 27}",
        ])
        #expect(notes == ["9:11: note: searcher: \(note)"])
    }

    @Test(arguments: ["{type: auto, seed: 3}", "{seed: 3}"])
    func `auto is what suits the study`(searcher: String) throws {
        func chosen(_ changes: KeyValuePairs<String, String>) throws -> SearcherPlan {
            let all = [("searcher", "searcher: \(searcher)")] + changes.map { ($0.key, $0.value) }
            return try StudyFile.read(text: example(all), file: "study.yaml").spec.plan.searcher
        }
        #expect(try chosen([:]) == .tpe(Self.auto(3)))
        #expect(
            try chosen(["scheduler": "scheduler: {type: none, max_resource: 27}"]) == .tpe(TPEPlan(seed: 3))
        )
        #expect(
            try chosen(["scheduler": "scheduler: {min_resource: 27, max_resource: 27}"])
                == .tpe(TPEPlan(seed: 3)))
        #expect(
            try chosen(["scheduler": "scheduler: {type: pbt, population: 8, max_resource: 30, interval: 6}"]
            )
                == .random(seed: 3))
        let metrics = "metrics: [{name: loss, goal: minimize}, {name: ms, goal: minimize}]"
        #expect(try chosen(["metric": metrics]) == .random(seed: 3))
        let bounded = "metrics: [{name: loss, goal: minimize}, {name: ms, at_most: 20}]"
        #expect(try chosen(["metric": bounded]) == .tpe(Self.auto(3)))
    }

    @Test(arguments: ["{type: auto}", "{}"])
    func `nothing is noted about a searcher that stune has chosen`(searcher: String) throws {
        let notes = try notes([
            "searcher": "searcher: \(searcher)", "trials": "trials: 8", "parallel": "parallel: 2",
            "scheduler": "scheduler: {type: none, max_resource: 27}",
        ])
        #expect(notes == [])
    }

    @Test(arguments: ["{type: tpe}", "{type: bohb}", "{type: evolution}", "{type: sobol}", "{}"])
    func `with trials enough nothing is noted`(searcher: String) throws {
        #expect(try notes(["searcher": "searcher: \(searcher)"]) == [])
    }

    @Test(arguments: ["{type: tpe}", "{type: bohb}", "{type: evolution}"])
    func `with prior results a model may be there from the first trial on`(searcher: String) throws {
        let changes: KeyValuePairs = [
            "searcher": "searcher: \(searcher)", "trials": "trials: 8", "parallel": "parallel: 2",
            "scheduler": "scheduler: {type: none, max_resource: 27}",
            "prior_results": "prior_results: [old.stune, results.csv]",
        ]
        #expect(try notes(changes) == [])
        #expect(try spec(changes).priorResults == ["old.stune", "results.csv"])
        #expect(try spec().priorResults == nil)
    }

    @Test(arguments: ["{type: random}", "{type: sobol}"])
    func `a searcher that does not learn from prior results is noted`(searcher: String) throws {
        let notes = try notes([
            "searcher": "searcher: \(searcher)", "prior_results": "prior_results: [old.stune]",
        ])
        #expect(notes.count == 1)
        #expect(
            notes.first?.hasPrefix(
                "15:16: note: prior_results: the searcher does not learn from results") == true)
    }
}

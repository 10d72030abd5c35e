package import StudyFile

/// A searcher and a scheduler, by their names in the study file.
package struct Pair: Sendable {
    /// The word after `searcher: {type: …`.
    package let searcher: String
    /// The word after `scheduler: {type: …`.
    package let scheduler: String

    /// Every searcher with every scheduler.
    package static let all = Section.searchers.flatMap { searcher in
        Section.schedulers.map { Pair(searcher: searcher.name, scheduler: $0.name) }
    }

    /// The required settings of each, and those that let it learn from the few trials of a scenario.
    private static let settings = [
        "grid": "resolution: 40", "tpe": "startup_trials: 2, random_fraction: 0.2",
        "evolution": "population: 3, sample: 2",
        "optuna": "sampler: GPSampler", "external": "command: [search]",
        "median_stopping": "max_resource: 9, interval: 2, min_trials: 2",
        "pbt": "max_resource: 9, population: 3, interval: 2", "none": "max_resource: 4",
        "program": "max_resource: 9, step: 2, command: [schedule]",
    ]

    /// A study with both, as read by `stune validate`.
    ///
    /// - Throws: `InvalidStudyFile` if they cannot be combined.
    package func spec() throws(InvalidStudyFile) -> StudySpec {
        let text = """
            name: pair
            metric: {name: loss, goal: minimize}
            parameters: {lr: {type: float, min: 0, max: 1}}
            searcher: {type: \(searcher), \(Pair.settings[searcher] ?? "seed: 1")}
            scheduler: {type: \(scheduler), \(Pair.settings[scheduler] ?? "max_resource: 9")}
            trials: 12
            parallel: 3
            command: [train]
            slurm: {time: 5}

            """
        return try StudyFile.read(text: text, file: "\(searcher) with \(scheduler)").spec
    }
}

import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// News about a study.
struct News: Encodable, Equatable {
    /// The kind, such as `done`.
    var news: String
    /// A title, and what happened as a sentence.
    var title, text: String
    /// The study's name and directory.
    var study, directory: String
    /// The metric, or the first of several.
    var metric: String
    /// The best trial, its value, and the resource of that value; `nil` if there is none.
    var trial: Int?
    var value: Double?
    var resource: Int?

    /// The greatest length of the sentence: output of Slurm or a command may be long.
    private static let longestText = 400

    /// News of a kind.
    ///
    /// - Parameter best: the best trial; `nil` if there is none, or there are several metrics.
    init(
        _ kind: StudyNews.Kind, _ text: String, of spec: StudySpec, in directory: StudyDirectory,
        best: StoreReader.TrialRow?
    ) {
        news = kind.rawValue
        (study, self.directory) = (spec.name, directory.path)
        metric = spec.plan.objective.metric
        self.text = String(Table.printable(text).prefix(News.longestText))
        let name = Table.printable(spec.name)
        let what =
            switch kind {
            case .best: "\(name) has a new best trial"
            case .failed: "\(name) failed"
            case .stopped: "\(name) was cancelled"
            case .done: "\(name) is complete"
            case .stalled: "\(name) does not go on"
            }
        title = "stune: \(what)"
        if let best, let value = best.value {
            (trial, self.value) = (best.trial.number, value)
            resource = (best.resource ?? .none).units
        }
    }

    /// The news of a study's end.
    static func kind(of outcome: StudyOutcome) -> StudyNews.Kind {
        switch outcome {
        case .completed, .stopped: .done
        case .cancelled: .stopped
        case .refused, .tooManyFailures: .failed
        }
    }

    /// The facts as environment variables.
    var environment: [String: String] {
        [
            "STUNE_NEWS": news, "STUNE_NEWS_TITLE": title, "STUNE_NEWS_TEXT": text, "STUNE_STUDY": study,
            "STUNE_DIRECTORY": directory, "STUNE_METRIC": metric,
            "STUNE_TRIAL": trial.map { "\($0)" } ?? "", "STUNE_VALUE": value.map { "\($0)" } ?? "",
            "STUNE_RESOURCE": resource.map { "\($0)" } ?? "",
        ]
    }
}

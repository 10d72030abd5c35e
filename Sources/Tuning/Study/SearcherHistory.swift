/// What the searcher of a study has been told so far, so that another searcher can take its place and know as much.
///
/// It is kept up to a number of entries; a study of more trials keeps the searcher that it has.
struct SearcherHistory: Sendable {
    private enum Entry: Sendable {
        case adopted(Configuration, TrialID)
        case learned(Configuration, TrialID)
        case observed(TrialID, rung: Int, Loss)
        case retracted(TrialID, rung: Int)
    }

    /// How many entries are kept: a trial has one for its configuration, and one for each result. They take about 40 MB.
    static let limit = 200_000

    private var entries: [Entry] = []
    /// Whether everything is kept.
    private(set) var isComplete = true

    /// A trial has this configuration.
    mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        keep(.adopted(configuration, trial))
    }

    /// Others have tried this configuration before the study began.
    mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        keep(.learned(configuration, trial))
    }

    /// A trial has a result in a rung.
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        keep(.observed(trial, rung: rung, loss))
    }

    /// A trial that had failed on its way to a rung is on its way there again.
    mutating func retract(_ trial: TrialID, rung: Int) { keep(.retracted(trial, rung: rung)) }

    private mutating func keep(_ entry: Entry) {
        guard isComplete else { return }
        if entries.count < SearcherHistory.limit {
            entries.append(entry)
        } else {
            (entries, isComplete) = ([], false)
        }
    }

    /// Tells another searcher everything that its space can place, in the order in which it happened.
    func teach(_ searcher: inout any Searcher, in space: SearchSpace) {
        for entry in entries {
            switch entry {
            case .adopted(let configuration, let trial):
                let own = space.adapted(configuration)
                if space.places(own) { searcher.adopt(own, for: trial) }
            case .learned(let configuration, let trial):
                let own = space.adapted(configuration)
                if space.places(own) { searcher.learn(own, of: trial) }
            case .observed(let trial, let rung, let loss): searcher.observe(trial, rung: rung, loss: loss)
            case .retracted(let trial, let rung): searcher.retract(trial, rung: rung)
            }
        }
    }

    /// How many trials' configurations a space can place.
    func placed(in space: SearchSpace) -> Int {
        entries.count {
            if case .adopted(let configuration, _) = $0 {
                space.places(space.adapted(configuration))
            } else {
                false
            }
        }
    }
}

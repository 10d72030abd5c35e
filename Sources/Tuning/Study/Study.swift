/// The state machine of a study: events in, decisions out.
///
/// Its state is the fold of the events, so nothing else needs to be saved. The shell records each event and its
/// decisions in one transaction, and carries the decisions out after the commit.
public struct Study: Sendable {
    /// The phase of a study.
    ///
    /// - `unplanned` → `running` when the study file is accepted. Prior results that came before wait until then.
    /// - `running` → `over` when nothing is left to run, the user cancels, or it cannot go on. While the user has paused
    ///   it, it is `running`, and nothing new starts.
    /// - `over` → `running` when the user opens it again (`Wish.Kind.reopened`). Until then other wishes change what it
    ///   will do, and what its last tasks still say is remembered; neither decides anything.
    public enum Phase: Hashable, Sendable {
        /// No plan yet.
        case unplanned
        /// Assignments are in flight.
        case running
        /// It ended, and why.
        case over(StudyOutcome)
    }

    /// Everything that the study has once its plan is accepted; `nil` while unplanned.
    private var study: RunningStudy?
    /// What others have found, until there is a searcher to learn from it.
    private var priors: [PriorResults] = []

    /// A study without events.
    public init() {}

    /// Applies an event.
    ///
    /// - Returns: the decisions that follow, in order. Empty for an event about nothing that runs (superseded,
    ///   repeated, or after the end), and for any event before the plan.
    public mutating func apply(_ event: Event) -> [Decision] {
        guard study == nil else { return study?.apply(event) ?? [] }
        switch event {
        case .learned(let prior): priors.append(prior)
        case .accepted(let plan):
            var begun = RunningStudy(plan)
            for prior in priors { begun.learn(prior) }
            priors = []
            let decisions = begun.begin()
            study = begun
            return decisions
        default: break
        }
        return []
    }

    // MARK: What the shell asks

    /// Why a wish of the user cannot be granted, and the way out, in a sentence; `nil`: it can.
    public func objection(to wish: Wish) -> String? {
        guard let study else { return "the study has not begun; begin it with 'stune run'" }
        return study.hasGranted(wish.id) ? nil : study.objection(to: wish.kind)
    }
    /// Whether a wish was granted before: its letter is read once more.
    public func hasGranted(_ id: String) -> Bool { study?.hasGranted(id) ?? false }
    /// Whether the user wants nothing new to start.
    public var isPaused: Bool { study?.isPaused ?? false }
    /// Whether a study that is over would have something to do, were it opened again: because the user has changed it, or
    /// because it was ended before it was complete.
    public var wouldGoOn: Bool { study?.wouldGoOn ?? false }
    /// Whether the user has given a study that is over something to do since it ended.
    public var isAsked: Bool { study?.isAsked ?? false }
    /// The trials that have failed for good, in order.
    public var failedTrials: [TrialID] { study?.failed.keys.sorted() ?? [] }

    /// The phase.
    public var phase: Phase {
        guard let study else { return .unplanned }
        return study.outcome.map(Phase.over) ?? .running
    }
    /// Whether it has ended.
    public var isOver: Bool { study?.outcome != nil }
    /// The plan; `nil` while unplanned.
    public var plan: Plan? { study?.plan }
    /// The running assignments.
    public var inFlight: [AssignmentID] { study?.flights.keys.sorted() ?? [] }
    /// Whether an assignment is in flight.
    public func isInFlight(_ assignment: AssignmentID) -> Bool { study?.flights[assignment] != nil }
    /// The assignments that were over with the last event.
    public var landed: [AssignmentID] { study?.landed ?? [] }
    /// How many rungs there are; 0 while unplanned.
    public var rungCount: Int { study?.levels.count ?? 0 }
    /// How many trials were sampled.
    public var trialCount: Int { study?.trials.count ?? 0 }
    /// Whether all trials are sampled.
    public var isClosed: Bool { study?.isClosed ?? false }
    /// Whether commands wait for the answer at their target, as far as known.
    public var commandWaits: Bool { study?.commandWaits ?? true }
    /// What checkpoints have that may all still be needed, if that is more than they may have: then a new trial starts
    /// only where nothing else is in flight.
    public var shortage: (bytes: Int, quota: Int)? { study?.shortage }
    /// How many checkpoints still have to go because the study's directory has too many files.
    public var crowd: Int { study?.quota.crowd ?? 0 }
    /// The trial for which the searcher has to be asked outside, since there is a place for it; `nil`: for none.
    public var wanted: TrialID? { study?.wanted }
    /// What a scheduler outside has to be asked about, since there is a place to fill; `nil`: nothing.
    public var choices: Choices? { study?.choices }
    /// The same while the study decides by itself.
    public var choicesAlone: Choices? { study?.choicesAlone }
    /// Whether it decides by itself, because the scheduler outside could not be asked.
    public var isAlone: Bool { study?.isAlone ?? false }
    /// What a scheduler outside has to know before it is asked, oldest first.
    public var steps: [ScheduledStep] { study?.steps ?? [] }
    /// What an external searcher has to know before it is asked, oldest first.
    public var searchHistory: [ExternalSearcher.Experience] { study?.searcher.history ?? [] }
    /// How many of the trials so far another space can place, and how many there are.
    public func placed(in space: SearchSpace) -> (placed: Int, all: Int) {
        (study?.history.placed(in: space) ?? 0, trialCount)
    }
    /// Impossible events, for the shell to log.
    public var faults: Faults { study?.faults ?? Faults() }

    /// A further fact that an event shows, to be applied before it: a command that was told to continue, and has ended
    /// with code 0 without any further report, does not wait. Once is enough.
    public func fact(shownBy event: Event) -> Event? { study?.fact(shownBy: event) }
}

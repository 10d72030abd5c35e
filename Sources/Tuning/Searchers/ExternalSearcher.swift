/// A searcher that runs outside of the core, in whatever language: the shell asks it, and its answers are events, so
/// that a replay needs no such searcher.
///
/// The core only keeps what it has answered and what came of it, in order: that is what a new process of the searcher is
/// told before it is asked for more.
public struct ExternalSearcher: Searcher {
    /// What there is to know of the study so far, oldest first.
    public private(set) var history: [Experience] = []
    /// Answers with which no trial has begun yet.
    private var answers: [TrialID: Configuration] = [:]
    private var isExhausted = false

    /// One step of a study, as a searcher sees it.
    public enum Experience: Hashable, Sendable {
        /// A trial has this configuration.
        case trial(TrialID, Configuration)
        /// A trial has a result at a rung; `Loss.worst` where it diverged there, or failed on its way.
        case result(TrialID, rung: Int, Loss)
    }

    /// A searcher that was not asked yet.
    public init() {}

    /// The answer for this trial; `nil` when there is none, now or for ever.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        guard let answer = answers.removeValue(forKey: trial) else { return nil }
        history.append(.trial(trial, answer))
        return answer
    }

    /// Whether it has to be asked for the configuration of this trial.
    public func awaits(_ trial: TrialID) -> Bool { !isExhausted && answers[trial] == nil }

    /// Its answer for a trial; `nil`: it has no more.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {
        answers[trial] = configuration
        if configuration == nil { isExhausted = true }
    }

    /// Takes in the result of a trial at a rung.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        history.append(.result(trial, rung: rung, loss))
    }

    /// A new trial has a configuration that was not proposed here.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        history.append(.trial(trial, configuration))
    }
}

/// How a searcher outside is started, and what it is told first.
public struct ExternalPlan: Hashable, Codable, Sendable {
    /// Its program and arguments.
    public var command: [String]
    /// The seed, which it is told.
    public var seed: UInt64
    /// The name of a sampler of Optuna; `nil`: the command knows what it is.
    public var sampler: String?
    /// Settings, which it is told as they are.
    public var settings: [String: ParameterValue]
    /// How many seconds it may take for an answer; at least 1.
    public var patience: Int

    /// A plan from its parts.
    public init(
        command: [String], seed: UInt64, sampler: String? = nil, settings: [String: ParameterValue] = [:],
        patience: Int = 600
    ) {
        self.command = command
        self.seed = seed
        self.sampler = sampler
        self.settings = settings
        self.patience = patience
    }
}

/// A searcher that runs outside the core, in any language. The shell asks it, and its answers are events, so a replay
/// needs no such searcher.
///
/// The core only keeps its answers and their results, in order. A new process of the searcher is told these before it
/// is asked for more.
public struct ExternalSearcher: Searcher {
    /// All that is known about the study so far, oldest first.
    public private(set) var history: [Experience] = []
    /// Answers that no trial has used yet.
    private var answers: [TrialID: Configuration] = [:]
    private var isExhausted = false

    /// One step of a study, as a searcher sees it.
    public enum Experience: Hashable, Sendable {
        /// A trial has this configuration. A number below 0: a prior trial, of others.
        case trial(TrialID, Configuration)
        /// A trial has a result at a rung: `Loss.worst` if it diverged there or failed on the way.
        case result(TrialID, rung: Int, Loss)
    }

    /// A searcher that was not asked yet.
    public init() {}

    /// The answer for this trial; `nil` if there is none, for now or for good.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        guard let answer = answers.removeValue(forKey: trial) else { return nil }
        history.append(.trial(trial, answer))
        return answer
    }

    /// Whether the searcher must be asked for this trial's configuration.
    public func awaits(_ trial: TrialID) -> Bool { !isExhausted && answers[trial] == nil }

    /// Takes its answer for a trial; `nil` if it has no more configurations.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {
        answers[trial] = configuration
        if configuration == nil { isExhausted = true }
    }

    /// Adds the result of a trial at a rung.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        history.append(.result(trial, rung: rung, loss))
    }

    /// A new trial has a configuration that was not proposed here, or another one than was proposed for it just now.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        if case .trial(trial, _)? = history.last { history.removeLast() }
        history.append(.trial(trial, configuration))
    }

    /// Others have tried a configuration.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        history.append(.trial(trial, configuration))
    }
}

/// How to start an external searcher, and what to tell it first.
public struct ExternalPlan: Hashable, Codable, Sendable {
    /// Its program and arguments.
    public var command: [String]
    /// The seed that it is told.
    public var seed: UInt64
    /// The name of an Optuna sampler; `nil` for other searchers.
    public var sampler: String?
    /// Settings that are passed on unchanged.
    public var settings: [String: ParameterValue]
    /// The seconds that it may take for an answer; at least 1.
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

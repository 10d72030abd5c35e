/// Conditions on results that end a study early; each is optional.
public struct StopPlan: Hashable, Codable, Sendable {
    /// A value of the objective that is good enough, in the metric's own units, of a trial that keeps its bounds.
    public var target: Double?
    /// How many trials in a row may have results that are not better than the best; at least 1.
    public var noImprovement: Int?
    /// The greatest total resource of all trials; at least 1.
    public var resource: Int?

    /// The conditions.
    public init(target: Double? = nil, noImprovement: Int? = nil, resource: Int? = nil) {
        self.target = target
        self.noImprovement = noImprovement
        self.resource = resource
    }
}

/// Why a study was stopped before its end.
public enum StopReason: Hashable, Codable, Sendable {
    /// A trial has reached the target, with this value of the objective.
    case target(trial: TrialID, value: Double)
    /// This many trials had results or failed, and none was better than the best before.
    case noImprovement(trials: Int)
    /// The trials have used this much resource, counted by their results.
    case resource(spent: Int)
    /// This many seconds have passed since the study began.
    case wallTime(seconds: Double)
    /// Its tasks have used this many hours.
    case hours(Machine, spent: Double)

    /// The kinds of resources that a running task holds.
    public enum Machine: String, Hashable, Codable, Sendable, CaseIterable {
        /// Nodes.
        case node
        /// Processors.
        case cpu
        /// GPUs.
        case gpu
    }
}

extension StopReason: CustomStringConvertible {
    /// The reason in words and numbers.
    public var description: String {
        switch self {
        case .target(let trial, let value): "trial \(trial) has reached the target, with \(value)"
        case .noImprovement(let trials): "\(trials) trials in a row brought nothing better"
        case .resource(let spent): "the trials have used a resource of \(spent)"
        case .wallTime(let seconds): "\(Int(seconds)) seconds have passed since it began"
        case .hours(let machine, let spent):
            "its tasks have used \((spent * 10_000).rounded() / 10_000) \(machine.rawValue)-hours"
        }
    }
}

/// Checks results for conditions that stop a study.
struct StopRule: Sendable {
    private var plan: StopPlan
    private let goal: Objective.Goal
    private var spent = 0
    private var best = Loss.worst
    /// The trial with the best result.
    private var leader: TrialID?
    /// The trials with results since the best one.
    private var sinceBest: Set<TrialID> = []

    init(_ plan: StopPlan, goal: Objective.Goal) {
        self.plan = plan
        self.goal = goal
    }

    /// Adds a result, or a failure as the worst.
    ///
    /// - Parameter units: how far the trial has come since its last result.
    /// - Returns: what stops the study; `nil` if it continues.
    mutating func take(_ trial: TrialID, _ loss: Loss, units: Int) -> StopReason? {
        let (sum, overflow) = spent.addingReportingOverflow(units)
        spent = overflow ? .max : sum
        if loss < best {
            best = loss
            leader = trial
            sinceBest = []
        } else if plan.noImprovement != nil {
            sinceBest.insert(trial)
        }
        if let reached = target(loss, of: trial) { return reached }
        return counted
    }

    /// The conditions are others from now on. Trials in a row without one that is better are counted since the last
    /// result that was better, or since the condition was set, if that is later.
    ///
    /// - Returns: which of them holds; `nil`: none.
    mutating func change(to plan: StopPlan) -> StopReason? {
        self.plan = plan
        return holding
    }

    /// Which condition holds by all that is known; `nil`: none.
    var holding: StopReason? { leader.flatMap { target(best, of: $0) } ?? counted }

    private func target(_ loss: Loss, of trial: TrialID) -> StopReason? {
        let value = loss.value(for: goal)
        guard let target = plan.target, loss.keepsBounds,
            goal == .minimize ? value <= target : value >= target
        else { return nil }
        return .target(trial: trial, value: value)
    }

    private var counted: StopReason? {
        if let most = plan.noImprovement, sinceBest.count >= most {
            return .noImprovement(trials: sinceBest.count)
        }
        if let most = plan.resource, spent >= most { return .resource(spent: spent) }
        return nil
    }
}

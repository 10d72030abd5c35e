/// What a scheduler outside says is to happen next.
public enum Advice: Hashable, Codable, Sendable {
    /// A new trial begins.
    case begin
    /// A trial that rests goes on to this rung, above the one it rests in.
    case goOn(TrialID, rung: Int)
    /// Nothing, until there is more to know. If nothing is in flight, the study is complete.
    case rest
    /// The program cannot be asked: the study decides by itself, until it answers again.
    case alone
}

/// What a scheduler outside may choose from.
public struct Choices: Hashable, Sendable {
    /// Whether a new trial may begin.
    public var mayBegin: Bool
    /// The rung that each trial rests in which may go on.
    public var resting: [TrialID: Int]

    /// Choices from their parts.
    public init(mayBegin: Bool, resting: [TrialID: Int]) {
        self.mayBegin = mayBegin
        self.resting = resting
    }

    /// Whether there is nothing to choose.
    public var isEmpty: Bool { !mayBegin && resting.isEmpty }

    /// Whether advice can be followed.
    ///
    /// - Parameter rungs: how many there are.
    public func allow(_ advice: Advice, rungs: Int) -> Bool {
        switch advice {
        case .begin: mayBegin
        case .goOn(let trial, let rung): resting[trial].map { $0 < rung && rung < rungs } ?? false
        case .rest, .alone: true
        }
    }
}

/// How to start a scheduler outside, and the ladder on which it decides.
public struct ExternalSchedulerPlan: Hashable, Codable, Sendable {
    /// Its program with its arguments, what it is told, and how long it may take.
    public var program: ExternalPlan
    /// The ladder of ASHA, which decides while the program cannot be asked.
    public var asha: ASHAPlan
    /// The distance of two rungs, at least 1; `nil`: the rungs are those of ASHA's ladder.
    public var step: Int?

    /// A plan from its parts.
    public init(program: ExternalPlan, asha: ASHAPlan, step: Int? = nil) {
        self.program = program
        self.asha = asha
        self.step = step
    }

    /// The resource of each rung: ASHA's rungs, and from the lowest up one after each step.
    public var levels: [Resource] {
        let rungs = asha.rungs.map(\.units)
        guard let step, let first = rungs.first, let last = rungs.last else { return asha.rungs }
        return Set(rungs + Array(stride(from: first, through: last, by: step))).sorted().map {
            Resource($0)
        }
    }
}

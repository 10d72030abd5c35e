/// Something that the user asks of a study that has begun: to change it, to open it again, to mend it.
///
/// A wish is a fact of the log like any other, so a replay derives the same decisions from it.
public struct Wish: Hashable, Codable, Sendable {
    /// Names the request: a letter that is read twice is granted once. Empty: the controller itself asks.
    public var id: String
    /// What is asked for.
    public var kind: Kind

    /// A wish from its parts.
    public init(id: String, _ kind: Kind) {
        self.id = id
        self.kind = kind
    }

    /// What a user may ask for.
    ///
    /// The log is kept for years: a case may be added, none may be changed or removed.
    public enum Kind: Hashable, Codable, Sendable {
        /// The study file has changed. While the study is over this changes its plan only; `reopened` opens it.
        case changed(Change)
        /// A study that is over goes on: what was in flight at its end is launched again, from its checkpoints.
        case reopened
        /// These trials failed and are to be tried again, from the start.
        case retried([TrialID])
        /// Nothing new is to start: what is in flight goes on to its target and rests there.
        case paused
        /// Things go on after `paused`.
        case resumed
        /// These trials, which train or wait for a place to train, are not wanted any more.
        case dropped([TrialID])
        /// No further trial begins, and the best so many are trained to the top of the ladder, whatever the scheduler says:
        /// those that came furthest, and of these the best.
        case finished(top: Int)
        /// Checkpoints go that nothing unfinished can need, but for those of the best so many trials.
        case cleaned(keep: Int)
        /// A trial with this configuration, one more than `trials` said; what it leaves open is drawn at random.
        case added(Configuration)
    }
}

/// What has changed in a plan. What is `nil` has not.
public struct Change: Hashable, Codable, Sendable {
    /// How many configurations are sampled at most.
    public var trials: Int?
    /// How many assignments may be in flight at once.
    public var parallel: Int?
    /// How often an assignment is tried again. It holds for the next failure.
    public var maxRetries: Int?
    /// After how many failures in a row the study stops. It holds for the next failure.
    public var maxFailures: Int?
    /// How many places have to be free before they are filled.
    public var together: Int?
    /// What checkpoints may take.
    public var checkpoints: CheckpointRule?
    /// What ends the study early; a plan without conditions: nothing does any more.
    public var stop: StopPlan?
    /// The scheduler with a ladder that has grown at its top.
    public var scheduler: SchedulerPlan?
    /// The searcher that proposes from the next trial on; it is told all results so far.
    public var searcher: SearcherPlan?
    /// The space with other domains or constraints; its parameters have the names of before.
    public var space: SearchSpace?
    /// All points: those of before, and after them the ones to try next.
    public var points: [Configuration]?
    /// The fields of the study file that have changed and decide nothing, such as `slurm`; in the order of the file.
    public var others: [String]

    /// What checkpoints may take.
    public struct CheckpointRule: Hashable, Codable, Sendable {
        /// How many trials that cannot go on keep theirs; `nil`: all.
        public var keep: Int?
        /// How many bytes they may have together; `nil`: any number.
        public var quota: Int?

        /// A rule from its parts.
        public init(keep: Int? = nil, quota: Int? = nil) {
            self.keep = keep
            self.quota = quota
        }
    }

    /// Nothing has changed.
    public init(others: [String] = []) { self.others = others }

    /// What has changed from one plan to another, of all that may change.
    public init(from old: Plan, to new: Plan, others: [String] = []) {
        self.others = others
        if new.trials != old.trials { trials = new.trials }
        if new.parallel != old.parallel { parallel = new.parallel }
        if new.maxRetries != old.maxRetries { maxRetries = new.maxRetries }
        if new.maxFailures != old.maxFailures { maxFailures = new.maxFailures }
        if new.together != old.together { together = new.together }
        if (new.keep, new.quota) != (old.keep, old.quota) {
            checkpoints = CheckpointRule(keep: new.keep, quota: new.quota)
        }
        if (new.stop ?? StopPlan()) != (old.stop ?? StopPlan()) { stop = new.stop ?? StopPlan() }
        if new.scheduler != old.scheduler { scheduler = new.scheduler }
        if new.searcher != old.searcher { searcher = new.searcher }
        if new.space != old.space { space = new.space }
        if new.points != old.points { points = new.points }
    }

    /// Whether nothing has changed.
    public var isEmpty: Bool { self == Change() }

    /// A plan with the change.
    public func applied(to plan: Plan) -> Plan {
        var plan = plan
        plan.trials = trials ?? plan.trials
        plan.parallel = parallel ?? plan.parallel
        plan.maxRetries = maxRetries ?? plan.maxRetries
        plan.maxFailures = maxFailures ?? plan.maxFailures
        plan.together = together ?? plan.together
        if let checkpoints { (plan.keep, plan.quota) = (checkpoints.keep, checkpoints.quota) }
        if let stop { plan.stop = stop == StopPlan() ? nil : stop }
        plan.scheduler = scheduler ?? plan.scheduler
        plan.searcher = searcher ?? plan.searcher
        plan.space = space ?? plan.space
        plan.points = points ?? plan.points
        return plan
    }
}

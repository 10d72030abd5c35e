/// The limits of the core, with their reasons.
public enum TuningLimits {
    /// How often an assignment is started again after its task was displaced (node failure, preemption),
    /// which is not its own fault; more than this, and something about it kills nodes.
    public static let displacements = 16
    /// How many tasks in a row may fail in their setup before the study stops, while no command of it has started yet:
    /// a node may be at fault once or twice, and three alike are the setup's own fault. Once a command has started,
    /// `maxFailures` is the limit.
    public static let setupFailures = 3
    /// The bytes of the reason that a conclusion keeps: enough for the last lines of an error.
    public static let reasonBytes = 2_048
    /// How often a configuration is drawn again that the constraints forbid. A study of whose draws not one in a
    /// thousand is allowed is refused when it is read, so the chance that this many draws fail is 1 in 20,000.
    public static let draws = 10_000
    /// How often a searcher draws again what it has proposed before, or the constraints forbid, and how many random
    /// draws it tries then, before it takes the first new configuration in order.
    public static let redraws = 16
    /// The configurations that are looked through in order for one that is new and allowed: a second's work.
    public static let combinations = 100_000
}

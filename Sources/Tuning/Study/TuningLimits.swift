/// The limits of the core, with their reasons.
public enum TuningLimits {
    /// How often an assignment is started again after its task was displaced (node failure, preemption), which is not
    /// its own fault. If it happens more often, the assignment itself may kill nodes.
    public static let displacements = 16
    /// How many tasks in a row may fail in their setup before the study stops, while no command has started yet: a node
    /// may be at fault once or twice, but three failures point to the setup itself. Once a command has started,
    /// `maxFailures` is the limit.
    public static let setupFailures = 3
    /// The bytes of a conclusion's reason: enough for the last lines of an error.
    public static let reasonBytes = 2_048
    /// How often a configuration that the constraints forbid is drawn again. A study in which fewer than one draw in a
    /// thousand is allowed is rejected when it is read, so the chance that this many draws fail is 1 in 20,000.
    public static let draws = 10_000
    /// How often a searcher draws again after a repeated or forbidden configuration, and how many random draws it then
    /// tries before it takes the first new configuration in order.
    public static let redraws = 16
    /// How many configurations to search in order for one that is new and allowed: a second's work.
    public static let combinations = 100_000
}

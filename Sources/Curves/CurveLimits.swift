/// Every limit of tables and functions, with its reason.
package enum CurveLimits {
    /// The bytes of a table's file: a million configurations are measured by nobody.
    package static let fileBytes = 512 << 20
    /// The bytes of a table that was gzipped: all of it is held in memory.
    static let tableBytes = 2 << 30
    /// The columns of a table: parameters and metrics have at most 256 each.
    static let columns = 1_024
    /// The greatest resource of a row, as the study file's.
    static let resource = 1 << 50
    /// The seconds of a step: ten years, and a million of them fit into any clock.
    static let stepSeconds = 315_360_000.0
    /// The mistakes that are told at once: more do not help whoever mends the first ones.
    static let mistakes = 20
    /// The characters of a cell that a message repeats.
    static let shown = 40
}

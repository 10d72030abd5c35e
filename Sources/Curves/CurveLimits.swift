/// Every limit of tables and functions, with its reason.
package enum CurveLimits {
    /// The bytes of a table's file. Nobody measures a million configurations.
    package static let fileBytes = 512 << 20
    /// The bytes of a table after decompression; all of it is held in memory.
    static let tableBytes = 2 << 30
    /// The columns of a table: parameters and metrics have at most 256 each.
    static let columns = 1_024
    /// The greatest resource of a row, as in the study file.
    static let resource = 1 << 50
    /// The seconds of a step: ten years, so that a million steps fit into any clock.
    static let stepSeconds = 315_360_000.0
    /// How many mistakes to report at once; more do not help someone who corrects the first ones.
    static let mistakes = 20
    /// How many characters of a cell a message repeats.
    static let shown = 40
}

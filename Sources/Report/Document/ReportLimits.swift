/// How much of a study a document holds, so that a page opens at once.
package enum ReportLimits {
    /// How many learning curves are drawn: a canvas draws these within a frame.
    package static let curves = 1_500
    /// How many points a curve has at most: a screen is hardly wider.
    package static let curvePoints = 200
    /// How many points all curves have together.
    package static let allCurvePoints = 120_000
    /// How many attempts a timeline has: the newest.
    package static let spans = 4_000
    /// How many trials a file tells everything of; with more, the rest have a command.
    package static let details = 150
    /// How much of a command's output a trial's page shows, in bytes from its end.
    package static let outputBytes = 4_096
    /// How many metrics beside the objectives the table of trials has.
    package static let metrics = 24
    /// How many results a rung must have before importances are computed from it.
    package static let resultsForImportances = 10
}

import Curves
import Tuning

/// What can be used of a source of prior results, as `--json` has it.
struct PriorReport: Encodable {
    /// Trials or rows that cannot be used, for one reason.
    struct LeftOut: Encodable {
        let reason: String
        let rows: [String]
    }

    private enum CodingKeys: String, CodingKey {
        case source, count, used
        case leftOut = "left_out"
        case notes
    }

    /// The path of the source.
    let source: String
    /// How many trials or rows it has, and how many of its trials are used.
    let count, used: Int
    let leftOut: [LeftOut]
    let notes: [String]

    init(_ findings: PriorFindings) {
        source = findings.results.source
        (count, used) = (findings.count, findings.results.trials.count)
        leftOut = findings.leftOut.map { LeftOut(reason: $0.reason, rows: $0.rows) }
        notes = findings.notes
    }
}

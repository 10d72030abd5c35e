import Testing
import Tuning

@Suite struct LossTests {
    static let attempt = AttemptID(assignment: AssignmentID(0), epoch: 0)

    struct Row: Sendable {
        var goal: Objective.Goal
        var metrics: [String: Double]
        var nonFinite: [String: String] = [:]
        var loss: Double?
    }

    @Test(arguments: [
        Row(goal: .minimize, metrics: ["val": 0.25], loss: 0.25),
        Row(goal: .maximize, metrics: ["val": 0.25], loss: -0.25),
        Row(goal: .minimize, metrics: ["val": -3, "other": 9], loss: -3),
        Row(goal: .maximize, metrics: ["val": -3], loss: 3),
        Row(goal: .maximize, metrics: ["val": .greatestFiniteMagnitude], loss: -.greatestFiniteMagnitude),
        // A result that is not finite is the worst, whatever the goal.
        Row(goal: .minimize, metrics: [:], nonFinite: ["val": "nan"], loss: .infinity),
        Row(goal: .minimize, metrics: [:], nonFinite: ["val": "-inf"], loss: .infinity),
        Row(goal: .maximize, metrics: [:], nonFinite: ["val": "inf"], loss: .infinity),
        Row(goal: .minimize, metrics: ["val": 1], nonFinite: ["other": "nan"], loss: 1),
        // Another metric is not a result.
        Row(goal: .minimize, metrics: ["other": 1], loss: nil),
        Row(goal: .minimize, metrics: [:], nonFinite: ["other": "nan"], loss: nil),
        Row(goal: .minimize, metrics: [:], loss: nil),
    ])
    func `a report's loss is its metric, signed so that smaller is better`(row: Row) {
        let report = Report(
            attempt: Self.attempt, resource: Resource(1), metrics: row.metrics, nonFinite: row.nonFinite)
        #expect(Loss(of: report, in: Objective(metric: "val", goal: row.goal))?.value == row.loss)
    }

    @Test(arguments: [Double.nan, .signalingNaN, .infinity, -.infinity])
    func `a value that is not finite is the worst`(value: Double) {
        #expect(Loss(value: value) == .worst)
        #expect(!Loss(value: value).isFinite)
    }

    @Test func `losses are in a strict order, and equal ones are equal`() {
        let ascending = [
            -Double.greatestFiniteMagnitude, -1, 0, 5e-300, 1, .greatestFiniteMagnitude, .infinity,
        ]
        .map(Loss.init(value:))
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect((left < right) == (index < other))
                #expect((left == right) == (index == other))
            }
        }
        #expect(Loss(value: 0) == Loss(value: -0.0))
        #expect(Loss(value: .nan) == Loss(value: .infinity))
    }
}

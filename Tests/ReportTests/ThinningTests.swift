import Testing
import Tuning

@testable import Report
@testable import Store

/// What is drawn of very much, and what tasks have used.
struct ThinningTests {
    private func curve(_ values: [Double]) -> [StoreReader.CurvePoint] {
        values.enumerated().map { StoreReader.CurvePoint(resource: $0.offset + 1, value: $0.element) }
    }

    @Test func `a short curve stays as it is`() {
        let points = curve([3, 2, 1])
        #expect(Thinning.curve(points, most: 3) == points)
        #expect(Thinning.curve([], most: 3).isEmpty)
    }

    @Test func `a thinned curve keeps its ends and its peak`() {
        var values = (0..<10_000).map { 1 / Double($0 + 1) }
        values[6_543] = 5
        let thin = Thinning.curve(curve(values), most: 100)
        #expect(thin.count == 100)
        #expect(thin.first?.resource == 1)
        #expect(thin.last?.resource == 10_000)
        #expect(thin.contains { $0.resource == 6_544 && $0.value == 5 })
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.resource < $1.resource })
    }

    @Test(arguments: [(0, 5), (3, 5), (5, 5), (1_000, 7), (4, 0), (4, 1)])
    func `some of many are even and no one twice`(count: Int, most: Int) {
        let some = Thinning.even(count, most: most)
        #expect(some.count == min(count, most) || most == 1)
        #expect(zip(some, some.dropFirst()).allSatisfy { $0 < $1 })
        #expect(some.allSatisfy { (0..<count).contains($0) })
    }

    private func span(
        _ task: Int, _ started: Double, _ ended: Double?, isOpen: Bool = false, epoch: Int = 0,
        turn: Int = 0
    ) -> StoreReader.SpanRow {
        StoreReader.SpanRow(
            trial: TrialID(task), rung: 0, token: ArrayToken(bits: 1), task: task, epoch: epoch, turn: turn,
            clusterTask: "1_\(task)", host: "node", started: started, ended: ended,
            ending: ended == nil ? nil : .finished, isOpen: isOpen)
    }

    @Test func `a task counts once from its first attempt to the end of its last`() {
        // Task 0 has two turns with a pause between them, task 1 runs still, task 2 left no word.
        let spans = [
            span(0, 1_000, 1_010), span(0, 1_015, 1_020, turn: 1), span(1, 1_005, nil, isOpen: true),
            span(2, 1_002, nil),
            span(0, 1_100, 1_101, epoch: 1),
        ]
        let spending = Spending(spans, now: 1_050)
        #expect(spending.seconds(until: 900) == 0)
        #expect(spending.seconds(until: 1_004) == 4)
        #expect(spending.seconds(until: 1_010) == 15)
        #expect(spending.seconds(until: 1_050) == 20 + 45)
        #expect(spending.seconds(until: 2_000) == 20 + 45 + 1)
        #expect(Spending([], now: 5).seconds(until: 5) == 0)
    }
}

import Chance
import Curves
import Testing
import Tuning

@testable import Simulated

/// The hypervolume of two metrics.
@Suite struct HypervolumeTests {
    private static let frame = LossFrame(best: [0, 0], worst: [10, 10])

    @Test func `it is the share of the frame that is dominated`() {
        var volume = Hypervolume(in: Self.frame)
        let steps: [(losses: [Double], grows: Bool, share: Double)] = [
            ([5, 5], true, 0.25), ([5, 6], false, 0.25), ([5, 5], false, 0.25), ([2, 8], true, 0.31),
            ([.infinity, 0], false, 0.31), ([0, 10], false, 0.31), ([0, 0], true, 1),
        ]
        for step in steps {
            let grows = volume.add(step.losses)
            #expect(grows == step.grows, "\(step.losses)")
            #expect(abs(volume.share - step.share) < 1e-12, "\(step.losses)")
        }
    }

    @Test func `on random sets it is what counting the cells of a grid gives`() {
        for seed in UInt64(1)...300 {
            var dice = Dice(seed: seed)
            var volume = Hypervolume(in: Self.frame)
            var points: [[Int]] = []
            for _ in 0..<dice.roll(1...25) {
                let point = [dice.roll(0...10), dice.roll(0...10)]
                _ = volume.add(point.map(Double.init))
                points.append(point)
            }
            var cells = 0
            for first in 0..<10 {
                for second in 0..<10 where points.contains(where: { $0[0] <= first && $0[1] <= second }) {
                    cells += 1
                }
            }
            #expect(abs(volume.share - Double(cells) / 100) < 1e-9, "seed \(seed)")
        }
    }

    @Test func `a study over a table of two metrics tells how its hypervolume grew`() throws {
        var plan = StudyRunTests.plan(StudyRunTests.asha, trials: 30, parallel: 4)
        plan.others = [Objective(metric: "speed", goal: .maximize)]
        var text = "config,lr,resource,loss,speed,seconds\n"
        for config in 0..<30 {
            for level in 1...9 {
                let loss = config == 7 && level > 3 ? "nan" : "\(Double(config) + 1 / Double(level))"
                text += "\(config),\(Double(config) / 1_000),\(level),\(loss),\(config * config),10\n"
            }
        }
        let table = try CurveTable.read(Array(text.utf8), file: "t.csv", for: plan)
        let frame = try #require(table.frame)
        #expect(frame == LossFrame(best: [1.0 / 9, -841], worst: [30, 0]))
        let record = try StudyRunTests.run(plan, table)
        #expect(record.outcome == .completed)
        #expect(zip(record.growths, record.growths.dropFirst()).allSatisfy { $0.value < $1.value })
        // All configurations were tried, and each one dominates an area that no other does.
        var all = Hypervolume(in: frame)
        for config in 0..<30 { _ = all.add([Double(config) + 1, -Double(config * config)]) }
        #expect(record.growths.last?.value ?? 0 >= all.share)
        let again = try StudyRunTests.run(plan, table)
        #expect(again == record)
        plan.others = []
        let one = try CurveTable.read(Array(text.utf8), file: "t.csv", for: plan)
        #expect(one.frame == nil)
        #expect(try StudyRunTests.run(plan, one).growths.isEmpty)
    }
}

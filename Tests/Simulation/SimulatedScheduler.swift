import OutsidePrograms
import Spool
import Tuning

/// A simulated external scheduler. It chooses at will, fails at times, and reports a violation if what it is told does
/// not extend what it was told before.
final class SimulatedScheduler: OutsideProgram, @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    let news = Bell()
    private let world: World
    /// The controller that asks.
    private let process: SimulatedProcess
    private var result: OutsideOutcome?

    init(world: World, process: SimulatedProcess) { (self.world, self.process) = (world, process) }

    func ask(_ question: OutsideQuestion) {
        process.step()
        guard !process.isDead, case .choice(let choices, let steps) = question else {
            result = .failure(OutsideFailure("whoever asked is gone"))
            return
        }
        world.ledger.check(
            world.ledger.steps.starts(with: steps) || steps.starts(with: world.ledger.steps),
            "a scheduler outside is told other steps than before")
        if steps.count > world.ledger.steps.count { world.ledger.steps = steps }
        world.ledger.check(!choices.isEmpty, "a scheduler outside is asked, and has nothing to choose from")
        if world.strikes(.schedulerFails) {
            result = .failure(OutsideFailure("it is simulated, and fails"))
        } else {
            result = .advice(advice(choices, after: steps.count))
        }
    }

    /// A choice that depends on what it was told only, so that faults which change nothing of that change no choice.
    private func advice(_ choices: Choices, after count: Int) -> Advice {
        var dice = Tuning.Random(seed: world.scenario.seed, stream: UInt64(count))
        func roll(_ bound: Int) -> Int { Int(dice.below(UInt64(bound))) }
        if count > 0, roll(12) == 0 { return .rest }
        let resting = choices.resting.sorted { $0.key < $1.key }
        if choices.mayBegin, resting.isEmpty || roll(2) == 0 { return .begin }
        let (trial, rung) = resting[roll(resting.count)]
        let higher = world.scenario.plan.scheduler.levels.count - 1 - rung
        return .goOn(trial, rung: rung + 1 + roll(higher))
    }

    func outcome() -> OutsideOutcome? {
        defer { result = nil }
        return result
    }

    func waitForOutcome() {}

    func end() async {}
}

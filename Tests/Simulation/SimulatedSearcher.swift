import OutsidePrograms
import Spool
import Tuning

/// A simulated external searcher. Its answers depend on what it was told, it fails at times, and it reports a violation
/// if a history does not extend the one before.
final class SimulatedSearcher: OutsideProgram, @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    let news = Bell()
    private let world: World
    /// The controller that asks.
    private let process: SimulatedProcess
    private var result: OutsideOutcome?

    init(world: World, process: SimulatedProcess) { (self.world, self.process) = (world, process) }

    func ask(_ question: OutsideQuestion) {
        // Questions asked after a commit wait until the commit is complete.
        process.step()
        guard !process.isDead, case .configuration(let trial, let history) = question else {
            result = .failure(OutsideFailure("whoever asked is gone"))
            return
        }
        world.ledger.check(
            world.ledger.told.starts(with: history) || history.starts(with: world.ledger.told),
            "a searcher outside is told another history than before, when asked for trial \(trial)")
        if history.count > world.ledger.told.count { world.ledger.told = history }
        if world.strikes(.searcherFails) {
            result = .failure(OutsideFailure("it is simulated, and fails"))
        } else {
            let random = RandomSearcher(space: world.scenario.plan.space, seed: UInt64(history.count))
            result = .answer(trial, random.propose(for: trial))
        }
    }

    func outcome() -> OutsideOutcome? {
        defer { result = nil }
        return result
    }

    func waitForOutcome() {}

    func end() async {}
}

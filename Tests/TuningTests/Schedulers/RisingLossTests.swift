import Testing
import Tuning

/// A population whose members train at different speeds, on a task whose loss rises late in training.
@Suite struct RisingLossTests {
    /// One assignment of a member, and when it ends.
    private struct Run {
        var end: Int
        var work: Assignment
        var lane: Int
    }

    /// Trains a population to its end.
    ///
    /// - Returns: how many units were trained, and how many trials there were.
    private static func train(_ comparison: PBTPlan.Comparison, seed: UInt64) -> (units: Int, trials: Int) {
        let pbt = PBTPlan(
            population: 8, maxResource: Resource(30), interval: 3, seed: seed, comparison: comparison)
        var study = Study()
        var runs: [Run] = []
        var lanes = Array(0..<8)
        var units = 0
        var due = study.apply(.accepted(.of(.pbt(pbt), trials: 400, parallel: 8)))
        var now = 0
        while true {
            for case .evaluate(let work) in due {
                let (lane, length) = (lanes.removeFirst(), work.to.units - work.from.units)
                // Half of the lanes are three times as slow.
                runs.append(Run(end: now + length * (lane < 4 ? 1 : 3), work: work, lane: lane))
                units += length
            }
            let next = runs.indices.min { (runs[$0].end, runs[$0].lane) < (runs[$1].end, runs[$1].lane) }
            guard let next else { break }
            let run = runs.remove(at: next)
            (now, lanes) = (run.end, (lanes + [run.lane]).sorted())
            let (id, at) = (run.work.id.number, run.work.to.units)
            // Each member is a little worse than the one before, and all losses rise from 9 on.
            let loss = Double(abs(at - 9)) + Double(run.work.trial.number % 8) / 100
            due = study.apply(.saved(id, at: at)) + study.apply(.report(id, at: at, loss))
            due += study.apply(.ended(id))
        }
        #expect(study.phase == .over(.completed))
        return (units, study.trialCount)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `members that are ahead are not replaced by those behind, so that the study comes to its end`(
        seed: UInt64
    ) {
        let trained = Self.train(.sameResource, seed: seed)
        // As much as eight complete trials, except for what children skip and repeat.
        #expect((120...360).contains(trained.units), "\(trained)")
        #expect(trained.trials < 100)
        // Compared by newest results, members are replaced until no trial is left.
        #expect(Self.train(.newest, seed: seed).trials == 400)
    }
}

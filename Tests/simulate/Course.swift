import ArgumentParser
import Simulation
import StudyFile

/// What seeds mean.
enum Course {
    /// Each draws its own searcher and scheduler.
    case drawn
    /// Seeds take every allowed pair of searcher and scheduler in turn.
    case pairs

    init(_ isPairs: Bool) { self = isPairs ? .pairs : .drawn }

    private static let run: [StudySpec] = Pair.all.compactMap { try? $0.spec() }

    /// The scenario of a seed.
    func scenario(_ seed: UInt64) -> Scenario {
        switch self {
        case .drawn: Scenario(seed: seed)
        case .pairs: Scenario(seed: seed, as: Course.run[Int(seed % UInt64(Course.run.count))])
        }
    }

    /// Reports which pairs ran, and why the others did not.
    ///
    /// - Throws: an exit code of 1 if a pair neither ran nor was rejected as a combination.
    func tell(seeds: Int) throws {
        print("\(Pair.all.count) pairs of searcher and scheduler, of which \(Course.run.count) may run:")
        var isWrong = seeds < Course.run.count
        if isWrong { complain("\(seeds) seeds are fewer than the pairs") }
        for pair in Pair.all {
            do throws(InvalidStudyFile) {
                _ = try pair.spec()
            } catch {
                print("refused: \(pair.searcher) with \(pair.scheduler): \(error.mistakes[0].problem)")
                if error.mistakes.map(\.field) != ["searcher"] {
                    complain("\(error.mistakes)")
                    isWrong = true
                }
            }
        }
        if isWrong { throw ExitCode(1) }
    }
}

package import Tuning

/// How much time and memory tasks need, as learned from what attempts have taken and used.
///
/// All of it is about one trial of a task. Nothing here decides anything: what a task is to ask for follows from it, by
/// the study's margins.
package struct TaskNeeds: Sendable {
    private var times: [Int: Recent] = [:]
    /// The most seconds that a unit of resource took a trial.
    private var paces: [TrialID: Double] = [:]
    /// The most bytes that an attempt of a trial has used.
    private var peaks: [TrialID: Double] = [:]
    /// The most bytes that any attempt has used, and how many have told.
    private var memory: (most: Double, count: Int) = (0, 0)

    /// Nothing is known yet.
    package init() {}

    // MARK: Time

    /// An attempt that began with nothing behind it took so long for its assignment.
    package mutating func learn(_ trial: TrialID, rung: Int, units: Int, seconds: Double) {
        guard units > 0, seconds.isFinite, seconds > 0 else { return }
        let pace = seconds / Double(units)
        times[rung, default: Recent()].add(pace)
        paces[trial] = max(pace, paces[trial] ?? 0)
    }

    /// The seconds that an assignment is likely to take at most, without any margin; `nil`: too little is known.
    ///
    /// A trial's own pace says most. Otherwise it is the slowest of the last ones on the way to the same rung; the first
    /// ones to end are the fastest, so a few are waited for. Before that, the slowest of all other rungs, whose starts
    /// make up more of their time, which errs on the safe side for higher rungs.
    package func seconds(_ trial: TrialID, rung: Int, units: Int) -> Double? {
        guard units > 0 else { return nil }
        let own = paces[trial]
        let rungs = times[rung].flatMap { $0.isEnough ? $0.most : nil }
        let lower = times.filter { $0.key < rung && $0.value.isEnough }.max { $0.key < $1.key }?.value.most
        return (own ?? rungs ?? lower).map { $0 * Double(units) }
    }

    // MARK: Memory

    /// An attempt has used so many bytes at one time.
    package mutating func learn(_ trial: TrialID, bytes: Double) {
        guard bytes.isFinite, bytes > 0 else { return }
        peaks[trial] = max(bytes, peaks[trial] ?? 0)
        memory = (max(memory.most, bytes), memory.count + 1)
    }

    /// The bytes that an attempt is likely to use at most, without any margin; `nil`: too little is known.
    ///
    /// For a trial that has run, what it has used; for a new one, the most that any has.
    package func bytes(_ trial: TrialID) -> Double? {
        peaks[trial] ?? (memory.count >= DispatchLimits.enoughNeeds ? memory.most : nil)
    }
}

/// The last few samples of something.
private struct Recent: Sendable {
    private var samples: [Double] = []
    private var next = 0

    /// Whether they are enough to say something about others.
    var isEnough: Bool { samples.count >= DispatchLimits.enoughNeeds }

    /// The greatest of them.
    var most: Double? { samples.max() }

    mutating func add(_ sample: Double) {
        if samples.count < DispatchLimits.recentNeeds {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % samples.count
        }
    }
}

/// Numbers that a request may have: so few that tasks with nearly the same needs share an array.
package enum RequestStep {
    /// The least number from which a request may be chosen that is not below this one: four for each doubling, all whole
    /// numbers up to 8. At most a quarter more.
    package static func roundedUp(_ number: Int) -> Int {
        guard number > 8 else { return max(1, number) }
        let power = 1 << (Int.bitWidth - 1 - number.leadingZeroBitCount)
        let step = power / 4
        return (number + step - 1) / step * step
    }
}

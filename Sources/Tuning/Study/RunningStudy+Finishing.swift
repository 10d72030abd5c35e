/// The best trials of a study, which its user wants trained to the end.
extension RunningStudy {
    /// Why the best cannot be trained to the end; `nil` if they can.
    func objection(toFinishing count: Int) -> String? {
        guard count > 0 else { return "say how many trials are to be finished: at least 1" }
        switch plan.scheduler {
        case .asha, .asyncHyperband, .pasha, .external: break
        case .none: return "each trial is trained to the end anyway"
        case .ashaStopping, .successiveHalving, .hyperband, .medianStopping, .pbt:
            return
                "the scheduler of this study compares all that come to a rung, and cannot send a trial past others; "
                + "train the best by the command that 'stune best' prints"
        }
        return ranked.isEmpty ? "no trial has a result yet" : nil
    }

    /// The trials with a result that may still be trained or are complete: those that came furthest first, and of these the
    /// best.
    private var ranked: [TrialID] {
        let usable = trials.indices.filter { number in
            guard trials[number].result != nil else { return false }
            switch trials[number].stage {
            case .underway, .saving, .paused, .leaving, .out, .settled: return true
            case .replaced, .diverged, .gone: return false
            }
        }
        let rungs = Dictionary(grouping: usable) { trials[$0].result?.rung ?? 0 }
        return rungs.sorted { $0.key > $1.key }.flatMap { _, numbers in
            numbers.compactMap { number in
                trials[number].result.map { RankedResult(loss: $0.loss, trial: TrialID(number)) }
            }.ranked().map(\.trial)
        }
    }

    mutating func finishBest(_ count: Int) {
        finishing = Set(ranked.prefix(count))
        plan.trials = trials.count + added.count
        guard outcome == nil else { return }
        if !isClosed, added.isEmpty { close() }
        fillSlots()
    }

    /// Sends the next trial to the top that the user wants finished and that rests.
    ///
    /// - Returns: whether one was sent.
    mutating func startFinishing() -> Bool {
        let top = levels.count - 1
        while let trial = finishing.filter({ trials[$0.number].stage == .paused }).min() {
            finishing.remove(trial)
            guard let result = trials[trial.number].result, result.rung < top,
                scheduler.release(trial, from: result.rung)
            else { continue }
            launch(trial, rung: top, reason: .finished(from: result.rung))
            return true
        }
        return false
    }
}

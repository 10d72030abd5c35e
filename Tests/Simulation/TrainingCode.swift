import Spool
import Tuning

/// The training code: a value for each step, or a fault, as a function of the trial and the dice.
struct TrainingCode {
    let world: World
    let entry: Manifest.Entry

    enum Step {
        case value(String)
        case crash
        case silence
    }

    func step(_ resource: Int) -> Step {
        if world.strikes(.crashingCode) { return .crash }
        if world.strikes(.silentCode) { return .silence }
        guard case .float(let rate)? = entry.configuration["lr"] else { return .crash }
        // Bad because of the configuration, and so in every attempt.
        if let share = world.scenario.rates[.badMetric], rate < share {
            world.count(.badMetric)
            return .value(["NaN", "\"inf\"", "-Infinity"][entry.trial.number % 3])
        }
        let noise = Double((entry.trial.number * 7_919 + resource * 104_729) % 1_000) / 5_000
        return .value("\((rate - 0.3) * (rate - 0.3) + 1 / Double(resource) + noise)")
    }
}

extension TrainingCode {
    /// A further metric, mostly opposed to the first; with few values, so that some are equal.
    func other(_ resource: Int) -> String {
        guard case .float(let rate)? = entry.configuration["lr"] else { return "0" }
        if world.scenario.rates[.badMetric] != nil, entry.trial.number % 7 == 3 { return "\"nan\"" }
        return "\(Double(Int(8 * abs(rate - 0.3)) + resource % 2))"
    }
}

import ArgumentParser
import Controller

/// `stune tick`: the controller for a moment.
struct TickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick",
        abstract: "Take in what is new, start what follows, and leave.",
        discussion: """
            Does what 'stune run' does, once: for scrontab or cron, where nothing may run for long. The study \
            goes on as fast as it is ticked. It takes seconds; where tasks have ended without a word, as long \
            as 'settle_seconds' says that their last word may be on its way.

            Example, with scrontab:  */5 * * * * stune tick study.yaml --dir digits.stune >> tick.log 2>&1

            Exit codes: 0 the study completed; 1 it failed or was cancelled; 2 the study file or the directory \
            cannot be used; 3 the study goes on: come again; 4 another controller holds the study.
            """)

    @OptionGroup var options: ControllerOptions

    func run() async throws {
        let signals = Signals()
        await signals.listen()
        let (end, setup) = try await options.control(stays: false) { controller, _, _ in
            try await controller.tick(shouldStop: { signals.isToStop })
        }
        guard case .over(let outcome) = end else {
            throw complaint("the study goes on; come again", code: 3)
        }
        try FinalWords(setup: setup, json: options.json).tell(outcome)
    }
}

import ArgumentParser
import Controller
import StudyFile

/// `stune tick`: a single pass of the controller.
struct TickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick",
        abstract: "Read new reports, start what follows, and exit.",
        discussion: """
            Does what 'stune run' does, once: for scrontab or cron, where nothing may run for long. The study \
            goes on as fast as it is ticked. It takes seconds; where tasks have ended without a word, as long \
            as 'settle_seconds' says that their last word may be on its way.

            Example, with scrontab:  */5 * * * * stune tick study.yaml --dir digits.stune >> tick.log 2>&1

            Exit codes: 0 the study is complete; 1 it ended without a result, or was cancelled; 2 the study file \
            or the directory cannot be used; 3 the study goes on: call it again; 4 another controller holds the study; \
            6 it is complete, but trials failed that had been promoted, or more than a tenth of all trials failed alike.
            """)

    @OptionGroup var options: ControllerOptions

    func run() async throws {
        let signals = Signals()
        await signals.listen()
        let prepared = try options.prepare(stays: false)
        let setup = prepared.setup
        let (end, wasOver) = try await options.control(prepared) { controller, _, _ in
            let wasOver = controller.outcome != nil
            return (try await controller.tick(shouldStop: { signals.isToStop }), wasOver)
        }
        guard case .over(let outcome) = end else {
            throw complaint("the study goes on; call 'stune tick' again", code: 3)
        }
        if !wasOver, let notifier = Notifier(prepared.study.settings, setup) {
            notifier.ended(outcome)
            await notifier.finish()
        }
        try FinalWords(setup: setup, json: options.json, wasOver: wasOver).tell(outcome)
    }
}

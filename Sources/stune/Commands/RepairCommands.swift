import ArgumentParser
import Spool
import Store
import StudyFile
import Tuning

/// `stune retry`: tries failed trials again.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try trials again that have failed.",
        discussion: """
            A trial that failed is trained again from the start, and its result counts where it had counted as the worst. \
            A study that is over is opened again by the next 'stune run'.

            Example: stune retry digits.stune --failed

            Exit codes: 0 done; 2 refused; 3 the controller has not answered yet.
            """)

    @OptionGroup var options: RequestOptions

    @Argument(help: "The numbers of the trials.")
    var trials: [Int] = []

    @Flag(help: "All trials that have failed.")
    var failed = false

    func validate() throws {
        if trials.isEmpty != failed { throw ValidationError("name trials, or say --failed") }
    }

    func run() async throws {
        let delivery = try options.delivery()
        var numbers = trials
        if failed {
            numbers = try OpenStudy(options.directory).snapshot.read { reader in
                try reader.trials().filter { $0.state == "failed" }.map(\.trial.number)
            }
            if numbers.isEmpty { throw complaint("no trial of this study has failed", code: 2) }
        }
        try await delivery.ask(.wish(.retried(numbers.map { TrialID($0) })))
    }
}

/// `stune pause`: nothing new starts.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a study rest: what runs goes on to its target, and nothing new starts.",
        discussion: """
            The controller may stay or be stopped meanwhile. 'stune resume' lets things go on.

            Example: stune pause digits.stune

            Exit codes: 0 done; 2 refused; 3 the controller has not answered yet.
            """)

    @OptionGroup var options: RequestOptions

    func run() async throws {
        try await options.delivery().ask(.wish(.paused))
    }
}

/// `stune resume`: things go on.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a study go on that was paused, or that ended before it was complete.",
        discussion: """
            Of a study that was cancelled or stopped, the next 'stune run' or 'stune tick' goes on where it ended.

            Example: stune resume digits.stune

            Exit codes: 0 done; 2 refused; 3 the controller has not answered yet.
            """)

    @OptionGroup var options: RequestOptions

    func run() async throws {
        try await options.delivery().ask(.wish(.resumed))
    }
}

/// `stune finish`: trains the best to the end.
struct FinishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish",
        abstract: "Train the best trials to max_resource, whatever the ladder says.",
        discussion: """
            No further trial begins. The best are those that came furthest, and of these those with the best results. It \
            works with the schedulers asha, async_hyperband and pasha.

            Example: stune finish digits.stune --top 5

            Exit codes: 0 done; 2 refused; 3 the controller has not answered yet.
            """)

    @OptionGroup var options: RequestOptions

    @Option(help: "How many trials.")
    var top = 1

    func run() async throws {
        try await options.delivery().ask(.wish(.finished(top: top)))
    }
}

/// `stune add`: a configuration of one's own.
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a trial with values of your own to a study.",
        discussion: """
            It is the next new trial, and one more than 'trials' says. What is not named is drawn at random.

            Example: stune add digits.stune lr=0.01 hidden=64

            Exit codes: 0 done; 2 refused, or a value is not in its domain; 3 the controller has not answered yet.
            """)

    @OptionGroup var options: RequestOptions

    @Argument(help: "Parameters and values, such as lr=0.01.")
    var values: [String]

    func run() async throws {
        let study = try OpenStudy(options.directory)
        var pairs: [String] = []
        for text in values {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
                text.index(after: sign) < text.endIndex
            else {
                throw complaint(
                    "'\(shown(text))' is no value of a parameter; write one such as lr=0.01", code: 2)
            }
            pairs.append("\(text[..<sign]): \(text[text.index(after: sign)...])")
        }
        let point: Setting
        do throws(Setting.Invalid) {
            point = try Setting("points=[{\(pairs.joined(separator: ", "))}]")
        } catch {
            throw complaint(error.why, code: 2)
        }
        let file = study.directory.studyFile
        let parsed = try StudyInput.read(file, changed: [point], home: study.studyFile, tellsNotes: false)
            .study
        guard let configuration = parsed.spec.plan.points.first else {
            throw complaint("name at least one value, such as lr=0.01", code: 2)
        }
        try await options.delivery().ask(.wish(.added(configuration)))
    }
}

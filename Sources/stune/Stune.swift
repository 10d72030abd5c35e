import ArgumentParser
import Release
import StudyFile

/// `stune`: tunes hyperparameters on a Slurm cluster.
@main
struct Stune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stune",
        abstract: "Tune hyperparameters on a Slurm cluster, without a cluster inside the cluster.",
        discussion: """
            A study file says what to tune; its manual is study.md in 'stune where docs'. Look at the site, check \
            the file, try it here, run it, look at it:

              stune doctor
              stune validate study.yaml
              stune advise study.yaml --seconds 40 --hours 48
              stune simulate study.yaml --curves curves.csv.gz
              stune run study.yaml --cluster local
              sbatch "$(stune where controller.sbatch)" study.yaml
              stune status NAME.stune

            Exit codes: 0 done; 1 it did not succeed; 2 wrong use or an invalid file. Some commands have more, see \
            their --help.
            """,
        version: ThisRelease.version,
        subcommands: [
            RunCommand.self, TickCommand.self, StatusCommand.self, BestCommand.self, TrialsCommand.self,
            ShowCommand.self, LogsCommand.self, ReportCommand.self, ServeCommand.self, TopCommand.self,
            ExportCommand.self, ValidateCommand.self, SimulateCommand.self, AdviseCommand.self,
            ChangeCommand.self, ForkCommand.self, SetCommand.self, RetryCommand.self, AddCommand.self,
            FinishCommand.self,
            PauseCommand.self, ResumeCommand.self, CancelCommand.self, CleanCommand.self,
            ArchiveCommand.self, ReplayCommand.self, RebuildCommand.self, SpaceCommand.self,
            WhereCommand.self, DoctorCommand.self,
        ])

    /// The message for a first argument that is not a command; `nil` if it is one, or an option.
    static func unknownCommand(_ arguments: [String]) -> String? {
        let names = configuration.subcommands.map { $0.configuration.commandName ?? "" } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word) else { return nil }
        return "unknown command '\(shown(word))'; "
            + NearestName.proposal(for: word, among: names, what: "commands")
    }

    /// Runs the command. Wrong usage ends with code 2.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            let arguments = Array(CommandLine.arguments.dropFirst())
            _ = complaint(unknownCommand(arguments) ?? fullMessage(for: error), code: 2)
            exit(withError: ExitCode(2))
        }
    }
}

import ArgumentParser
import StudyFile

/// `stune space`: what there is to do with search spaces.
struct SpaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space",
        abstract: "Take over the search space of another tool.",
        subcommands: [Import.self])

    /// `stune space import`: writes another tool's space as sections of a study file.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Write the space of ConfigSpace, W&B or Optuna as sections of a study file.",
            discussion: """
                Reads ConfigSpace's space.to_json, the configuration of a W&B sweep, or a JSON object with what \
                Optuna's distribution_to_json returns for each parameter. What a study file cannot say is refused, \
                one line for each: file:line:column: field: what it is; what would do. Exit code 2 when there is any.

                Example: stune space import sweep.yaml >> study.yaml
                """)

        @Argument(help: "The file (JSON or YAML).")
        var file: String

        @Option(help: "Whose it is: configspace, wandb or optuna. Default: as its fields say.")
        var from: SpaceImport.Format?

        func run() throws {
            let bytes = try StudyInput.bytes(of: file)
            do throws(InvalidStudyFile) {
                print(try SpaceImport.read(bytes: bytes, file: file, from: from).text, terminator: "")
            } catch {
                throw complaint(about: error.mistakes)
            }
        }
    }
}

extension SpaceImport.Format: ExpressibleByArgument {}

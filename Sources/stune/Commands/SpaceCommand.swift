import ArgumentParser
import StudyFile

/// `stune space`: commands about search spaces.
struct SpaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space",
        abstract: "Import the search space of another tool.",
        subcommands: [Import.self])

    /// `stune space import`: writes another tool's space as sections of a study file.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Print a search space of ConfigSpace, W&B or Optuna as sections of a study file.",
            discussion: """
                Reads ConfigSpace's space.to_json, the configuration of a W&B sweep, or a JSON object with what \
                Optuna's distribution_to_json returns for each parameter. null stays null; nested parameters of a \
                sweep get dotted names. What a study file cannot express is refused with exit code 2, one line for each: \
                file:line:column: field: what is wrong; what to do.

                Example: stune space import sweep.yaml >> study.yaml
                """)

        @Argument(help: "The file (JSON or YAML).")
        var file: String

        @Option(
            help: "The format: configspace, wandb or optuna (default: detected from the file's fields).")
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

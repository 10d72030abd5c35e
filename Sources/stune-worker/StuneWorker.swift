import ArgumentParser
import Release
import Worker

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `stune-worker`: Slurm starts it for each task, and training code in any language may call it.
struct StuneWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stune-worker",
        abstract: "Runs one attempt of a study's training command, and takes its reports.",
        discussion: """
            'run' is started by the cluster, one for each task of an array. 'report' and 'checkpoint' are for \
            training code that is not in Python:

              loss=$(./train --epochs "$STUNE_TO")
              stune-worker checkpoint model.bin --resource "$STUNE_TO"
              stune-worker report val_loss="$loss" --resource "$STUNE_TO"
            """,
        version: ThisRelease.version,
        subcommands: [RunCommand.self, ReportCommand.self, CheckpointCommand.self])
}

@main
enum Program {
    static func main() async {
        guard let arguments = TaskArguments(plain: CommandLine.arguments.dropFirst()) else {
            return await StuneWorker.main()
        }
        exit(await arguments.run())
    }
}

/// Ends the process with the error's own exit code, after printing its sentence.
func failing<Value>(_ body: () async throws(WorkerError) -> Value) async throws -> Value {
    do throws(WorkerError) {
        return try await body()
    } catch {
        Console.error("stune-worker: \(error)")
        throw ExitCode(error.exitCode)
    }
}

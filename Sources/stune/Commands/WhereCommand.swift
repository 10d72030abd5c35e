import ArgumentParser
import Foundation
import Spool
import Store

/// `stune where`: paths of the files installed with `stune`.
struct WhereCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "where",
        abstract: "Print where the parts of this installation are.",
        discussion: """
            controller.sbatch  the controller as a Slurm job
            templates          examples to copy: a study and its training code
            schema             the JSON schema of study files, for editors
            client             the Python client, to be put on PYTHONPATH
            curves             recorded learning curves for 'stune simulate'
            docs               the manual: what messages call docs/
            throwaway-slurm    starts a small Slurm of your own, for trying things
            worker             stune-worker, which every task runs
            stune              this executable

            The paths are found from the executable itself, also through symbolic links. STUNE_SHARE overrides the \
            directory of all but the executables, STUNE_WORKER the worker.

            Examples:
              sbatch "$(stune where controller.sbatch)" study.yaml
              cp -r "$(stune where templates)/digits" .
            """)

    @Argument(help: "The part to print; all of them without it.")
    var part: Installation.Part?

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws {
        let installation = Installation.own
        let parts = part.map { [$0] } ?? Installation.Part.allCases
        let found = parts.map { ($0, installation.path(of: $0)) }
        if json {
            let paths = found.compactMap { part, path in path.map { (part.rawValue, $0) } }
            print(try StoreJSON.text(Dictionary(uniqueKeysWithValues: paths)))
        } else if part == nil {
            let width = parts.map(\.rawValue.count).max() ?? 0
            for (part, path) in found {
                let name = part.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
                print("\(name)  \(path ?? "-")")
            }
        } else if let path = found.first?.1 {
            print(path)
        }
        for (part, path) in found where path == nil {
            let places = installation.places(of: part).map { "'\($0)'" }.joined(separator: " and ")
            let remedy = part.installed == nil ? "" : ", or name its directory in STUNE_SHARE"
            say("\(part.rawValue) is not there: looked for \(places). Install stune again\(remedy)")
        }
        if found.contains(where: { $0.1 == nil }) { throw ExitCode(1) }
    }
}

extension Installation {
    /// That of this process.
    static var own: Installation {
        let environment = ProcessInfo.processInfo.environment
        return Installation(
            binaries: Files.parent(of: Files.absolute("/proc/self/exe")),
            share: environment["STUNE_SHARE"].map(Files.absolute),
            worker: environment["STUNE_WORKER"].map(Files.absolute),
            exists: { FileManager.default.fileExists(atPath: $0) })
    }
}

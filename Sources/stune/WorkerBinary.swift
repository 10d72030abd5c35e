import ArgumentParser
import Foundation
import Spool

/// Where `stune-worker` lies: beside `stune`, as both are built and installed together.
enum WorkerBinary {
    /// Its absolute path; `STUNE_WORKER` overrides where it is looked for.
    static func find() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let beside = Files.parent(of: Files.absolute("/proc/self/exe")) + "/stune-worker"
        let path = environment["STUNE_WORKER"].map(Files.absolute) ?? beside
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw complaint(
                "'\(path)' is not there or cannot be run; build it with 'make build', or name it in STUNE_WORKER",
                code: 2)
        }
        return path
    }
}

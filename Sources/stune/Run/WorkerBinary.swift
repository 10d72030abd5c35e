import ArgumentParser
import Foundation

/// Finds `stune-worker`: beside `stune`, because both are built and installed together.
enum WorkerBinary {
    /// Its absolute path; `STUNE_WORKER` overrides the place.
    static func find() throws -> String {
        let places = Installation.own.places(of: .worker)
        guard let path = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw complaint(
                "'\(places.joined(separator: "' and '"))' is not there or cannot be run; "
                    + "install stune again (in a clone: make build), or name the worker in STUNE_WORKER",
                code: 2)
        }
        return path
    }
}

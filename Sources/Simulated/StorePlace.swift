import Foundation

/// Where the stores of simulated studies are while they run.
package enum StorePlace {
    /// The directory for a process, by default this one: in memory if there is such a file system. It is not created
    /// here.
    package static func directory(of process: Int32? = nil) -> String {
        let memory = "/dev/shm"
        let root =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path(percentEncoded: false)
        return "\(root)/stune-simulate.\(process ?? ProcessInfo.processInfo.processIdentifier)"
    }
}
